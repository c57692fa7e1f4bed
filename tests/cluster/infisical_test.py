"""An Infisical user's kubectl: leases from a site that behaves as Infisical does, of a real
kube-apiserver, used by the real kubectl."""

import json
import unittest

from case import ClusterCase
from real_cluster import wait_for
from tests.infisical_server.client import (
    dynamic_inputs, gateway_inputs, site_with_shop, static_inputs)

SECRET = "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"
OURS = "serviceaccounts,rolebindings"


class Infisical(ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kubectl = cls.cluster.kubectl
        kubectl("create", "namespace", "stage")
        for namespace in ("ci", "stage"):
            kubectl("create", "role", "reader", "--namespace", namespace, "--verb=get,list",
                    "--resource=configmaps")
        # The site's own credential: what its contract asks for and the rights that it passes on.
        kubectl("create", "serviceaccount", "infisical", "--namespace", "ci")
        kubectl("create", "clusterrolebinding", "infisical", "--clusterrole", "cluster-admin",
                "--serviceaccount", "ci:infisical")
        token = kubectl("create", "token", "infisical", "--namespace", "ci").strip()
        with open(cls.cluster.facts["ca"], encoding="ascii") as file:
            cls.reach = (cls.cluster.server, token, file.read())

    def setUp(self):
        super().setUp()
        self.site, robot = site_with_shop(self)
        self.login = self.site.add_client_secret(robot)
        self.ca = self.box.write("ca.pem", self.reach[2])

    def define(self, name, inputs, **more):
        self.site.add_definition("shop", "prod", name, inputs, path="/k8s", **more)

    def setup_ci(self, definition, *more):
        result = self.box.leasehold(
            "setup", "ci", "--provider", "infisical", "--server", self.cluster.server,
            "--certificate-authority", self.ca, "--site", self.site.site,
            "--site-certificate-authority", self.site.ca, "--project-slug", "shop",
            "--environment", "prod", "--path", "/k8s", "--dynamic-secret", definition,
            "--client-id", self.login["clientId"], *more,
            environment={SECRET: self.login["clientSecret"]})
        self.assertEqual(result.returncode, 0, result.stderr)

    def kubectl(self, *arguments):
        return super().kubectl(*arguments, environment={SECRET: self.login["clientSecret"]})

    def asked(self):
        now = self.site.counters()
        return now["requests"], now["logins"], now["lease-requests"]

    def test_a_static_credential(self):
        self.define("deployer", static_inputs(*self.reach, "ci", "deployer"))
        self.setup_ci("deployer")
        before = self.asked()
        self.assertEqual(self.whoami(), "system:serviceaccount:ci:deployer")
        self.assertEqual(self.whoami(), "system:serviceaccount:ci:deployer")
        self.assertEqual(self.asked(), before, "a kubectl command after setup asked the site")
        # The lease is over, the session is not: one lease request, and no login.
        self.box.leasehold("cache", "clear", "--profile", "ci")
        self.assertEqual(self.whoami(), "system:serviceaccount:ci:deployer")
        self.assertEqual([now - then for now, then in zip(self.asked(), before)], [1, 0, 1])

    def test_a_dynamic_credential_is_revoked(self):
        self.define("reader", dynamic_inputs(*self.reach, "ci,stage", "reader"))
        self.setup_ci("reader", "--namespace", "stage")
        self.assertRegex(self.whoami(), r"^system:serviceaccount:stage:dynamic-secret-sa-")
        wait_for(lambda: self.kubectl("get", "configmaps", "-n", "stage").returncode == 0, 60,
                 "what the role allows")
        self.assertIn("Forbidden", self.kubectl("get", "secrets", "-n", "stage").stderr)
        result = self.box.leasehold("lease", "list", "--profile", "ci", "-o", "json",
                                    environment={SECRET: self.login["clientSecret"]})
        self.assertEqual(result.returncode, 0, result.stderr)
        [lease] = json.loads(result.stdout)
        self.assertEqual((lease["state"], lease["cached"]), ("active", "fresh"), lease)
        result = self.box.leasehold("lease", "revoke", lease["id"],
                                    environment={SECRET: self.login["clientSecret"]})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.site.leases(), [])
        left = self.cluster.kubectl("get", OURS, "--namespace", "stage", "-o", "name")
        self.assertNotIn("dynamic-secret-sa-", left)

    def test_through_a_gateway(self):
        gateway = self.site.add_gateway(self.reach[0], self.reach[1], ca=self.reach[2])
        self.define("far", gateway_inputs(dynamic_inputs(*self.reach, "ci", "reader"),
                                          gateway["id"]))
        self.setup_ci("far")
        self.assertRegex(self.whoami(), r"^system:serviceaccount:ci:dynamic-secret-sa-")


if __name__ == "__main__":
    unittest.main()
