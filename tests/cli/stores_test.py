"""The Secret Service in its moods, the kernel keyring and the file store, through the real programs."""

import json
import os
import signal
import socket
import time
import unittest

from case import PROGRAM, Case
from tests.support.clocks import DUE, by_clock, need_clockwork
from tests.support.desktop import Desktop
from tests.support.machine import SLACK
from tests.support.sessions import wait_for

SECRET_SERVICE = ["--store", "secret-service"]


class SecretService(Case):
    def session(self, unlock=True):
        session = Desktop(self.box, unlock)
        self.addCleanup(session.close)
        return session.environment, session

    def test_a_lease_is_kept_across_keyrings(self):
        environment, _ = self.session()
        self.profile()
        first = self.credential(environment=environment)["status"]["token"]
        self.assertIn("kernel-keyring, secret-service",
                      self.ok("cache", "list", environment=environment))
        before = self.token_requests()
        # Another session that has lost the kernel's copy: it comes back from the Secret Service.
        self.box.run("sh", "-c", "keyctl purge user; for k in $(keyctl list @u | sed -n "
                     "'s/^ *\\([0-9]*\\): .*leasehold:.*/\\1/p'); do keyctl unlink $k @u; done")
        self.assertEqual(self.credential(environment=environment)["status"]["token"], first)
        self.assertEqual(self.token_requests(), before)

    def test_the_secret_service_alone(self):
        environment, _ = self.session()
        self.profile("dev", *SECRET_SERVICE)
        first = self.credential(environment=environment)
        before = self.token_requests()
        self.assertEqual(self.credential(environment=environment)["status"], first["status"])
        self.assertEqual(self.token_requests(), before)
        self.ok("cache", "clear", environment=environment)
        self.assertNotEqual(self.credential(environment=environment)["status"]["token"],
                            first["status"]["token"])

    def test_what_no_front_serves_is_renewed_behind_as_well(self):
        need_clockwork()
        environment, _ = self.session()
        self.addCleanup(self.api.skew, 0)
        self.profile("dev", *SECRET_SERVICE, "--ttl", "1h", "--no-revocable")
        first = self.credential(environment=environment)["status"]["token"]
        before = self.token_requests()
        self.api.skew(DUE)
        later = self.box.run(*by_clock(DUE, DUE, PROGRAM, "credential", "--profile", "dev"),
                             environment=environment)
        self.assertEqual(later.returncode, 0, later.stderr)
        self.assertEqual(json.loads(later.stdout)["status"]["token"], first, "nobody waits")
        self.assertTrue(wait_for(lambda: self.token_requests() == before + 1),
                        "nothing renewed it behind")

    def test_login_is_kept_there(self):
        environment, _ = self.session()
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer")
        self.assertIn("leasehold login", self.fails(4, "credential", "--profile", "dev",
                                                    environment=environment))
        with open(self.api.admin_token_file, encoding="utf-8") as file:
            token = file.read()
        text = self.ok("login", "--profile", "dev", "--token-stdin", input=token,
                       environment=environment)
        self.assertIn("secret-service", text)
        # The refusal of a moment ago is forgotten by a login.
        self.credential(environment=environment)
        self.ok("logout", "--profile", "dev", environment=environment)
        self.fails(4, "credential", "--profile", "dev", environment=environment)

    def timed(self, environment):
        begin = time.monotonic()
        result = self.leasehold("credential", "--profile", "dev", environment=environment)
        took = time.monotonic() - begin
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return json.loads(result.stdout)["status"]["token"], took

    def assert_waits_for_nothing(self, environment):
        """The daemon's 2 s would be in every call; what a busy machine takes is not."""
        quickest = min(self.timed(environment)[1] for _ in range(5))
        self.assertLess(quickest, 1.5, "the hanging daemon was waited for again")

    def test_a_stopped_daemon_costs_two_seconds_once(self):
        environment, session = self.session()
        self.profile("dev", *SECRET_SERVICE)
        os.kill(session.daemon(), signal.SIGSTOP)
        _, first = self.timed(environment)
        self.assertLess(first, 2 + SLACK)
        self.assert_waits_for_nothing(environment)

    def test_a_bus_that_never_talks_does_not_lose_the_token(self):
        path = self.box.path("run/silent")
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(path)
            silent.listen(64)
            environment = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + path}
            self.profile()
            first, took = self.timed(environment)
            self.assertLess(took, 2 + SLACK)
            self.assertEqual(self.timed(environment)[0], first)
            self.assert_waits_for_nothing(environment)

    def test_missing_bus_and_missing_service(self):
        for environment in ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"},
                            {"DBUS_SESSION_BUS_ADDRESS": "tcp:host=127.0.0.1,port=1"},
                            {"DBUS_SESSION_BUS_ADDRESS": "garbage"}, {}):
            self.ok("cache", "clear")
            self.profile()
            first, took = self.timed(environment)
            self.assertLess(took, 2 + SLACK)
            self.assertEqual(self.timed(environment)[0], first)

    def test_a_locked_keyring_is_no_lease_per_call(self):
        environment, session = self.session()
        self.profile()
        self.credential(environment=environment)
        session.lock()
        self.box.run("sh", "-c", "for k in $(keyctl list @u | sed -n "
                     "'s/^ *\\([0-9]*\\): .*leasehold:.*/\\1/p'); do keyctl unlink $k @u; done")
        before = self.token_requests()
        for _ in range(10):
            self.timed(environment)
        self.assertLessEqual(self.token_requests() - before, 1)

    def test_no_secret_leaves_the_process(self):
        """CANARY on the bus: dbus-monitor sees attributes, and no token."""
        environment, _ = self.session()
        self.profile("dev", *SECRET_SERVICE)
        monitor = self.box.start("dbus-monitor", "--session", environment=environment)
        time.sleep(0.5)
        token = self.credential(environment=environment)["status"]["token"]
        time.sleep(0.5)
        monitor.terminate()
        seen, _ = monitor.communicate()
        self.assertIn("org.freedesktop.Secret", seen)
        self.assertNotIn(token, seen)
        self.assertNotIn(token.split(".")[1], seen)


class Others(Case):
    def test_file_store_is_private_and_opt_in(self):
        self.profile("dev", "--store", "file")
        first = self.credential()["status"]["token"]
        before = self.token_requests()
        self.assertEqual(self.credential()["status"]["token"], first)
        self.assertEqual(self.token_requests(), before)
        found = 0
        for root, directories, files in os.walk(self.box.home):
            for name in directories + files:
                path = os.path.join(root, name)
                with open(path, "rb") if name in files else open(os.devnull, "rb") as file:
                    if first.encode() not in file.read():
                        continue
                found += 1
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
                self.assertEqual(os.stat(root).st_mode & 0o777, 0o700)
        self.assertEqual(found, 1)

    def test_tokens_are_in_no_file_unless_asked(self):
        self.setup()
        token = self.credential()["status"]["token"]
        for root, _, files in os.walk(self.box.home):
            for name in files:
                with open(os.path.join(root, name), "rb") as file:
                    self.assertNotIn(token.encode(), file.read(), os.path.join(root, name))

    def test_none_leases_each_time(self):
        self.profile("dev", "--store", "none")
        tokens = {self.credential()["status"]["token"] for _ in range(3)}
        self.assertEqual(len(tokens), 3)

    def test_a_new_session_keyring_still_hits(self):
        self.profile("dev", "--store", "kernel-keyring")
        first = self.credential()["status"]["token"]
        before = self.token_requests()
        result = self.box.run("keyctl", "session", "-", PROGRAM, "credential", "--profile", "dev")
        self.assertEqual(json.loads(result.stdout)["status"]["token"], first)
        self.assertEqual(self.token_requests(), before)

    def test_an_edited_profile_is_read_again(self):
        self.profile("dev", "--store", "kernel-keyring")
        self.credential()
        self.credential()
        self.rewrite_profile("dev", "namespace: ci", "namespace: Nonsense")
        self.fails(3, "credential", "--profile", "dev")

    def test_a_profile_that_others_may_change_is_refused(self):
        self.profile("dev", "--store", "kernel-keyring")
        self.credential()
        os.chmod(self.box.profile_path("dev"), 0o666)
        self.assertIn("chmod", self.fails(3, "credential", "--profile", "dev"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
