"""Reads request bodies in Kubernetes' protobuf form, which kubectl 1.32 and newer send for typed
requests: the fields that the stand-in knows, as the JSON object they stand for.

Field numbers: the generated.proto files of k8s.io/api and k8s.io/apimachinery. Envelope:
https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
"""

import base64

MAGIC = b"k8s\x00"


class Malformed(ValueError):
    pass


# A field is (JSON name, how to read it): "text", "int", "bool", "base64", or a message's schema;
# in a list when repeated, or ("map", how to read the values).
OWNER = {1: ("kind", "text"), 3: ("name", "text"), 4: ("uid", "text"), 5: ("apiVersion", "text"),
         6: ("controller", "bool"), 7: ("blockOwnerDeletion", "bool")}
META = {1: ("name", "text"), 2: ("generateName", "text"), 3: ("namespace", "text"),
        5: ("uid", "text"), 6: ("resourceVersion", "text"), 11: ("labels", ("map", "text")),
        12: ("annotations", ("map", "text")), 13: ("ownerReferences", [OWNER]),
        14: ("finalizers", ["text"])}
RULE = {1: ("verbs", ["text"]), 2: ("apiGroups", ["text"]), 3: ("resources", ["text"]),
        4: ("resourceNames", ["text"]), 5: ("nonResourceURLs", ["text"])}
SUBJECT = {1: ("kind", "text"), 2: ("apiGroup", "text"), 3: ("name", "text"),
           4: ("namespace", "text")}
ROLE_REF = {1: ("apiGroup", "text"), 2: ("kind", "text"), 3: ("name", "text")}
BOUND = {1: ("kind", "text"), 2: ("apiVersion", "text"), 3: ("name", "text"), 4: ("uid", "text")}
TOKEN = {1: ("audiences", ["text"]), 3: ("boundObjectRef", BOUND), 4: ("expirationSeconds", "int")}
ATTRIBUTES = {1: ("namespace", "text"), 2: ("verb", "text"), 3: ("group", "text"),
              4: ("version", "text"), 5: ("resource", "text"), 6: ("subresource", "text"),
              7: ("name", "text")}
ACCESS = {1: ("resourceAttributes", ATTRIBUTES),
          2: ("nonResourceAttributes", {1: ("path", "text"), 2: ("verb", "text")})}
POD = {2: ("containers", [{1: ("name", "text"), 2: ("image", "text")}]),
       8: ("serviceAccountName", "text")}


def _with_meta(**fields):
    return {1: ("metadata", META)} | {int(key[1:]): field for key, field in fields.items()}


KINDS = {
    "ClusterRole": _with_meta(_2=("rules", [RULE])),
    "ClusterRoleBinding": _with_meta(_2=("subjects", [SUBJECT]), _3=("roleRef", ROLE_REF)),
    "DeleteOptions": {1: ("gracePeriodSeconds", "int"), 4: ("propagationPolicy", "text"),
                      2: ("preconditions", {1: ("uid", "text"), 2: ("resourceVersion", "text")})},
    "Namespace": _with_meta(),
    "Pod": _with_meta(_2=("spec", POD)),
    "Role": _with_meta(_2=("rules", [RULE])),
    "RoleBinding": _with_meta(_2=("subjects", [SUBJECT]), _3=("roleRef", ROLE_REF)),
    "Secret": _with_meta(_2=("data", ("map", "base64")), _3=("type", "text"),
                         _4=("stringData", ("map", "text")), _5=("immutable", "bool")),
    "SelfSubjectAccessReview": _with_meta(_2=("spec", ACCESS)),
    "SelfSubjectReview": _with_meta(),
    "ServiceAccount": _with_meta(_4=("automountServiceAccountToken", "bool")),
    "TokenRequest": _with_meta(_2=("spec", TOKEN)),
    "TokenReview": _with_meta(_2=("spec", {1: ("token", "text"), 2: ("audiences", ["text"])})),
}


def read(body):
    """The object in `body`, with apiVersion and kind."""
    if not body.startswith(MAGIC):
        raise Malformed("no Kubernetes protobuf envelope")
    envelope = {1: ("type", {1: ("apiVersion", "text"), 2: ("kind", "text")}), 2: ("raw", "bytes")}
    unknown = _message(body[len(MAGIC):], envelope)
    kind = unknown["type"]
    if kind.get("kind") not in KINDS:
        raise Malformed(f"the stand-in cannot read a {kind.get('kind')} in protobuf")
    return _message(unknown.get("raw", b""), KINDS[kind["kind"]]) | kind


def _message(data, schema):
    result = {}
    for number, value in _fields(data):
        if number not in schema:
            continue
        name, how = schema[number]
        if isinstance(how, list):
            result.setdefault(name, []).append(_value(value, how[0]))
        elif isinstance(how, tuple):
            entry = _message(value, {1: ("key", "text"), 2: ("value", how[1])})
            result.setdefault(name, {})[entry.get("key", "")] = entry.get("value", "")
        else:
            result[name] = _value(value, how)
    # Go writes empty strings, too; in JSON they would be left out.
    return {name: value for name, value in result.items() if value not in ("", {})}


def _value(value, how):
    if isinstance(how, dict):
        return _message(value, how)
    if how in ("int", "bool"):
        number = value - (1 << 64) if value >= 1 << 63 else value
        return bool(number) if how == "bool" else number
    if how == "bytes":
        return value
    if how == "base64":
        return base64.b64encode(value).decode()
    return value.decode("utf-8")


def _fields(data):
    """(number, value) of each; the value is an int or bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == 0:
            value, at = _varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            value, at = data[at:at + size], at + size
        elif wire == 2:
            size, at = _varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise Malformed(f"wire type {wire}")
        if at > len(data):
            raise Malformed("the message ends in the middle of a field")
        yield tag >> 3, value


def _varint(data, at):
    result = shift = 0
    while at < len(data) and shift < 64:
        byte, at = data[at], at + 1
        result |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return result, at
    raise Malformed("a number without an end")
