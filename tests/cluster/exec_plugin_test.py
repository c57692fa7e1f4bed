"""Wrapped exec plugins against a real kube-apiserver with the real kubectl: one that prints a
token, and one that prints a client certificate with its key."""

import json
import unittest

from case import ClusterCase, SUBJECT
from real_cluster import wait_for
from tests.support.machine import SLACK
from tests.support.pki import Authority

ENTRY = """apiVersion: v1
kind: Config
clusters:
- name: real
  cluster: {server: "%s", certificate-authority-data: %s}
users:
- name: person
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: tool, interactiveMode: Never}
contexts:
- name: real
  context: {cluster: real, user: person, namespace: ci}
current-context: real
"""
ANSWER = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":%s}'


class Plugins(ClusterCase):
    def setUp(self):
        super().setUp()
        self.text = ENTRY % (self.cluster.server, self.cluster.ca_data)
        self.box.write("kubeconfig", self.text)
        self.box.environment["PATH"] = self.box.path("bin") + ":" + self.box.environment["PATH"]

    def plugin(self, body):
        self.box.write("bin/tool", "#!/bin/sh\necho run >> %s\n%s\n" % (self.box.path("runs"), body),
                       0o755)

    def token_plugin(self):
        """A new token with every run, as of another program's."""
        self.plugin("t=$(%s --kubeconfig %s create token deployer -n ci --duration 1h)\n"
                    "printf '%s' \"$t\"" % (self.cluster.kubectl_path,
                                            self.cluster.facts["kubeconfig"],
                                            ANSWER % '{"token":"%s"}'))

    def runs(self):
        return self.box.lines("runs")

    def test_a_token_wrapped_and_unwrapped(self):
        self.token_plugin()
        self.assertEqual(self.whoami(), SUBJECT)
        plain = self.runs()
        self.ok("kubeconfig", "wrap", "real")
        for _ in range(4):
            self.assertEqual(self.whoami(), SUBJECT)
        self.assertEqual(self.runs(), plain + 1)
        self.ok("kubeconfig", "unwrap", "real")
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertEqual(file.read(), self.text)
        self.assertEqual(self.whoami(), SUBJECT)

    def test_a_client_certificate(self):
        authority = Authority(self.box.path("authority"), self.cluster.facts["ca"],
                              self.cluster.facts["ca_key"])
        pair = dict(zip(("clientCertificateData", "clientKeyData"),
                        authority.pair("/O=people/CN=ada")))
        self.box.write("answer", ANSWER % json.dumps(pair))
        self.plugin("cat " + self.box.path("answer"))
        self.ok("kubeconfig", "wrap", "real")
        for _ in range(3):
            self.assertEqual(self.whoami(), "ada")
        self.assertEqual(self.runs(), 1)

    def test_a_token_that_is_refused_is_replaced(self):
        """Ended behind the cache's back: the account is made anew, and its tokens with it."""
        self.token_plugin()
        self.ok("kubeconfig", "wrap", "real")
        self.assertEqual(self.whoami(), SUBJECT)
        first = self.runs()
        self.cluster.kubectl("delete", "serviceaccount", "deployer", "-n", "ci")
        self.cluster.kubectl("create", "serviceaccount", "deployer", "-n", "ci")

        # kubectl hears 401 and asks again; the next command has what came of that. The API server
        # itself remembers the token for some seconds.
        def replaced():
            return self.kubectl("auth", "whoami").returncode == 0 \
                and self.runs() > first
        wait_for(replaced, 60 + SLACK, "the refused token's replacement")


if __name__ == "__main__":
    unittest.main()
