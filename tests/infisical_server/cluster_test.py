"""Leases of the Infisical test server from a real kube-apiserver, with no more rights than the
manifests of packaging/rbac give; tests/cluster/build must have run."""

import os
import unittest

import case
from tests.cluster import real_cluster
from tests.infisical_server.client import dynamic_inputs, static_inputs

MANIFEST = """
apiVersion: v1
kind: Namespace
metadata: {name: ci}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer, namespace: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: ci}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
"""


def rbac(name):
    path = os.path.join(os.path.dirname(__file__), "..", "..", "packaging", "rbac", f"{name}.yaml")
    with open(path, encoding="utf-8") as file:
        return file.read()


class RealLeases(case.Case):
    @classmethod
    def setUpClass(cls):
        cls.cluster = real_cluster.RealCluster()
        cls.addClassCleanup(cls.cluster.stop)
        cls.cluster.apply(MANIFEST)
        cls.cluster.apply(rbac("infisical"))
        with open(cls.cluster.facts["ca"], encoding="ascii") as file:
            # The Secret of the manifest waits for a controller that is not among these.
            token = cls.cluster.kubectl("create", "token", "infisical",
                                        "--namespace=infisical").strip()
            cls.reach = (cls.cluster.server, token, file.read())

    def give(self, *names):
        """These manifests' rights alone."""
        for name in ("infisical-static", "infisical-dynamic"):
            self.cluster.kubectl("delete", "--ignore-not-found", "--namespace=ci",
                                 f"rolebinding/{name}", f"role/{name}")
        for name in names:
            self.cluster.apply(rbac(name))

    def setUp(self):
        super().setUp()
        self.bearer = self.token()

    def define(self, name, inputs, **more):
        self.infisical.add_definition("shop", "prod", name, inputs, path="/k8s", **more)

    def names(self):
        listed = self.cluster.kubectl("get", "serviceaccounts,rolebindings", "--namespace=ci",
                                      "--output=name")
        return [line for line in listed.split() if "dynamic-secret-sa-" in line]

    def kubectl_as(self, token, *arguments):
        return self.cluster.kubectl("--kubeconfig=/dev/null", f"--server={self.cluster.server}",
                                    f"--certificate-authority={self.cluster.facts['ca']}",
                                    f"--token={token}", *arguments).strip()

    def test_static(self):
        self.give("infisical-static")
        self.define("static", static_inputs(*self.reach, "ci", "deployer"))
        made = self.lease(self.bearer, "static", ttl="11m")
        self.assertEqual(self.kubectl_as(made["data"]["TOKEN"], "auth", "whoami",
                                         "--output=jsonpath={.status.userInfo.username}"),
                         "system:serviceaccount:ci:deployer")

    def test_dynamic(self):
        self.give("infisical-dynamic")
        self.define("dynamic", dynamic_inputs(*self.reach, "ci", "reader"))
        made = self.lease(self.bearer, "dynamic")
        self.assertEqual(len(self.names()), 2)
        self.kubectl_as(made["data"]["TOKEN"], "get", "pods", "--namespace=ci")
        self.good("DELETE", f"{case.LEASES}/{made['lease']['id']}", case.PLACE, self.bearer)
        self.assertEqual(self.names(), [])

    def test_what_the_cluster_says(self):
        self.give("infisical-static")
        self.define("other", dynamic_inputs(*self.reach, "default", "reader"), test=False)
        self.define("static", static_inputs(*self.reach, "ci", "deployer"))
        for name, text, more in (
                ("other", 'is forbidden: User "system:serviceaccount:infisical:infisical" cannot create '
                 'resource "serviceaccounts"', {}),
                ("static", "may not specify a duration less than 10 minutes", {"ttl": "10m"})):
            self.refused(400, "BadRequest", text, "POST", case.LEASES,
                         case.PLACE | {"dynamicSecretName": name} | more, self.bearer)


if __name__ == "__main__":
    unittest.main()
