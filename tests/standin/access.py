"""What a request wants to do, in the words of the authorizer, and who may do it.

Every known user may do everything until a `deny` fault says otherwise; requests without
credentials may read the version and the health paths, as in a stock cluster.
"""

import dataclasses
import re

PUBLIC_PATHS = ("/version", "/healthz", "/livez", "/readyz")
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}
PATH = re.compile(r"/(?:api/v1|apis/(?P<group>[^/]+)/v1)"
                  r"(?:/namespaces/(?P<namespace>[^/]+)(?=/[^/]))?"
                  r"/(?P<resource>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<subresource>[^/]+))?)?")


@dataclasses.dataclass(frozen=True)
class Action:
    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""  # set for what is no resource, and then the others but verb are empty

    @property
    def full_resource(self):
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def action_of(method, path, query):
    match = PATH.fullmatch(path)
    if not match:
        return Action(VERBS.get(method, method.lower()), path=path)
    parts = {key: value or "" for key, value in match.groupdict().items()}
    if method == "GET":
        watching = query.get("watch") in ("true", "1")
        verb = "watch" if watching else "get" if parts["name"] else "list"
    elif method == "DELETE":
        verb = "delete" if parts["name"] else "deletecollection"
    else:
        verb = VERBS.get(method, method.lower())
    if parts["resource"] == "namespaces":
        parts["namespace"] = parts["name"]  # the API server counts a namespace as in itself
    return Action(verb, **parts)


def action_of_review(spec):
    """The Action that a SelfSubjectAccessReview asks about."""
    resource = spec.get("resourceAttributes")
    if not resource:
        other = spec.get("nonResourceAttributes") or {}
        return Action(other.get("verb", ""), path=other.get("path", "/"))
    return Action(**{field: resource.get(field, "") for field in
                     ("verb", "group", "resource", "subresource", "namespace", "name")})


def allowed(user, action, denials):
    """`denials` are the `deny` faults in force."""
    if user.name == "system:anonymous":
        return action.verb == "get" and action.path.startswith(PUBLIC_PATHS)
    reviewing = action.group in ("authentication.k8s.io", "authorization.k8s.io")
    if user.admin or reviewing or action.path:
        return True
    return not any(_denies(denial, user, action) for denial in denials)


def _denies(denial, user, action):
    subject = {"user": user.name, "verb": action.verb, "resource": action.full_resource,
               "namespace": action.namespace, "name": action.name}
    return all(re.fullmatch(denial.get(key, ".*"), value) for key, value in subject.items())
