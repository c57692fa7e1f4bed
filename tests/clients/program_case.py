"""What holds for every client that is a program, steered from stdin (README.md)."""

import re
import sys
import time

import install
from case import PATIENCE, RECHECK, Steered, wait_for
from tests.support.machine import left_out

# Calls by so many threads of one process, and how often a client runs the plugin for them.
SHAPES = (1, 1), (10, 1), (100, 1), (10, 10), (100, 20)
ONE_EACH = (1, 1, 1, 1, 1)
UNBOUND = ("--no-require-cluster-info",)
V1BETA1 = ("--exec-api-version", "v1beta1")


class Program:
    """What holds for every client that is a program. Its facts are class attributes, and `install`
    of install.py."""

    pin = None                  # where its version is: a folder, and the package
    runs_for = ONE_EACH         # by SHAPES
    entry = ()                  # flags of its kubeconfig entry
    trust = ()                  # flags of its profile
    more = ()                   # arguments of its program
    # Three calls of a running process whose token was revoked, and the runs that they made.
    after_401 = ((0, 0, 0), 0)
    runs_over_the_end = 2       # for a call before the token's end and one behind it
    goes_on_without = False     # as system:anonymous, when the plugin fails
    own_faults = "(?!)"         # what goes wrong in it now and then, whatever the plugin does

    @classmethod
    def setUpClass(cls):
        try:
            cls.argv, cls.environment = cls.install()
        except install.CannotInstall as trouble:
            left_out(str(trouble))
        super().setUpClass()

    def setup(self, *more, requester=()):
        super().setup(*(more or self.entry), requester=(*requester, *self.trust))

    def start(self, *more):
        argv = [*self.argv, self.box.kubeconfig, "dev", *(more or self.more)]
        client = Steered(argv, dict(self.box.environment, **self.environment))
        self.addCleanup(client.end)
        return client

    def good(self, client, count=1, parallel=1):
        said = client.calls(count, parallel)
        wrong = [one for one in said["errors"] if not re.search(self.own_faults, one)]
        self.assertEqual((said["ok"] + len(said["errors"]), wrong), (count, []))
        self.assertGreater(said["ok"], 0)

    def test_cold_then_hits(self):
        self.setup()
        for times in 1, 2:
            self.good(self.start())
            self.assertEqual((self.runs(), self.token_requests()), (times * self.runs_for[0], 1))
        self.assertEqual(self.answered(200), 2)

    def test_many_calls(self):
        self.setup()
        before, made = 0, []
        for count, parallel in SHAPES:
            self.good(self.start(), count, parallel)
            made.append(self.runs() - before)
            before = self.runs()
        for (count, parallel), runs, wanted in zip(SHAPES, made, self.runs_for):
            self.assertIn(runs, wanted if isinstance(wanted, range) else (wanted,),
                          f"{count} calls by {parallel}: {made}")
        self.assertEqual(self.token_requests(), 1)
        self.saw("version", install.version_of(*self.pin) if self.pin else install.KUBECLIENT)
        self.saw("runs", ", ".join(f"{runs.start} to {runs.stop - 1}" if isinstance(runs, range)
                                   else str(runs) for runs in self.runs_for))

    def test_cold_in_parallel(self):
        self.setup()
        self.good(self.start(), 20, 20)
        self.assertEqual(self.token_requests(), 1)

    def test_revoked(self):
        self.setup()
        old = self.start()
        self.good(old)
        asked = time.monotonic()
        self.revoke()
        # Whoever asks first has a check started behind it; nobody waits for it.
        time.sleep(max(0.0, RECHECK - (time.monotonic() - asked)))
        refused = 1 - self.start().calls()["ok"]
        wait_for(lambda: self.reviews() > 0, PATIENCE, "a check")
        refused += self.until(lambda: self.start().calls()["ok"] == 1, PATIENCE,
                              "a token that is good")
        print(f"{type(self).__name__}: {refused} new processes were refused", file=sys.stderr)
        # The second one may come between the server's word and what follows from it.
        self.assertLessEqual(refused, 2)
        self.assertEqual(self.token_requests(), 2)
        runs = self.runs()
        said = tuple(old.calls()["ok"] for _ in range(3))
        self.assertEqual((said, self.runs() - runs), self.after_401)
        self.saw("after_401", {(0, 1, 1): "refused once, then served", (1, 1, 1): "served",
                               (0, 0, 0): "refused until it asks again"}[said])

    def test_at_the_end(self):
        self.box.write("ends", "4")
        self.setup()
        client = self.start()
        self.good(client)
        time.sleep(4.5)
        self.good(client)
        self.assertEqual((self.runs(), self.token_requests()), (self.runs_over_the_end, 1))
        self.saw("end", "asks again" if self.runs_over_the_end > self.runs_for[0] else
                 "asks after the 401" if self.after_401[0] == (1, 1, 1) else "does not ask")

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
        self.setup(*V1BETA1, requester=() if self.trust else UNBOUND)
        self.good(self.start())
        for mode in "IfAvailable", "Never":
            self.rewrite(r"interactiveMode: \w+", "interactiveMode: " + mode)
            for info in "false", "true":
                self.rewrite(r"provideClusterInfo: \w+", "provideClusterInfo: " + info)
                self.good(self.start())
        if self.entry != V1BETA1:
            self.ok("kubeconfig", "add", "dev", "--exec-api-version", "v1")
            self.good(self.start())
        self.assertEqual(self.token_requests(), 1)
        self.saw("versions", "v1beta1" if self.entry == V1BETA1 else "both")


class SaysNoCluster(Program):
    """One that sends exec info, but no cluster in it: it needs the profile's word."""

    trust = UNBOUND

    def test_without_that_word_the_remedy_is_named(self):
        self.trust = ()
        self.setup()
        client = self.start()
        said = client.calls()
        text = client.end() + " ".join(said["errors"])
        self.assertEqual((said["ok"], self.token_requests()), (0, 0))
        self.assertIn("does not say which cluster", text)
        self.assertIn("require-cluster-info: false", text)
