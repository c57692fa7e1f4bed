"""Looks at and makes objects of an API server directly, as its administrator."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

OURS = "app.kubernetes.io/managed-by=leasehold"
CORE = "/api/v1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
COLLECTIONS = {
    "secrets": CORE + "/namespaces/{}/secrets",
    "serviceaccounts": CORE + "/namespaces/{}/serviceaccounts",
    "roles": RBAC + "/namespaces/{}/roles",
    "rolebindings": RBAC + "/namespaces/{}/rolebindings",
    "clusterroles": RBAC + "/clusterroles",
    "clusterrolebindings": RBAC + "/clusterrolebindings",
}


class Objects:
    def __init__(self, server, ca, token):
        self._server = server
        self._token = token
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca))).open

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self._server + path, None if body is None else json.dumps(body).encode(),
            {"Authorization": "Bearer " + self._token, "Content-Type": "application/json"},
            method=method)
        with self._open(request, timeout=60) as answer:
            return json.load(answer)

    def create(self, kind, namespace, body):
        return self.call("POST", COLLECTIONS[kind].format(namespace), body)

    def delete(self, kind, namespace, name):
        return self.call("DELETE", COLLECTIONS[kind].format(namespace) + "/" + name)

    def list(self, kind, namespace, selector=OURS):
        query = "?" + urllib.parse.urlencode({"labelSelector": selector}) if selector else ""
        return self.call("GET", COLLECTIONS[kind].format(namespace) + query)["items"]

    def ours(self, *namespaces):
        """KIND/NAME of everything that carries the label, in these namespaces and cluster-wide."""
        found = []
        for kind, path in COLLECTIONS.items():
            for namespace in namespaces if "{}" in path else ("",):
                for item in self.list(kind, namespace):
                    found.append(kind + "/" + item["metadata"]["name"])
        return sorted(found)
