"""What the tests of `leasehold exec` share: a place for runs of one's own, and what is left."""

import os
import shutil
import tempfile

from lease_case import LeaseCase
from tests.support.sandbox import PROGRAM
from tests.support.sessions import wait_for


class RunCase(LeaseCase):
    def setUp(self):
        super().setUp()
        # In memory, as runs must be, and apart from everybody else's.
        self.place = tempfile.mkdtemp(prefix="leasehold-test-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.box.environment["LEASEHOLD_RUNTIME_DIR"] = self.place
        self.profile()
        self.leased_before = self.token_requests()

    def leased(self):
        """How many tokens were asked for in this test."""
        return self.token_requests() - self.leased_before

    def exec(self, *words, **options):
        """leasehold exec for the profile dev, or for what its own options, before "--", say."""
        if "--" not in words:
            words = ("--", *words)
        if "--from-context" not in words:
            words = ("--profile", "dev", *words)
        return self.leasehold("exec", *words, **options)

    def start_exec(self, *words, **options):
        return self.box.start(PROGRAM, "exec", "--profile", "dev", "--", *words, **options)

    def runs(self):
        try:
            return os.listdir(os.path.join(self.place, "runs"))
        except FileNotFoundError:
            return []

    def processes(self):
        """Those that have this test's home: leasehold's, and what it started."""
        found = []
        for pid in os.listdir("/proc"):
            if not pid.isdigit() or int(pid) == os.getpid():
                continue
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    ours = f"HOME={self.box.home}".encode() in file.read().split(b"\0")
            except OSError:
                continue
            if ours:
                found.append(int(pid))
        return found

    def assert_nothing_is_left(self):
        self.assertTrue(wait_for(lambda: not self.processes()), "processes are left")
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.ours(), [])
