"""Tools that people and pipelines use, which packaging/test --clients runs (README.md)."""

import glob
import os
import threading
import time
import unittest

import command_case
import install
from case import PATIENCE, ClientCase, wait_for
from tests.support.terminal import on_terminal

CONTROL_C = "\x03"
# Bound by nobody until the test says that it is: what Helm waits for.
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: slow}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: from-helm}
data: {colour: {{ .Values.colour }}}
"""


def setUpModule():
    ClientCase.start_cluster()


class Helm(command_case.Command):
    name = "Helm"
    words = "list", "--namespace", "ci"
    role = "edit"  # releases are Secrets
    crowd = 10
    refusal = "provide credentials"
    install = staticmethod(install.helm)

    def version(self):
        return install.version_of("helm", "helm.sh/helm/v4")

    def chart(self, **templates):
        self.box.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n")
        self.box.write("chart/values.yaml", "colour: red\n")
        for name, text in templates.items():
            self.box.write(f"chart/templates/{name}.yaml", text)
        return self.box.path("chart")

    def test_a_releases_life(self):
        self.setup()
        chart = self.chart(map=MAP)
        for words in (("install", "r", chart), ("upgrade", "r", chart, "--set", "colour=blue"),
                      ("status", "r"), ("uninstall", "r")):
            runs = self.runs()
            self.good(*words, "--namespace", "ci")
            self.assertEqual(self.runs(), runs + 1, words[0])
        self.assertEqual(self.token_requests(), 1)

    def test_a_wait_that_outlives_its_tokens(self):
        """As one of 20 minutes does, with tokens of seconds."""
        self.box.write("ends", "3")
        self.setup()
        helm = self.box.start(*self.program, "install", "slow", self.chart(claim=CLAIM), "--wait",
                              "--timeout", "2m", "--namespace", "ci")
        self.addCleanup(helm.kill)
        wait_for(lambda: "slow" in self.cluster.kubectl("get", "pvc", "--namespace", "ci", "-o",
                                                        "name"), PATIENCE, "the claim")
        time.sleep(8)
        self.assertIsNone(helm.poll(), "it did not wait")
        self.cluster.kubectl("patch", "pvc", "slow", "--namespace", "ci", "--subresource=status",
                             "--type=merge", "-p", '{"status": {"phase": "Bound"}}')
        _, said = helm.communicate(timeout=PATIENCE)
        self.assertEqual(helm.returncode, 0, said)
        self.assertGreater(self.runs(), 1)
        self.assertEqual(self.token_requests(), 1)


class Stern(command_case.Command):
    name = "stern"
    words = "--no-follow", "--namespace", "ci", "."
    role = "view"  # it lists pods
    crowd = 10
    install = staticmethod(install.stern)

    def version(self):
        return install.version_of("stern", "github.com/stern/stern")


class K9s(command_case.Installed):
    """On a terminal, as it is used."""

    install = staticmethod(install.k9s)

    def test_a_person_looks_on_while_the_lease_is_revoked(self):
        self.cluster.kubectl("create", "rolebinding", self.account + "-view", "--namespace", "ci",
                             "--clusterrole=view", f"--serviceaccount=ci:{self.account}")
        self.setup()
        ended = []
        person = threading.Thread(target=lambda: ended.append(on_terminal(
            [*self.program, "--namespace", "ci", "--command", "configmaps"],
            {**self.box.environment, "TERM": "xterm-256color"},
            [("kube-root-ca.crt", ""), ("seen-after-it", CONTROL_C)], columns=160)))
        person.start()
        wait_for(lambda: self.answered(200) > 0, PATIENCE, "a list of configmaps")
        self.assertEqual(self.token_requests(), 1)
        self.revoke()
        self.cluster.kubectl("create", "configmap", "seen-after-it", "--namespace", "ci")
        self.addCleanup(self.cluster.kubectl, "delete", "configmap", "seen-after-it",
                        "--namespace", "ci")
        person.join()
        self.assertTrue(ended, "it did not show what came after the revocation")
        self.assertLessEqual(self.token_requests(), 2)


class GooglesKubectls(command_case.Kubectl):
    """Older releases, where Google Cloud's SDK is installed."""

    name = None  # which it has is not ours to say

    @classmethod
    def install(cls):
        cls.found = sorted(glob.glob("/usr/lib/google-cloud-sdk/bin/kubectl.1.*"))
        if not cls.found:
            raise install.CannotInstall("no kubectl of Google Cloud's SDK here")
        return cls.found[:1]

    def test_each_release(self):
        self.setup()
        for program in self.found:
            with self.subTest(os.path.basename(program)):
                runs = self.runs()
                result = self.box.run(program, *self.words)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(self.runs(), runs + 1)
        self.assertEqual(self.token_requests(), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
