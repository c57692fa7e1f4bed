"""The objects of the cluster, in memory: create, read, update, delete with the API server's rules
as far as clients notice them."""

import base64
import binascii
import copy
import random
import re
import threading
import uuid

import resources
import selection
import status

NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
GENERATED = "bcdfghjklmnpqrstvwxz2456789"  # the API server's alphabet for generateName


class Objects:
    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.RLock()
        self._objects = {}  # (group, plural, namespace, name) -> object
        self._version = 0

    def create(self, resource, namespace, body):
        _check_kind(resource, body)
        body = copy.deepcopy(body)
        meta = body.setdefault("metadata", {})
        with self._lock:
            if namespace:
                if meta.setdefault("namespace", namespace) != namespace:
                    raise status.bad_request("the namespace of the provided object does not match "
                                             "the namespace sent on the request")
                self.get(resources.find("", "namespaces"), "", namespace)
            self._name(resource, namespace, meta)
            key = self._key(resource, namespace, meta["name"])
            if key in self._objects:
                raise status.already_exists(resource.plural, meta["name"], resource.group)
            meta["uid"] = str(uuid.uuid4())
            meta["creationTimestamp"] = self._clock.stamp()
            self._keep(key, resource, body)
            if resource.plural == "namespaces":
                self.create(resources.find("", "serviceaccounts"), meta["name"],
                            {"metadata": {"name": "default"}})
            return copy.deepcopy(body)

    def get(self, resource, namespace, name):
        with self._lock:
            found = self._objects.get(self._key(resource, namespace, name))
            if found is None:
                raise status.not_found(resource.plural, name, resource.group)
            return copy.deepcopy(found)

    def has(self, resource, namespace, name, uid):
        """Whether that very object is still there."""
        with self._lock:
            found = self._objects.get(self._key(resource, namespace, name))
            return found is not None and found["metadata"]["uid"] == uid

    def list(self, resource, namespace, query):
        """A list object; `query` may hold labelSelector, fieldSelector, limit and continue."""
        with self._lock:
            items = [copy.deepcopy(found) for found in self._matching(resource, namespace, query)]
            version = str(self._version)
        items, meta = _page(items, query)
        return {"kind": f"{resource.kind}List", "apiVersion": resource.api_version,
                "metadata": {"resourceVersion": version} | meta, "items": items}

    def update(self, resource, namespace, name, body):
        _check_kind(resource, body)
        with self._lock:
            old = self.get(resource, namespace, name)
            self._check_unchanged(resource, old, body.get("metadata", {}))
            new = copy.deepcopy(body)
            meta = new.setdefault("metadata", {})
            for field in ("name", "namespace", "uid", "creationTimestamp"):
                if field in old["metadata"]:
                    meta[field] = old["metadata"][field]
            if old.get("type", new.get("type")) != new.get("type", old.get("type")):
                raise status.invalid(resource.kind, resource.group, name, "type",
                                     f'Invalid value: "{new.get("type")}": field is immutable')
            self._keep(self._key(resource, namespace, name), resource, new)
            return copy.deepcopy(new)

    def patch(self, resource, namespace, name, patch):
        """A merge patch (RFC 7386)."""
        with self._lock:
            old = self.get(resource, namespace, name)
            self._check_unchanged(resource, old, patch.get("metadata", {}))
            return self.update(resource, namespace, name, _merge(old, patch))

    def delete(self, resource, namespace, name, options):
        with self._lock:
            found = self.get(resource, namespace, name)
            self._check_preconditions(resource, found, options.get("preconditions") or {})
            self._remove(self._key(resource, namespace, name))
        details = {"name": name, "group": resource.group, "kind": resource.plural,
                   "uid": found["metadata"]["uid"]}
        return status.status_object(200, "", details={k: v for k, v in details.items() if v})

    def delete_collection(self, resource, namespace, query):
        with self._lock:
            listed = self.list(resource, namespace, query)
            for item in listed["items"]:
                meta = item["metadata"]
                self._remove(self._key(resource, meta.get("namespace", ""), meta["name"]))
        return listed

    def _key(self, resource, namespace, name):
        return (resource.group, resource.plural, namespace or "", name)

    def _matching(self, resource, namespace, query):
        labels = selection.labels(query.get("labelSelector", ""))
        fields = selection.fields(query.get("fieldSelector", ""))
        for key, found in sorted(self._objects.items()):
            if (key[0], key[1]) == (resource.group, resource.plural) and \
                    namespace in ("", key[2]) and labels(found) and fields(found):
                yield found

    def _name(self, resource, namespace, meta):
        prefix = meta.get("generateName", "")
        while not meta.get("name") and prefix:
            name = prefix + "".join(random.choices(GENERATED, k=5))
            if self._key(resource, namespace, name) not in self._objects:
                meta["name"] = name
        name = meta.get("name", "")
        if not name:
            raise status.invalid(resource.kind, resource.group, "", "metadata.name",
                                 "Required value: name or generateName is required",
                                 "FieldValueRequired")
        if not NAME.fullmatch(name):
            raise status.invalid(resource.kind, resource.group, name, "metadata.name",
                                 f'Invalid value: "{name}": a lowercase RFC 1123 subdomain must '
                                 "consist of lower case alphanumeric characters, '-' or '.', and "
                                 "must start and end with an alphanumeric character")

    def _keep(self, key, resource, body):
        body["kind"], body["apiVersion"] = resource.kind, resource.api_version
        if resource.plural == "secrets":
            _settle_secret(body)
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        self._objects[key] = body

    def _remove(self, key):
        """With all that this object owned, and for a namespace all that is in it."""
        removed = self._objects.pop(key, None)
        if removed is None:
            return
        self._version += 1
        uid = removed["metadata"]["uid"]
        for other, found in list(self._objects.items()):
            owners = found["metadata"].get("ownerReferences") or []
            inside = key[1] == "namespaces" and other[2] == key[3]
            if inside or any(owner.get("uid") == uid for owner in owners):
                self._remove(other)

    @staticmethod
    def _check_unchanged(resource, old, meta):
        version = meta.get("resourceVersion")
        if version and version != old["metadata"]["resourceVersion"]:
            raise status.conflict(resource.plural, old["metadata"]["name"],
                                  "the object has been modified; please apply your changes to the "
                                  "latest version and try again")
        if meta.get("uid", old["metadata"]["uid"]) != old["metadata"]["uid"]:
            raise status.conflict(resource.plural, old["metadata"]["name"],
                                  f"Precondition failed: UID in precondition: {meta['uid']}, UID "
                                  f"in object meta: {old['metadata']['uid']}")

    @staticmethod
    def _check_preconditions(resource, found, wanted):
        meta = found["metadata"]
        for field, title in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
            if wanted.get(field, meta[field]) != meta[field]:
                raise status.conflict(resource.plural, meta["name"],
                                      f"Precondition failed: {title} in precondition: "
                                      f"{wanted[field]}, {title} in object meta: {meta[field]}")


def _check_kind(resource, body):
    if not isinstance(body, dict) or not isinstance(body.get("metadata", {}), dict):
        raise status.bad_request("the request body is not an object with metadata")
    kind = (body.get("apiVersion", resource.api_version), body.get("kind", resource.kind))
    if kind != (resource.api_version, resource.kind):
        raise status.bad_request(f"the object provided is unrecognized: {kind[0]}, Kind={kind[1]}")


def _settle_secret(secret):
    secret.setdefault("type", "Opaque")
    for name, text in secret.pop("stringData", {}).items():
        secret.setdefault("data", {})[name] = base64.b64encode(text.encode()).decode()
    for value in (secret.get("data") or {}).values():
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise status.bad_request("Secret in version \"v1\" cannot be handled as a Secret: "
                                     f"{error}") from None


def _merge(target, patch):
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged


def _page(items, query):
    """`continue` is the position; a list that changes in between is the client's bad luck."""
    try:
        start = int(query.get("continue") or 0)
        limit = int(query.get("limit") or 0)
    except ValueError:
        raise status.bad_request("invalid limit or continue token") from None
    end = start + limit if limit > 0 else len(items)
    if end >= len(items):
        return items[start:], {}
    return items[start:end], {"continue": str(end), "remainingItemCount": len(items) - end}
