"""Upstream's own scenarios for exec plugins, by their letters, with the real kubectl and leasehold
as the plugin. upstream_go_test.py has those that take one process for several calls."""

import json
import os
import pty
import re
import subprocess
import unittest

from case import PATIENCE, ClientCase
from tests.support.pki import Authority
from tests.support.sandbox import PROGRAM

API = "client.authentication.k8s.io/"
HERE = os.path.dirname(os.path.abspath(__file__))


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

    def wrap(self, tool):
        """leasehold in front of another plugin."""
        self.ok("profile", "add", "dev", "--provider", "exec", "--server", self.cluster.server,
                "--certificate-authority", self.cluster.facts["ca"], "--command", tool)
        self.ok("kubeconfig", "add", "dev", "--set-current")

    def credentials(self):
        """What a plugin may have for this account: good tokens and certificates, and others."""
        name = "/CN=system:serviceaccount:ci:" + self.account
        ours = Authority(self.box.path("ours"), self.cluster.facts["ca"],
                         self.cluster.facts["ca_key"]).pair(name)
        theirs = Authority(self.box.path("theirs")).pair(name)
        token = self.cluster.kubectl("create", "token", self.account, "--namespace", "ci").strip()
        pair = lambda two: {"clientCertificateData": two[0], "clientKeyData": two[1]}
        return {"token": token}, {"token": "no.such.token"}, pair(ours), pair(theirs)

    def test_B_what_a_plugin_prints(self):
        """Wrapped by leasehold, which is to let nothing through that client-go would not take."""
        good, _, pair, _ = self.credentials()
        tool = self.box.write("bin/tool", f"#!/bin/sh\ncat {self.box.path('answer')}\n", 0o700)
        self.wrap(tool)
        whole = {"apiVersion": API + "v1", "kind": "ExecCredential"}
        certificate = {"clientCertificateData": pair["clientCertificateData"]}
        bad = {"clientCertificateData": "x", "clientKeyData": "y"}
        end = {"expirationTimestamp": "2100-01-01T00:00:00Z"}
        for said, answer in (
                ("", dict(whole, status=good)), ("", dict(whole, status=pair)),
                ("", dict(whole, status={**good, **pair})),
                ("", dict(whole, status={**good, **end})),
                ("apiVersion", {"kind": "ExecCredential", "status": good}),
                ("apiVersion", dict(whole, apiVersion=API + "v1beta1", status=good)),
                ("without a token", whole), ("without a token", dict(whole, status={})),
                ("not both", dict(whole, status=certificate)),
                ("no PEM", dict(whole, status=bad)),
                ("no time", dict(whole, status={**good, "expirationTimestamp": "soon"}))):
            with self.subTest(said=said, answer=sorted(answer.get("status", []))):
                self.box.write("answer", json.dumps(answer))
                self.ok("cache", "clear")
                result = self.get()
                self.assertEqual(result.returncode, 1 if said else 0, result.stderr)
                self.assertIn(said, result.stderr)
                self.assertEqual("leasehold: error: " in result.stderr, bool(said))

    def test_B_a_plugin_that_cannot_be_started(self):
        self.setup()
        self.rewrite(r"(command: )\S+", r"\g<1>no-such-leasehold")
        self.assertIn("leasehold is not installed where", self.get().stderr)
        os.chmod(self.wrapper, 0o600)
        self.rewrite(r"(command: )\S+", r"\g<1>" + self.wrapper)
        self.assertIn("permission denied", self.get().stderr)
        # Its exit code is in matrix_test.py.

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
        for wrong in ("--token", "wrong"), ("--username", "somebody", "--password", "wrong"):
            self.assertNotEqual(self.get(*wrong).returncode, 0)
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

    def test_K_tokens_beside_certificates_count_as_without_leasehold(self):
        good, bad, pair, theirs = self.credentials()
        tool = self.box.write("bin/tool", f"#!/bin/sh\ncat {self.box.path('answer')}\n", 0o700)
        self.wrap(tool)
        for status in ({**good, **pair}, {**good, **theirs}, {**bad, **pair}, {**bad, **theirs}):
            self.box.write("answer", json.dumps({"apiVersion": API + "v1",
                                                 "kind": "ExecCredential", "status": status}))
            self.ok("cache", "clear")
            through = self.get().returncode
            with open(self.box.kubeconfig, encoding="utf-8") as file:
                ours = file.read()
            self.rewrite(r"command: .*", "command: " + tool)
            self.assertEqual(self.get().returncode, through, sorted(status))
            self.box.write("kubeconfig", ours)

    def test_every_scenario_is_here(self):
        """A to M and 1 to 11; 8 is matrix_test.py and more_test.py."""
        found = {"8"}
        for name in os.listdir(HERE):
            if name.endswith("_test.py"):
                with open(os.path.join(HERE, name), encoding="utf-8") as file:
                    for which in re.findall(r"def test_((?:(?:[A-M]|\d+)_(?:and_)?)+)",
                                            file.read()):
                        found.update(which.replace("and_", "").strip("_").split("_"))
        self.assertEqual(found, {*"ABCDEFGHIJKLM", *map(str, range(1, 12))})


if __name__ == "__main__":
    unittest.main(verbosity=2)
