"""Real clients of exec plugins, each of its own language, against the real API server, with a
kubeconfig that leasehold wrote (README.md)."""

import re
import sys
import time
import unittest

import install
from case import PATIENCE, RECHECK, ClientCase, Steered, SLACK, wait_for
from tests.support.machine import left_out

# Calls by so many threads of one process, and how often a client runs the plugin for them.
SHAPES = (1, 1), (10, 1), (100, 1), (10, 10), (100, 20)
ONE_EACH = (1, 1, 1, 1, 1)


def setUpModule():
    ClientCase.start_cluster()


class Program:
    """What holds for every client that is a program. Its facts are class attributes, and `install`
    of install.py."""

    runs_for = ONE_EACH         # by SHAPES
    runs_again_after_401 = False
    runs_over_the_end = 2       # for a call before the token's end and one behind it
    goes_on_without = False     # as system:anonymous, when the plugin fails

    @classmethod
    def setUpClass(cls):
        try:
            cls.argv, cls.environment = cls.install()
        except install.CannotInstall as trouble:
            left_out(str(trouble))
        super().setUpClass()

    def start(self, *more):
        argv = [*self.argv, self.box.kubeconfig, "dev", *more]
        client = Steered(argv, dict(self.box.environment, **self.environment))
        self.addCleanup(client.end)
        return client

    def good(self, client, count=1, parallel=1):
        self.assertEqual(client.calls(count, parallel), {"ok": count, "errors": []})

    def test_cold_then_hits(self):
        self.setup()
        for runs, tokens in ((1, 1), (2, 1)):
            self.good(self.start())
            self.assertEqual((self.runs(), self.token_requests()), (runs, tokens))
        self.assertEqual(self.answered(200), 2)

    def test_many_calls(self):
        self.setup()
        before, made = 0, []
        for count, parallel in SHAPES:
            self.good(self.start(), count, parallel)
            made.append(self.runs() - before)
            before = self.runs()
        self.assertEqual((tuple(made), self.token_requests()), (self.runs_for, 1))

    def test_cold_in_parallel(self):
        self.setup()
        self.good(self.start(), 20, 20)
        self.assertEqual(self.token_requests(), 1)

    def test_revoked(self):
        self.setup()
        old = self.start()
        self.good(old)
        self.revoke()
        begin = time.monotonic()
        # Whoever asks first has a check started behind it; nobody waits for it.
        tries = self.until(lambda: self.start().calls()["ok"] == 1, RECHECK + SLACK + PATIENCE,
                           "a token that is good")
        print(f"{type(self).__name__}: {tries} new processes were refused in "
              f"{time.monotonic() - begin:.1f} s", file=sys.stderr)
        self.assertEqual(self.token_requests(), 2)
        runs = self.runs()
        said = [old.calls()["ok"] for _ in range(3)]
        if self.runs_again_after_401:
            self.assertEqual((said, self.runs()), ([0, 1, 1], runs + 1))
        else:
            self.assertEqual((said, self.runs()), ([0, 0, 0], runs))

    def test_at_the_end(self):
        self.box.write("ends", "4")
        self.setup()
        client = self.start()
        self.good(client)
        time.sleep(4.5)
        self.good(client)
        self.assertEqual((self.runs(), self.token_requests()), (self.runs_over_the_end, 1))

    def test_a_failing_plugin_is_named_with_its_hint(self):
        self.setup(requester=("--requester-token-file", self.box.write("bad", "no.such.token")))
        client = self.start()
        said = client.calls()
        self.assertEqual(said["ok"], 0)
        text = client.end() + " ".join(said["errors"])
        self.assertIn("leasehold: error: ", text)
        self.assertIn("hint: ", text)
        if self.goes_on_without:
            self.assertIn("system:anonymous", text)
        self.assertEqual(self.token_requests(), 0)

    def test_both_versions_all_modes_with_and_without_cluster_info(self):
        self.setup("--exec-api-version", "v1beta1", requester=("--no-require-cluster-info",))
        self.good(self.start())
        for mode in "IfAvailable", "Never":
            self.rewrite(r"interactiveMode: \w+", "interactiveMode: " + mode)
            for info in "false", "true":
                self.rewrite(r"provideClusterInfo: \w+", "provideClusterInfo: " + info)
                self.good(self.start())
        self.ok("kubeconfig", "add", "dev", "--exec-api-version", "v1")
        self.good(self.start())
        self.assertEqual(self.token_requests(), 1)


class ClientGo(Program, ClientCase):
    install = staticmethod(install.go)
    runs_again_after_401 = True

    def test_revoked_in_one_process(self):
        """Nobody else asks meanwhile: the second run is what has the server asked."""
        self.setup()
        client = self.start()
        self.good(client)
        self.revoke()
        self.assertEqual([client.calls()["ok"] for _ in range(3)], [0, 1, 1])
        self.assertEqual((self.runs(), self.token_requests(), self.reviews()), (2, 2, 1))


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
