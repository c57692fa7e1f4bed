"""Names of service accounts from a username template (contract, 3.2)."""

import random
import re
import string

import refusals

DEFAULT = "{{randomUsername}}"
CHARACTERS = re.compile(r"[A-Za-z0-9_\-{}\[\].' |]*")
EXPRESSION = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
VARIABLES = ("randomUsername", "unixTimestamp", "identity.name")
RESULT = re.compile(r"[A-Za-z0-9_-]{1,128}")


def check(form, name, template):
    """Adds what is wrong with a template to the form."""
    if not template:
        return
    if len(template) > 255:
        form.issue(name, "too_big", "String must contain at most 255 character(s)", maximum=255,
                   type="string", inclusive=True, exact=False)
    unknown = [e for e in EXPRESSION.findall(template) if e not in VARIABLES]
    if unknown or not CHARACTERS.fullmatch(template):
        form.issue(name, "custom", "Invalid username template")


def render(template, actor_name, now):
    values = {"randomUsername": random_name(), "unixTimestamp": str(int(now)),
              "identity.name": actor_name}
    name = EXPRESSION.sub(lambda match: values[match[1]], template or DEFAULT)
    if not RESULT.fullmatch(name):
        raise refusals.bad_request("Username template rendered a name with characters that are "
                                   "not allowed")
    return name


def random_name():
    characters = string.ascii_lowercase + string.digits
    return "dynamic-secret-sa-" + "".join(random.choices(characters, k=10))
