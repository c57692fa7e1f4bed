"""Names of temporary service accounts, made from a template (contract, 3.2): expressions in double
braces, each a variable or a helper with its arguments, which may be expressions in parentheses."""

import random
import re
import string

import refusals

DEFAULT = "{{randomUsername}}"
CHARACTERS = re.compile(r"""[A-Za-z0-9_\-{}\[\]().'"| ]*""")
EXPRESSION = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
VARIABLES = ("randomUsername", "unixTimestamp", "identity.name", "dynamicSecret.name",
             "dynamicSecret.type")
WORDS = re.compile(r"""\(|\)|"[^"]*"|'[^']*'|[A-Za-z][A-Za-z.]*|\d+""")
RESULT = re.compile(r"[A-Za-z0-9_-]{1,128}")


def check(form, name, template):
    """Adds what is wrong with a template to the form."""
    if not template:
        return
    if len(template) > 255:
        form.issue(name, "too_big", "String must contain at most 255 character(s)", maximum=255,
                   type="string", inclusive=True, exact=False)
    stand_ins = dict.fromkeys(VARIABLES, "x")
    try:
        for expression in EXPRESSION.findall(template):
            evaluate(expression, stand_ins)
        good = CHARACTERS.fullmatch(template)
    except (LookupError, ValueError, TypeError):
        good = False
    if not good:
        form.issue(name, "custom", "Invalid username template")


def render(template, actor_name, now, definition=None):
    values = {"randomUsername": random_name(), "unixTimestamp": str(int(now)),
              "identity.name": actor_name, "dynamicSecret.type": "kubernetes",
              "dynamicSecret.name": re.sub(r"[^a-zA-Z0-9_-]", "_",
                                           getattr(definition, "name", ""))[:63] or "inf_user"}
    name = EXPRESSION.sub(lambda match: evaluate(match[1], values), template or DEFAULT)
    if not RESULT.fullmatch(name):
        raise refusals.bad_request("Username template rendered a name with characters that are "
                                   "not allowed")
    return name


def random_name():
    return "dynamic-secret-sa-" + random_text(10)


def random_text(length):
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=int(length)))


HELPERS = {"random": random_text, "uppercase": str.upper, "lowercase": str.lower,
           "truncate": lambda text, length: text[:int(length)],
           "replace": lambda text, old, new: text.replace(old, new)}


def evaluate(expression, values):
    """The text of one expression; LookupError, ValueError or TypeError if it is none."""
    words = WORDS.findall(expression)
    if re.sub(r"\s", "", expression) != re.sub(r"\s", "", "".join(words)):
        raise ValueError(expression)
    text = _call(words, values)
    if words:
        raise ValueError(expression)
    return text


def _call(words, values):
    first = words.pop(0)
    if first not in HELPERS:
        return values[first]
    arguments = []
    while words and words[0] != ")":
        arguments.append(_argument(words, values))
    return HELPERS[first](*arguments)


def _argument(words, values):
    word = words.pop(0)
    if word == "(":
        inner = _call(words, values)
        if words.pop(0) != ")":
            raise ValueError(word)
        return inner
    if word[0] in "\"'":
        return word[1:-1]
    return word if word.isdigit() else values[word]
