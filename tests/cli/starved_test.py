"""What there is too little of: descriptors, processes, time. A token or words; a file is the old
one or the new one; and afterwards all is as before. Memory is in hardening_test, disks are in
filesystems_test, keys in moods_test."""

import json
import os
import resource
import signal
import time
import unittest

from case import PROGRAM, TOKEN_PATH, Case
from other_users_test import BECOME, UsersCase
from tests.support.clocks import DUE, by_clock, need_clockwork
from tests.support.machine import need_plain_programs
from tests.support.sessions import wait_for

MANY = 10000


def limited(what, most):
    return lambda: resource.setrlimit(what, (most, most))


class StarvedCase(Case):
    def assert_token_or_words(self, result):
        """True for a token."""
        if result.returncode == 0:
            self.assertTrue(json.loads(result.stdout)["status"]["token"])
            return True
        self.assertEqual(result.stdout, "")
        self.assertGreater(result.returncode, 0, "killed by a signal")
        if result.returncode != 127:  # the dynamic loader has words of its own
            self.assertIn(result.returncode, range(1, 9), result.stderr)
            self.assertRegex(result.stderr, "(?m)^leasehold: error: ")
        return False


class Descriptors(StarvedCase):
    """RLIMIT_NOFILE, from the three that a process has."""

    FEW = range(3, 21)

    def setUp(self):
        need_plain_programs("few descriptors")
        super().setUp()

    def served(self, *words, before=lambda: None):
        came = []
        for most in self.FEW:
            with self.subTest(descriptors=most):
                before()
                if self.assert_token_or_words(self.box.run(
                        PROGRAM, *words, preexec_fn=limited(resource.RLIMIT_NOFILE, most))):
                    came.append(most)
        return came

    def test_a_hit_and_a_miss(self):
        self.profile()
        credential = ("credential", "--profile", "dev")
        self.ok(*credential)
        self.assertGreater(len(self.served(*credential)), len(self.FEW) - 3)
        self.assertIn(20, self.served(*credential, before=lambda: self.ok("cache", "clear")))
        self.ok(*credential)

    def test_a_kubeconfig_is_the_old_one_or_the_new_one(self):
        self.profile()
        old = "apiVersion: v1\nkind: Config\nusers: [] # mine\n"
        path = self.box.write("kubeconfig", old)
        self.ok("kubeconfig", "add", "dev")
        new = self.text(path)
        written = 0
        for most in self.FEW:
            with self.subTest(descriptors=most):
                self.box.write("kubeconfig", old)
                result = self.box.run(PROGRAM, "kubeconfig", "add", "dev",
                                      preexec_fn=limited(resource.RLIMIT_NOFILE, most))
                self.assertEqual(self.text(path), new if result.returncode == 0 else old)
                written += result.returncode == 0
                self.assertFalse(os.path.lexists(path + ".lock"))
        self.assertGreater(written, 0)

    def text(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()


class Processes(UsersCase, StarvedCase):
    """RLIMIT_NPROC holds for those who are not root: neither a thread nor a child is to be had."""

    def call(self, most):
        """The limit comes after the change of user, which it would forbid."""
        return self.theirs.run(*BECOME["setpriv"], "prlimit", f"--nproc={most}", self.program,
                               "credential", "--profile", "dev")

    def test_a_miss_whose_server_has_a_name(self):
        self.their_profile("dev", "--deadline", "5s")
        for path in (self.theirs.path("admin"), self.theirs.profile_path("dev")):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("127.0.0.1", "localhost"))
        came = []
        for most in (0, 1, MANY):
            with self.subTest(processes=most):
                self.as_nobody("cache", "clear")
                came.append(self.assert_token_or_words(self.call(most)))
        self.assertTrue(came[-1])

    def test_a_hit_that_would_have_a_process_behind_it(self):
        need_clockwork()
        self.their_profile("dev")
        self.api.skew(-DUE)
        self.theirs.run(*by_clock(-DUE, -DUE, *BECOME["setpriv"], self.program, "credential",
                                  "--profile", "dev"))
        self.api.skew(0)
        before = self.token_requests()
        self.assertTrue(self.assert_token_or_words(self.call(1)))
        self.assertEqual(self.token_requests(), before)
        self.assertTrue(self.assert_token_or_words(self.call(MANY)))
        self.assertTrue(wait_for(lambda: self.token_requests() == before + 1), "no renewal behind")


class Time(StarvedCase):
    def test_a_server_that_is_stopped(self):
        """It has the connection, and says nothing; then it goes on."""
        self.profile("dev", "--deadline", "2s")
        os.kill(self.api.pid, signal.SIGSTOP)
        try:
            said = self.fails(6, "credential", "--profile", "dev")
        finally:
            os.kill(self.api.pid, signal.SIGCONT)
        self.assertIn("took too long", said)
        self.ok("lease", "create", "dev")

    def test_a_call_that_is_stopped_beyond_its_deadline(self):
        self.profile("dev", "--deadline", "2s")
        slow = self.api.fault("latency", seconds=1, path=TOKEN_PATH, times=1)
        call = self.box.start(PROGRAM, "credential", "--profile", "dev")
        self.addCleanup(call.communicate)
        self.assertTrue(wait_for(lambda: self.api.taken(slow)), "the request did not come")
        call.send_signal(signal.SIGSTOP)
        time.sleep(3)
        call.send_signal(signal.SIGCONT)
        out, error = call.communicate(timeout=60)
        if call.returncode == 0:
            self.assertTrue(json.loads(out)["status"]["token"])
        else:
            self.assertEqual((call.returncode, out), (6, ""), error)
        self.ok("lease", "create", "dev")


if __name__ == "__main__":
    unittest.main()
