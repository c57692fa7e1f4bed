"""What the tests of the kernel keyring share: a keyring of their own and a call that is a file."""

import json
import os
import shlex
import subprocess

from case import PROGRAM, Case
from tests.support.machine import left_out

REFUSE_CALLS = os.environ.get("REFUSE_CALLS", "refuse_calls")


def has_keyring():
    return subprocess.run(["keyctl", "show", "@u"], capture_output=True,
                          check=False).returncode == 0


class MoodsCase(Case):
    program = PROGRAM

    @classmethod
    def setUpClass(cls):
        if not has_keyring():
            left_out("this machine forbids the kernel keyring")
        super().setUpClass()

    def call_file(self, environment=None, profile="dev"):
        """A program that calls the plugin with this environment (the box's), whatever its own is;
        what it prints goes to the file `called`."""
        variables = environment or self.box.environment
        words = ["env", "-i", *(name + "=" + value for name, value in variables.items()),
                 self.program,
                 "credential", "--profile", profile]
        called = self.box.path("called")
        return self.box.write("call", "#!/bin/sh\n%s >%s.part 2>&1\nmv %s.part %s\n" % (
            shlex.join(words), called, called, called), 0o700)

    def called(self):
        """The token that the call got; fails on any other word."""
        path = self.box.path("called")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        os.remove(path)
        try:
            return json.loads(text)["status"]["token"]
        except ValueError:
            raise AssertionError("the call printed: " + text) from None

    # Where no /etc/hosts has this machine's name, sudo says so each time.
    may_be_said = ("sudo: unable to resolve host ",)

    def quiet_token(self, *command, profile="dev", box=None, **options):
        """One call, perhaps under another program: status 0 and nothing on stderr."""
        result = (box or self.box).run(*command, self.program, "credential", "--profile",
                                       profile, **options)
        if result.returncode == 99:
            left_out("no seccomp here")
        said = [line for line in result.stderr.splitlines()
                if not line.startswith(self.may_be_said)]
        self.assertEqual((result.returncode, said), (0, []))
        return json.loads(result.stdout)["status"]["token"]
