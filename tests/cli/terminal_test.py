"""Secrets typed at a terminal: its echo comes back whatever ends the call (LEASE-4)."""

import os
import signal
import subprocess
import termios
import unittest

from case import PROGRAM, Case
from shell_case import AtShell
from tests.support.sessions import wait_for


class Echo(AtShell, Case):
    """login at a terminal of its own."""

    def setUp(self):
        super().setUp()
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer", "--store",
                "file")
        self.open_terminal("sh -i", dict(self.box.environment, PS1="$ ", ENV=""))

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def ask(self):
        self.until(b"$ ")
        self.type(f"{PROGRAM} login --profile dev; echo ended-$?\n".encode())
        self.until(b"token for profile dev: ")
        self.assertTrue(wait_for(lambda: not self.echoes()), "the secret would be seen")

    def test_after_the_secret(self):
        self.ask()
        with open(self.api.admin_token_file, "rb") as file:
            token = file.read().strip()
        self.type(token + b"\n")
        self.until(b"ended-0")
        self.assertNotIn(token, self.shown)
        self.assertTrue(self.echoes())

    def test_after_a_key_that_ends(self):
        for key in (b"\x03", b"\x1c"):
            with self.subTest(key):
                self.ask()
                self.type(key)
                self.until(b"ended-130")
                self.assertIn(b"interrupted", self.shown)
                self.assertTrue(self.echoes())
                self.type(b"\n")

    def test_after_a_signal(self):
        self.ask()
        [process] = subprocess.run(["pgrep", "-P", str(self.shell.pid), "leasehold"], text=True,
                                   capture_output=True, check=True).stdout.split()
        os.kill(int(process), signal.SIGTERM)
        self.until(b"ended-130")
        self.assertTrue(self.echoes())

    def test_while_it_is_stopped(self):
        self.ask()
        self.type(b"\x1a")
        self.until(b"topped")
        self.assertTrue(self.echoes())
        self.type(b"fg\n")
        self.until(b"token for profile dev: ")
        self.assertTrue(wait_for(lambda: not self.echoes()), "the secret would be seen")
        self.type(b"\x03")
        self.assertTrue(wait_for(self.echoes), "Ctrl-C left the terminal dumb")


if __name__ == "__main__":
    unittest.main(verbosity=1)
