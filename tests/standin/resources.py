"""Which kinds of objects there are, and the discovery documents that tell clients so."""

import dataclasses

import status

OBJECT_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update"]


@dataclasses.dataclass(frozen=True)
class Resource:
    group: str
    plural: str
    kind: str
    namespaced: bool
    short: tuple = ()
    verbs: tuple = tuple(OBJECT_VERBS)

    @property
    def api_version(self):
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def singular(self):
        return self.kind.lower()


RBAC = "rbac.authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"
AUTHORIZATION = "authorization.k8s.io"

OBJECTS = (
    Resource("", "namespaces", "Namespace", False, ("ns",)),
    Resource("", "pods", "Pod", True, ("po",)),
    Resource("", "secrets", "Secret", True),
    Resource("", "serviceaccounts", "ServiceAccount", True, ("sa",)),
    Resource(RBAC, "clusterrolebindings", "ClusterRoleBinding", False),
    Resource(RBAC, "clusterroles", "ClusterRole", False),
    Resource(RBAC, "rolebindings", "RoleBinding", True),
    Resource(RBAC, "roles", "Role", True),
)
REVIEWS = (
    Resource(AUTHENTICATION, "selfsubjectreviews", "SelfSubjectReview", False, (), ("create",)),
    Resource(AUTHENTICATION, "tokenreviews", "TokenReview", False, (), ("create",)),
    Resource(AUTHORIZATION, "selfsubjectaccessreviews", "SelfSubjectAccessReview", False, (),
             ("create",)),
)
TOKEN = {"name": "serviceaccounts/token", "singularName": "", "namespaced": True,
         "group": AUTHENTICATION, "version": "v1", "kind": "TokenRequest", "verbs": ["create"]}


def find(group, plural):
    for resource in OBJECTS + REVIEWS:
        if (resource.group, resource.plural) == (group, plural):
            return resource
    raise status.no_such_path()


def discovery(path, address):
    """The document at `path`, or None if it is no discovery path. kubectl asks for the aggregated
    form first and is content with this one."""
    groups = sorted({resource.group for resource in OBJECTS + REVIEWS if resource.group})
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [
            {"clientCIDR": "0.0.0.0/0", "serverAddress": address}]}
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1",
                "groups": [_group(group) for group in groups]}
    if path == "/api/v1":
        return _resource_list("")
    for group in groups:
        if path == f"/apis/{group}":
            return {"kind": "APIGroup", "apiVersion": "v1"} | _group(group)
        if path == f"/apis/{group}/v1":
            return _resource_list(group)
    return None


def _group(name):
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _resource_list(group):
    entries = [_entry(resource) for resource in OBJECTS + REVIEWS if resource.group == group]
    if not group:
        entries.append(TOKEN)
    return {"kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": f"{group}/v1" if group else "v1",
            "resources": sorted(entries, key=lambda entry: entry["name"])}


def _entry(resource):
    entry = {"name": resource.plural, "singularName": resource.singular,
             "namespaced": resource.namespaced, "kind": resource.kind,
             "verbs": list(resource.verbs)}
    if resource.short:
        entry["shortNames"] = list(resource.short)
    return entry
