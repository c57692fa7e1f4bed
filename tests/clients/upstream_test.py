"""Upstream's own scenarios for exec plugins, by their letters, with the real kubectl and leasehold
as the plugin: those in which it matters which plugin it is. (A, B, G, H, I test client-go itself;
E is in matrix_test.py.)"""

import json
import os
import pty
import subprocess
import unittest

from case import PATIENCE, ClientCase
from tests.support.sandbox import PROGRAM

API = "client.authentication.k8s.io/"


def setUpModule():
    ClientCase.start_cluster()


class Upstream(ClientCase):
    def kubectl(self, *arguments, **options):
        return self.box.run(self.cluster.kubectl_path, *arguments, **options)

    def get(self, *more, **options):
        return self.kubectl("get", "configmaps", "--namespace", "ci", *more, **options)

    def good(self, *more, **options):
        result = self.get(*more, **options)
        self.assertEqual(result.returncode, 0, result.stderr)

    def at_a_terminal(self, *arguments):
        """The exit code and what was said, with a terminal as stdin."""
        ours, theirs = pty.openpty()
        try:
            result = subprocess.run([self.cluster.kubectl_path, *arguments], stdin=theirs,
                                    env=self.box.environment, capture_output=True, text=True,
                                    timeout=PATIENCE, check=False)
        finally:
            os.close(ours)
            os.close(theirs)
        return result.returncode, result.stdout + result.stderr

    def mode(self, mode):
        self.rewrite(r"interactiveMode: \w+", "interactiveMode: " + mode)

    def test_C_stdin(self):
        self.setup("--exec-api-version", "v1beta1")
        words = ("get", "configmaps", "--namespace", "ci")
        manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ci}\n"
        for mode, without, with_one in (("Never", 0, 0), ("IfAvailable", 0, 0), ("Always", 1, 0)):
            with self.subTest(mode=mode):
                self.mode(mode)
                self.assertEqual(self.get().returncode, without)
                code, said = self.at_a_terminal(*words)
                self.assertEqual(code, with_one, said)
                # In use: the account may not apply, but the plugin is run, or refused, first.
                before = self.runs()
                result = self.kubectl("apply", "-f", "-", input=manifest)
                self.assertNotEqual(result.returncode, 0)
                if mode == "Always":
                    self.assertEqual(self.runs(), before, result.stderr)
                else:
                    self.assertIn("orbidden", result.stderr)

    def test_D_cluster_info_only_where_it_is_provided(self):
        self.setup(requester=("--no-require-cluster-info",))
        seen = self.box.path("info")
        self.box.write("bin/wrapper", f"#!/bin/sh\nprintf %s \"$KUBERNETES_EXEC_INFO\" >{seen}\n"
                       f"exec {PROGRAM} \"$@\"\n", 0o700)
        for provided in ("true", "false"):
            self.rewrite(r"provideClusterInfo: \w+", "provideClusterInfo: " + provided)
            self.good()
            with open(seen, encoding="utf-8") as file:
                info = json.load(file)
            self.assertEqual(info["apiVersion"], API + "v1")
            if provided == "true":
                self.assertEqual(info["spec"]["cluster"]["server"], self.cluster.server)
                self.assertEqual(info["spec"]["cluster"]["certificate-authority-data"],
                                 self.cluster.ca_data)
            else:
                self.assertNotIn("cluster", info["spec"])

    def test_F_and_M_what_beats_the_plugin(self):
        self.setup()
        token = self.cluster.kubectl("create", "token", self.account, "--namespace", "ci").strip()
        for more in (("--token", token),
                     ("--client-certificate", self.cluster.facts["admin_cert"], "--client-key",
                      self.cluster.facts["admin_key"])):
            self.good(*more)
        self.assertEqual((self.runs(), self.token_requests()), (0, 1), "that is kubectl's own")
        self.assertNotEqual(self.get("--token", "wrong").returncode, 0)
        self.assertEqual(self.runs(), 0)
        self.good()
        self.assertEqual(self.runs(), 1)

    def test_J_policies(self):
        self.setup()
        name = os.path.basename(self.wrapper)
        for policy, listed, allowed in (("AllowAll", None, True), ("DenyAll", None, False),
                                        ("Allowlist", self.wrapper, True),
                                        ("Allowlist", "/no/such/plugin", False),
                                        ("Allowlist", name, False)):
            with self.subTest(policy=policy, listed=listed):
                text = ("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n"
                        f"credentialPluginPolicy: {policy}\n")
                if listed:
                    text += f"credentialPluginAllowlist:\n- command: {listed}\n"
                kuberc = self.box.write("kuberc", text)
                before = self.runs()
                result = self.get("--kuberc", kuberc)
                self.assertEqual(result.returncode == 0, allowed, result.stderr)
                self.assertEqual(self.runs() > before, allowed)

    def test_K_one_run_for_a_good_token_two_for_a_bad_one(self):
        self.setup()
        self.good()
        self.assertEqual(self.runs(), 1)
        self.revoke()
        self.assertNotEqual(self.get().returncode, 0)
        self.assertEqual(self.runs(), 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
