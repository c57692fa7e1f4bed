"""What the tests of the Infisical test server share: a server in front of a stand-in API server, with
a project, a definition and an identity."""

import base64
import http.client
import json
import ssl
import unittest

from tests.standin import client as standin
from tests.infisical_server.client import (
    InfisicalServer, dynamic_inputs, static_inputs)

LEASES = "/api/v1/dynamic-secrets/leases"
DEFINITIONS = "/api/v1/dynamic-secrets"
PLACE = {"projectSlug": "shop", "environmentSlug": "prod", "path": "/k8s"}
QUERY = "?projectSlug=shop&environmentSlug=prod&path=/k8s"
ROOT_ACTIONS = ["read-root-credential", "create-root-credential", "edit-root-credential",
                "delete-root-credential"]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = standin.Standin()
        cls.addClassCleanup(cls.api.stop)
        with open(cls.api.ca, encoding="ascii") as file:
            cls.reach = (cls.api.server, cls.api.token(), file.read())

    def setUp(self):
        self.infisical = InfisicalServer()
        self.addCleanup(self.check_and_stop)
        self.infisical.add_project("shop")
        self.infisical.add_environment("shop", "prod", folders=["/k8s"])
        self.robot = self.infisical.add_identity("robot")["id"]
        self.infisical.grant(self.robot, "shop")

    def check_and_stop(self):
        troubles = self.infisical.counters()["troubles"]
        lines = [line["trouble"] for line in self.infisical.requests() if "trouble" in line]
        self.infisical.stop()
        self.assertEqual(troubles, 0, "\n".join(lines))

    def ask(self, method, path, body=None, token=None, headers=None, certificate=None):
        """Status, JSON value (or text) and headers of the answer. `certificate`: what
        add_client_certificate() has answered."""
        context = ssl.create_default_context(cafile=self.infisical.ca)
        if certificate:
            context.load_cert_chain(certificate["certificate"], certificate["key"])
        port = int(self.infisical.site.rpartition(":")[2])
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        self.addCleanup(connection.close)
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, str) else json.dumps(body)
        if token:
            sent["Authorization"] = f"Bearer {token}"
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, json.loads(text) if is_json else text, answer.headers

    def good(self, *arguments, **options):
        """The body of an answer that has to be 200."""
        status, body, _ = self.ask(*arguments, **options)
        self.assertEqual(status, 200, body)
        return body

    def refused(self, code, error, text, *arguments, **options):
        """The body of an error answer, checked; `text` is in its message."""
        status, body, _ = self.ask(*arguments, **options)
        self.assertEqual((status, body.get("statusCode"), body.get("error")), (code, code, error),
                         body)
        self.assertIn(text, str(body["message"]))
        self.assertRegex(body["reqId"], r"^req-\w{14}$")
        return body

    def login(self, **body):
        """The answer to a Universal Auth login with a new client secret."""
        return self.good("POST", "/api/v1/auth/universal-auth/login",
                         self.infisical.add_client_secret(self.robot) | body)

    def token(self):
        return self.login()["accessToken"]

    def add_static(self, name="deployer", **settings):
        given = static_inputs(*self.reach, "ci", "deployer", **settings.pop("inputs", {}))
        return self.infisical.add_definition("shop", "prod", name, given, path="/k8s", **settings)

    def add_dynamic(self, name="dynamic", namespaces="ci,default", role_type="role", **settings):
        given = dynamic_inputs(*self.reach, namespaces, "view", role_type,
                               **settings.pop("inputs", {}))
        return self.infisical.add_definition("shop", "prod", name, given, path="/k8s", **settings)

    def lease(self, token, name="deployer", **body):
        return self.good("POST", LEASES, PLACE | {"dynamicSecretName": name} | body, token)

    def kubernetes(self, method, path, body=None, token=None):
        """Status and JSON value from the API server behind."""
        context = ssl.create_default_context(cafile=self.api.ca)
        port = int(self.api.server.rpartition(":")[2])
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        self.addCleanup(connection.close)
        connection.request(method, path, body and json.dumps(body),
                           {"Authorization": f"Bearer {token or self.api.token()}",
                            "Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def remains(self, namespace="ci"):
        """Accounts and bindings that leases have left in a namespace and in the cluster."""
        rbac = "/apis/rbac.authorization.k8s.io/v1"
        found = []
        for path in (f"/api/v1/namespaces/{namespace}/serviceaccounts",
                     f"{rbac}/namespaces/{namespace}/rolebindings", f"{rbac}/clusterrolebindings"):
            found += [item["metadata"]["name"] for item in self.kubernetes("GET", path)[1]["items"]]
        return sorted(name for name in found if name.startswith("dynamic-secret-sa-"))

    def sweep(self):
        for namespace in ("ci", "default"):
            rbac = "/apis/rbac.authorization.k8s.io/v1"
            for path in (f"/api/v1/namespaces/{namespace}/serviceaccounts",
                         f"{rbac}/namespaces/{namespace}/rolebindings",
                         f"{rbac}/clusterrolebindings"):
                for item in self.kubernetes("GET", path)[1]["items"]:
                    if item["metadata"]["name"].startswith("dynamic-secret-sa-"):
                        self.kubernetes("DELETE", f"{path}/{item['metadata']['name']}")


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
