"""Real clients of exec plugins, each of its own language, against the real API server, with a
kubeconfig that leasehold wrote (README.md)."""

import re
import unittest

import install
from case import PATIENCE, ClientCase, wait_for
from program_case import Program
from tests.support.machine import left_out

def setUpModule():
    ClientCase.start_cluster()


class ClientGo(Program, ClientCase):
    install = staticmethod(install.go)
    after_401 = ((0, 1, 1), 1)


class JavaScript(Program, ClientCase):
    install = staticmethod(install.node)
    runs_for = (1, 1, 1, 10, 20)


class Python(Program, ClientCase):
    install = staticmethod(install.python)
    runs_over_the_end = 3  # it asks before each call in the last five minutes
    goes_on_without = True


class Java(Program, ClientCase):
    install = staticmethod(install.java)
    runs_over_the_end = 1
    goes_on_without = True

    def test_revoked_in_one_process_that_refreshes(self):
        self.setup()
        client = self.start("3")
        self.good(client)
        self.revoke()
        self.until(lambda: client.calls()["ok"] == 1, PATIENCE, "a token that is good")
        self.assertEqual(self.token_requests(), 2)


class Kubectl(ClientCase):
    def kubectl(self, *arguments, program=None, **options):
        return self.box.run(program or self.cluster.kubectl_path, *arguments, **options)

    def get(self, **options):
        return self.kubectl("get", "configmaps", "--namespace", "ci", **options)

    def good(self, **options):
        result = self.get(**options)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_cold_then_hits(self):
        self.setup()
        for runs, tokens in ((1, 1), (2, 1)):
            self.good()
            self.assertEqual((self.runs(), self.token_requests()), (runs, tokens))

    def test_cold_in_parallel(self):
        self.setup()
        started = [self.box.start(self.cluster.kubectl_path, "get", "configmaps", "--namespace",
                                  "ci") for _ in range(20)]
        for one in started:
            _, said = one.communicate(timeout=PATIENCE)
            self.assertEqual(one.returncode, 0, said)
        self.assertEqual((self.runs(), self.token_requests()), (20, 1))

    def test_revoked(self):
        self.setup()
        self.good()
        self.revoke()
        result = self.get()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("must be logged in", result.stderr)
        wait_for(lambda: self.reviews() > 0, PATIENCE, "a check behind the second run")
        self.until(lambda: self.get().returncode == 0, PATIENCE, "a token that is good")
        self.assertEqual((self.token_requests(), self.reviews()), (2, 1))

    def test_a_failing_plugin_is_named_with_its_hint(self):
        self.setup(requester=("--requester-token-file", self.box.write("bad", "no.such.token")))
        result = self.get()
        self.assertEqual((result.returncode, self.token_requests()), (1, 0))
        self.assertRegex(result.stderr, r"(?m)^leasehold: error: .*\nhint: ")
        self.assertIn("failed with exit code 4", result.stderr)

    def test_both_versions_all_modes_with_and_without_cluster_info(self):
        self.setup(requester=("--no-require-cluster-info",))
        for version in "v1", "v1beta1":
            self.rewrite(r"(client.authentication.k8s.io/)\w+", r"\g<1>" + version)
            self.rewrite(r"--api-version=?\w*|- credential", "- credential")
            for mode in "IfAvailable", "Never":
                self.rewrite(r"interactiveMode: \w+", "interactiveMode: " + mode)
                for info in "false", "true":
                    self.rewrite(r"provideClusterInfo: \w+", "provideClusterInfo: " + info)
                    self.good()
        self.assertEqual(self.token_requests(), 1)
        self.rewrite(r"interactiveMode: \w+", "interactiveMode: Always")
        self.assertIn("standard input", self.get().stderr)

    def test_one_that_knows_only_v1beta1(self):
        try:
            old = install.old_kubectl()
        except install.CannotInstall as trouble:
            left_out(str(trouble))
        self.setup()
        self.assertRegex(self.get(program=old).stderr, re.compile("v1", re.I))
        self.assertEqual(self.runs(), 0, "it refuses v1 by itself")
        self.ok("kubeconfig", "add", "dev", "--exec-api-version", "v1beta1", "--force")
        self.good(program=old)
        self.good(program=old)
        self.assertEqual(self.token_requests(), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
