"""Killed at a system call, or told by one that it failed: what was there stays or is new, never
between; a call ends with a token or with words; and prune finds what is left.

LEASEHOLD_EVERY_CALL=1 tries every call and every error; without it some of them."""

import collections
import json
import os
import re
import sys
import unittest

from lease_case import PROGRAM, SOON, LeaseCase
from tests.support.clocks import DUE, by_clock, need_clockwork
from tests.support.machine import need_plain_programs
from tests.support.system_calls import calls_of, spoiled

EVERY = os.environ.get("LEASEHOLD_EVERY_CALL") == "1"
# After exit_group nothing is left to kill. The C library ends the process where the kernel says
# what it cannot: of brk and futex, and while the loader has no room for itself (LOADERS).
NO_CALLS = ("exit_group", "rt_sigreturn")
LIBRARYS_OWN = ("brk", "futex", "execve", "arch_prctl", "set_tid_address", "rseq")
LOADERS = ("mmap", 1)
ERRORS = ("EACCES", "EAGAIN", "EBADF", "EDQUOT", "EINTR", "EINVAL", "EIO", "EMFILE", "ENFILE",
          "ENOENT", "ENOMEM", "ENOSPC", "ENOSYS", "EPERM", "EROFS", "ETXTBSY", "ESTALE", "ENODEV")


def some(calls, about):
    """All, or about so many of them from the first to the last."""
    return calls if EVERY else calls[::max(1, len(calls) // about)]


class Behind:
    """A sandbox whose programs bear the mark by which leasehold knows that it started them itself
    (helper/process/mark.hpp)."""

    MARKED = ("import fcntl, os, sys; mark = os.memfd_create('leasehold', 3); "
              "os.write(mark, b'bu'); fcntl.fcntl(mark, 1033, 15); os.dup2(mark, 3); "
              "os.set_inheritable(3, True); "
              "os.execvp(sys.argv[1], sys.argv[1:])")

    def __init__(self, box):
        self.box, self.path = box, box.path

    def run(self, *arguments, **options):
        return self.box.run(sys.executable, "-c", self.MARKED, *arguments, **options)


class EveryCall(LeaseCase):
    counts = collections.Counter()

    @classmethod
    def setUpClass(cls):
        need_plain_programs("each system call")
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        for (what, end), count in sorted(cls.counts.items()):
            print(f"{what}: {count} times {end}")
        super().tearDownClass()

    def read(self, path):
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def remove(self, *paths):
        for path in paths:
            if os.path.lexists(path):
                os.unlink(path)

    def has_token(self, text):
        return bool(json.loads(text)["status"]["token"])


class Killed(EveryCall):
    """`begin` makes things as they are before, `look` what must hold of them after the kill."""

    def kill_everywhere(self, what, command, begin, look, about=16, box=None, program=PROGRAM):
        box = box or self.box
        begin()
        calls = [call for call in calls_of(box, program, *command) if call[0] not in NO_CALLS]
        self.assertGreater(len(calls), 60)
        for call in some(calls, about):
            with self.subTest(call=call):
                begin()
                spoiled(box, call, "signal=KILL", program, *command)
                self.counts[what, "killed"] += 1
                look()

    def nothing_that_prune_does_not_find(self):
        self.leasehold("cache", "clear")
        self.api.skew(SOON)
        self.ok("lease", "prune")
        self.api.skew(0)
        self.assertEqual(self.ours(), [])

    def test_a_lease_and_its_cache(self):
        self.dynamic("dyn")
        self.kill_everywhere(
            "a lease", ("credential", "--profile", "dyn"),
            lambda: self.leasehold("cache", "clear"),
            lambda: self.assertTrue(self.has_token(self.ok("credential", "--profile", "dyn"))))
        self.nothing_that_prune_does_not_find()

    def test_a_lease_in_a_file(self):
        self.profile("dev", "--store", "file", "--no-revocable")
        self.kill_everywhere(
            "a lease in a file", ("credential", "--profile", "dev"),
            lambda: self.leasehold("cache", "clear"),
            lambda: self.assertTrue(self.has_token(self.ok("credential", "--profile", "dev"))))

    def test_a_renewal_behind_a_hit(self):
        need_clockwork()
        self.profile("dev")
        seen = {}

        def begin():
            """A lease that is due for renewal: it was made by clocks that were so long behind."""
            self.leasehold("cache", "clear")
            self.api.skew(-DUE)
            made = self.box.run(*by_clock(-DUE, -DUE, PROGRAM, "credential", "--profile", "dev"))
            self.api.skew(0)
            seen["old"] = json.loads(made.stdout)["status"]["token"]

        def look():
            token = self.ok("token", "dev").rstrip("\n")
            seen["kept" if token == seen["old"] else "renewed"] = True
            self.assertEqual(len(json.loads(self.ok("cache", "list", "-o", "json"))), 1)
        self.kill_everywhere("a renewal", ("renew-in-background", "--profile", "dev"), begin, look,
                             about=24, box=Behind(self.box), program=os.environ["LEASEHOLD_FULL"])
        self.assertEqual(set(seen), {"old", "kept", "renewed"}, "it was never killed on its way")
        self.nothing_that_prune_does_not_find()

    def test_a_revocation(self):
        self.dynamic("dyn")
        def look():
            self.ok("lease", "revoke", "--profile", "dyn", "--all")
            self.assertEqual(self.ours(), [])
        self.kill_everywhere("a revocation", ("lease", "revoke", "--profile", "dyn", "--all"),
                             lambda: self.ok("credential", "--profile", "dyn"), look)

    def test_a_login(self):
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer",
                "--no-revocable", "--store", "file")
        login = ("login", "--profile", "dev", "--token-file", self.api.admin_token_file)
        self.ok(*login)

        def look():
            # The old one serves as well as the new one, and another login is possible.
            self.leasehold("cache", "clear")
            self.assertTrue(self.has_token(self.ok("credential", "--profile", "dev")))
            self.ok(*login)
        self.kill_everywhere("a login", login, lambda: None, look)

    def test_a_kubeconfig(self):
        self.profile("dev")
        with open(self.box.kubeconfig, "w", encoding="utf-8") as file:
            file.write("apiVersion: v1\nkind: Config\nusers: [] # mine\n")
        old = self.read(self.box.kubeconfig)
        self.ok("kubeconfig", "add", "dev")
        new = self.read(self.box.kubeconfig)
        self.rewritten("add", "kubeconfig", old, new, "add", "dev")
        self.rewritten("remove", "kubeconfig", new, old, "remove", "dev")

    def test_a_wrapping(self):
        text = self.plugin_kubeconfig("/bin/true")
        self.box.write("kubeconfig", text)
        old = self.read(self.box.kubeconfig)
        self.ok("kubeconfig", "wrap", "a")
        new = self.read(self.box.kubeconfig)
        self.rewritten("unwrap", "kubeconfig", new, old, "unwrap", "a")

    def rewritten(self, what, group, old, new, *command):
        path, lock = self.box.kubeconfig, self.box.kubeconfig + ".lock"

        def begin():
            self.remove(lock)
            with open(path, "wb") as file:
                file.write(old)

        def look():
            self.assertIn(self.read(path), (old, new), "neither the old file nor the new one")
            # The lock of the one that was killed is in nobody's way.
            self.leasehold(group, *command)
            self.assertEqual(self.read(path), new)
            self.assertEqual([name for name in os.listdir(self.box.home)
                              if name.startswith("kubeconfig") and name != "kubeconfig"], [])
        self.kill_everywhere("kubeconfig " + what, (group, *command), begin, look)


class Failing(EveryCall):
    def fail_everywhere(self, what, command, begin, right, about=30, but=LOADERS):
        """`right` says of a run that says it is done whether it is."""
        begin()
        calls = [call for call in calls_of(self.box, PROGRAM, *command)
                 if call[0] not in NO_CALLS + LIBRARYS_OWN and call != but]
        for turn, call in enumerate(some(calls, about)):
            for error in ERRORS if EVERY else [ERRORS[(turn + at) % len(ERRORS)] for at in (0, 7)]:
                with self.subTest(call=call, error=error):
                    begin()
                    result = spoiled(self.box, call, "error=" + error, PROGRAM, *command)
                    self.assert_token_or_words(result, right)
                    self.counts[what, "told an error"] += 1

    def assert_token_or_words(self, result, right):
        if result.returncode == 0:
            self.assertTrue(right(result.stdout), result.stderr)
            return
        self.assertEqual(result.stdout, "")
        if result.returncode == 127 and re.search("^cannot allocate|while loading shared libraries",
                                                  result.stderr, re.MULTILINE):
            return  # the loader's words, before there is anything of ours
        self.assertIn(result.returncode, range(1, 9), result.stderr)
        self.assertRegex(result.stderr, r"(?m)^leasehold: error: ")

    def test_a_hit(self):
        self.profile("dev")
        self.fail_everywhere("a hit", ("credential", "--profile", "dev"),
                             lambda: self.ok("credential", "--profile", "dev"), self.has_token,
                             about=64, but=None)  # the front needs no loader

    def test_a_miss(self):
        self.dynamic("dyn", "--deadline", "5s")
        self.fail_everywhere("a miss", ("credential", "--profile", "dyn"),
                             lambda: self.leasehold("cache", "clear"), self.has_token)

    def test_a_directory_that_breaks_off(self):
        """Nothing counts as gone for it, and what was printed stays right."""
        for name in ("dev", "other"):
            self.profile(name)
            self.ok("kubeconfig", "add", name)
        whole = self.ok("profile", "list", "-o", "json")
        entries = self.read(self.box.kubeconfig)
        for words, begin, right in (
                (("credential", "--profile", "dev"), lambda: self.leasehold("cache", "clear"),
                 self.has_token),
                (("profile", "list", "-o", "json"), lambda: None, whole.__eq__),
                (("uninstall", "--user", "--dry-run"), lambda: None,
                 lambda text: "dev" in text and "other" in text),
                (("kubeconfig", "add", "dev", "--dry-run", "--context", "new"), lambda: None,
                 lambda text: "new" in text),
                (("exec", "--profile", "dev", "--", "true"), lambda: None, lambda _: True),
                (("lease", "prune"), lambda: None, lambda _: True)):
            begin()
            calls = [call for call in calls_of(self.box, PROGRAM, *words)
                     if call[0] == "getdents64"]
            self.assertTrue(calls, words)
            for call in calls:
                with self.subTest(words=words, call=call):
                    begin()
                    result = spoiled(self.box, call, "error=EIO", PROGRAM, *words)
                    self.assert_token_or_words(result, right)
                    self.assertEqual(self.read(self.box.kubeconfig), entries)
                    self.counts["a directory", "told an error"] += 1

    def test_a_kubeconfig(self):
        self.profile("dev")
        path = self.box.kubeconfig
        self.ok("kubeconfig", "add", "dev")
        new = self.read(path)

        def done(_):
            return self.read(path) == new

        def begin():
            self.remove(path, path + ".lock")
        self.fail_everywhere("kubeconfig add", ("kubeconfig", "add", "dev"), begin, done)


if __name__ == "__main__":
    unittest.main()
