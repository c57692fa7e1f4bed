"""The kernel keyring in the sessions, containers and quotas it is met in (KR-1 to KR-7)."""

import os
import re
import subprocess
import unittest

from case import PROGRAM
from tests.support.machine import left_out, need_program, need_root
from moods_case import MoodsCase, REFUSE_CALLS
from tests.support import own_place
from tests.support.sandbox import SHARED_WITH_USER
from tests.support.sessions import Cron, Sshd, wait_for

KEYRING = ("--store", "kernel-keyring")
KEYRING_THEN_FILE = ("--store", "kernel-keyring", "--store", "file")


class Sessions(MoodsCase):
    """A lease made here is a hit there."""

    def setUp(self):
        super().setUp()
        self.profile("dev", *KEYRING)
        self.token = self.credential()["status"]["token"]
        self.requests = len(self.api.requests())
        self.call = self.call_file()

    def assert_hit(self):
        self.assertEqual(self.called(), self.token)
        self.assertEqual(len(self.api.requests()), self.requests, "the server was asked")

    def hits_under(self, *command):
        with self.subTest(session=" ".join(command)[:70]):
            result = self.box.run(*command, self.call)
            self.assertTrue(os.path.exists(self.box.path("called")), result.stderr)
            self.assert_hit()

    def test_KR_1_other_session_keyrings(self):
        for command in (["keyctl", "session", "-"],
                        ["keyctl", "session", "-", "sh", "-c", "keyctl unlink @u @s; exec $0"],
                        ["keyctl", "session", "-", "sh", "-c", "keyctl revoke @s; exec $0"],
                        ["keyctl", "session", "-", "sh", "-c", "keyctl clear @s; exec $0"],
                        ["keyctl", "session", "-", "sh", "-c", "keyctl link @u @s; exec $0"],
                        ["setsid", "--wait"], ["nohup"]):
            self.hits_under(*command)

    def test_KR_1_what_one_session_makes_the_first_one_has(self):
        self.ok("cache", "clear")
        self.box.run("keyctl", "session", "-", "sh", "-c", "keyctl revoke @s; exec $0", self.call)
        token = self.called()
        requests = len(self.api.requests())
        self.assertEqual(self.credential()["status"]["token"], token)
        self.assertEqual(len(self.api.requests()), requests)

    def test_KR_1_script(self):
        need_program("script")
        result = self.box.run("script", "--quiet", "--command", self.call, "/dev/null")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_hit()

    def test_KR_1_tmux(self):
        need_program("tmux")
        server = ("tmux", "-S", self.box.path("tmux"), "-f", "/dev/null")
        result = self.box.run(*server, "new-session", "-d", self.call)
        self.assertEqual(result.returncode, 0, result.stderr)
        wait_for(lambda: os.path.exists(self.box.path("called")))
        self.box.run(*server, "kill-server")
        self.assert_hit()

    def test_KR_1_ssh(self):
        need_program("sshd")
        need_program("ssh")
        sshd = Sshd(self.box.path("ssh"))
        self.addCleanup(sshd.close)
        result = self.box.run(*sshd.command(self.call))
        self.assertEqual(result.returncode, 0, result.stderr + sshd.log())
        self.assert_hit()
        # The other way: what a login leased is there when it has ended.
        self.ok("cache", "clear")
        self.box.run(*sshd.command(self.call))
        self.token = self.called()
        self.requests = len(self.api.requests())
        self.assertEqual(self.credential()["status"]["token"], self.token)
        self.assertEqual(len(self.api.requests()), self.requests)

    def test_KR_1_cron(self):
        need_root()
        need_program("cron")
        if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
            left_out("no mount namespaces for a cron of one's own")
        cron = Cron(self.call)
        came = wait_for(lambda: os.path.exists(self.box.path("called")))
        said = cron.close()
        self.assertTrue(came, said)
        self.assert_hit()

    def test_KR_1_a_systemd_unit(self):
        """KeyringMode=private: a session keyring without @u; and hardly any environment."""
        self.hits_under("keyctl", "session", "-", "sh", "-c",
                        "keyctl unlink @u @s 2>/dev/null; exec env -i $0")
        bare = {"HOME": self.box.home}
        for more in ({}, {"XDG_RUNTIME_DIR": ""}, {"INVOCATION_ID": "1", "JOURNAL_STREAM": "8:1"}):
            self.call = self.call_file({**bare, **more})
            self.hits_under("keyctl", "session", "-")


class Forbidden(MoodsCase):
    def refused(self, error_number):
        return [REFUSE_CALLS, error_number, "keyctl", "add_key", "request_key", "--"]

    def test_KR_2_the_next_store_serves_and_nothing_is_said(self):
        for error_number in ("EPERM", "ENOSYS"):
            with self.subTest(error=error_number):
                name = error_number.lower()
                self.profile(name, *KEYRING_THEN_FILE)
                token = self.quiet_token(*self.refused(error_number), profile=name)
                before = len(self.api.requests())
                self.assertEqual(self.quiet_token(*self.refused(error_number), profile=name), token)
                self.assertEqual(len(self.api.requests()), before)

    def test_KR_2_without_a_next_store_each_call_leases(self):
        self.profile("dev", *KEYRING)
        tokens = {self.quiet_token(*self.refused("EPERM")) for _ in range(2)}
        self.assertEqual(len(tokens), 2)

    def test_KR_2_doctor_says_so(self):
        self.profile("dev", *KEYRING)
        result = self.box.run(*self.refused("EPERM"), PROGRAM, "doctor")
        self.assertIn("kernel-keyring", result.stdout)
        self.assertIn("memory", result.stdout)
        self.assertRegex(result.stdout, "store secret-service: none here, and another store works: "
                                        "secret service: session bus: ")
        self.assertEqual(result.returncode, 8, "no store of the profile works")


class Life(MoodsCase):
    def lease_keys(self):
        """The kernel's lines about leases in @u, by the key's id."""
        ids = {int(key) for key in self.box.run("keyctl", "rlist", "@u").stdout.split()}
        with open("/proc/keys", encoding="utf-8") as file:
            lines = [line.split() for line in file if re.search(r"leasehold:1:[0-9a-f]{64}:", line)]
        return {int(line[0], 16): line for line in lines if int(line[0], 16) in ids}

    def possessed(self, command):
        """With @u in the session, so that its keys are possessed and may be changed."""
        result = self.box.run("keyctl", "session", "-", "sh", "-c", "keyctl link @u @s; for k in "
                              "%s; do %s; done" % (" ".join(map(str, self.lease_keys())), command))
        self.assertEqual(result.returncode, 0, result.stderr)

    @classmethod
    def setUpClass(cls):
        shared = SHARED_WITH_USER and own_place.enter()
        if shared:
            left_out("no keyring of this test's own: " + shared)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.profile("dev", *KEYRING)
        self.token = self.quiet_token()

    def test_KR_4_the_kernel_knows_the_end(self):
        ends = [line[3] for line in self.lease_keys().values()]
        self.assertEqual(len(ends), 1)
        self.assertRegex(ends[0], "^(5[0-9]m|1h)$")

    def test_KR_4_what_has_ended_is_a_miss(self):
        for what in ("keyctl timeout $k 1; sleep 1.2", "keyctl revoke $k"):
            with self.subTest(what=what):
                before = self.token_requests()
                self.possessed(what)
                renewed = self.quiet_token()
                self.assertNotEqual(renewed, self.token)
                self.assertEqual(self.token_requests(), before + 1)
                self.assertEqual(self.quiet_token(), renewed, "it is kept again")
                self.assertEqual(self.token_requests(), before + 1)
                self.token = renewed

    def test_KR_5_the_persistent_keyring_has_it_too(self):
        if self.box.run("keyctl", "get_persistent", "@s").returncode:
            left_out("this kernel has no persistent keyrings")
        before = len(self.api.requests())
        self.box.run("keyctl", "clear", "@u")
        self.assertEqual(self.quiet_token(), self.token)
        self.assertEqual(len(self.api.requests()), before)

    def test_KR_7_no_token_is_too_large_for_a_key(self):
        """A key holds 32 767 bytes; more than 16 KiB is taken for no token at all."""
        self.profile("large", *KEYRING)
        self.api.fault("token", claims={"groups": "g" * 30_000})
        self.fails(7, "credential", "--profile", "large")
        self.assertEqual(len(self.lease_keys()), 1, "a lease that was not taken is not kept")
        self.api.clear()
        self.api.fault("token", claims={"groups": "g" * 11_300})
        self.ok("cache", "clear")
        self.profile("largest", *KEYRING)
        token = self.quiet_token(profile="largest")
        self.assertGreater(len(token), 15_500)
        before = len(self.api.requests())
        self.assertEqual(self.quiet_token(profile="largest"), token)
        self.assertEqual(len(self.api.requests()), before)


if __name__ == "__main__":
    unittest.main(verbosity=1)
