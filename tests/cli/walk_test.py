"""The walk of hints: every command that a hint names is run in the state that produced it, and
works or leads on."""

import os
import re
import shlex
import unittest

from case import PROGRAM
from lease_case import LeaseCase

# 'leasehold ...' in quotes, or behind "run: " or "with: " to the end of the line.
QUOTED = re.compile(r"'((?:leasehold|kubectl|sudo) [^']+)'")
BARE = re.compile(r"(?:: |or run )((?:leasehold|kubectl|chmod|rm|mv|ls) [^;'\n]+)")


def commands_in(text):
    """What the hints of a command's output say to run, each once."""
    hints = [line for line in text.splitlines()
             if line.startswith("hint: ") or "; take them away with: " in line]
    found = []
    for line in hints:
        for command in QUOTED.findall(line) + BARE.findall(line):
            command = command.strip().rstrip(".,")
            if command not in found:
                found.append(command)
    return found


class Walk(LeaseCase):
    walked = 0

    def from_admin(self, *more):
        return ("--from-context", "admin", "--from-kubeconfig", self.box.path("admin"),
                "-n", "ci", "--service-account", "deployer", *more)

    def failing(self, *words, **options):
        result = self.leasehold(*words, **options)
        self.assertNotEqual(result.returncode, 0, result.stdout)
        return result.stderr

    def walk(self, said, expected, **options):
        """Runs each command that the hints name: it must be one that exists, and not fail for how
        it is written. `expected` of them there must be. Answers their results."""
        commands = commands_in(said)
        self.assertGreaterEqual(len(commands), expected, said)
        results = {}
        for command in commands:
            Walk.walked += 1
            words = shlex.split(command)
            words[0] = PROGRAM if words[0] == "leasehold" else words[0]
            if any(word.isupper() and len(word) > 2 for word in words) or "..." in words:
                continue  # a pattern to fill in
            result = self.box.run(*words, environment={"EDITOR": "true"}, **options)
            self.assertNotIn("unknown command", result.stderr, command)
            self.assertNotEqual(result.returncode, 2, command + ": " + result.stderr)
            results[command] = result
        return results

    def works(self, results, *commands):
        for command in commands:
            self.assertIn(command, results)
            result = results[command]
            self.assertEqual(result.returncode, 0, command + ": " + result.stderr)

    def test_no_profile(self):
        self.profile()
        self.walk(self.failing("profile", "show", "nobody"), 0)
        self.walk(self.failing("lease", "create"), 1)

    def test_another_profile_is_there(self):
        self.profile()
        said = self.failing("setup", "dev", *self.from_admin("--ttl", "20m"))
        self.works(self.walk(said, 1), "leasehold profile show dev")

    def test_no_token_is_kept(self):
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "-n", "ci", "--service-account", "deployer")
        said = self.failing("lease", "create", "dev")
        self.assertEqual(commands_in(said), ["leasehold login --profile dev"])
        with open(self.api.admin_token_file, encoding="ascii") as file:
            token = file.read()
        self.ok(*shlex.split(commands_in(said)[0])[1:], "--token-stdin", input=token)
        self.ok("lease", "create", "dev")

    def test_a_remembered_failure(self):
        self.profile("dev")
        fault = self.api.fault("answer", path="/token$", status=403)
        self.failing("credential", "--profile", "dev")
        said = self.failing("credential", "--profile", "dev")
        self.assertRegex(said, r"is not asked again for 1[0-5] s")
        self.api.clear(fault)
        self.works(self.walk(said, 1), "leasehold lease create --profile dev")
        self.credential()

    def test_a_right_is_missing(self):
        self.profile("dev")
        fault = self.api.fault("answer", path="/token$", status=403)
        said = self.failing("credential", "--profile", "dev")
        self.assertIn("leasehold profile check", " ".join(commands_in(said)))
        self.api.clear(fault)
        self.ok("profile", "check", "dev")

    def test_the_cluster_cannot_be_reached(self):
        self.setup()
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        said = self.failing("profile", "remove", "dev")
        self.works(self.walk(said, 1), "leasehold profile remove dev --keep-leases")

    def test_entries_are_left(self):
        self.setup()
        said = self.leasehold("profile", "remove", "dev").stderr
        self.works(self.walk(said, 1), "leasehold kubeconfig remove dev")

    def test_the_profile_moved(self):
        self.setup()
        moved = self.leasehold("setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                               self.box.path("admin"), "-n", "default", "--service-account",
                               "deployer", "--force")
        if moved.returncode == 0:
            for result in self.walk(moved.stderr, 1).values():
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_server_in_the_profile_was_edited(self):
        self.setup()
        self.rewrite_profile("dev", self.api.server, self.api.server + "/other")
        said = self.failing("lease", "create", "dev")
        commands = commands_in(said)
        self.assertGreaterEqual(len(commands), 2, said)

    def test_modes(self):
        self.profile()
        os.chmod(self.box.profile_path("dev"), 0o666)
        said = self.failing("lease", "create", "dev")
        self.walk(said, 1)
        self.ok("lease", "create", "dev")

    def test_a_lease_that_is_not_there(self):
        self.setup()
        self.works(self.walk(self.failing("lease", "show", "nothing"), 1), "leasehold lease list")
        self.works(self.walk(self.failing("cache", "clear", "nothing"), 1),
                   "leasehold lease list --local")

    def test_no_entry_is_there(self):
        self.profile()
        self.works(self.walk(self.failing("kubeconfig", "remove", "dev"), 1),
                   "leasehold kubeconfig list")

    def test_what_is_mistyped(self):
        self.works(self.walk(self.failing("profile", "lsit"), 2), "leasehold profile list",
                   "leasehold --help")
        self.works(self.walk(self.failing("lease", "list", "--nonsense"), 1),
                   "leasehold lease list --help")

    def test_uninstalling_with_the_cluster_gone(self):
        self.setup()
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        said = self.failing("uninstall", "--user")
        self.works(self.walk(said, 1), "leasehold uninstall --user --keep-leases")

    def test_the_audit_log_is_in_the_way(self):
        self.profile()
        os.makedirs(self.box.path(".local/state/leasehold/audit.jsonl"))
        made = self.leasehold("lease", "create", "dev")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(made.stderr.count("the audit log cannot be written"), 1)
        checked = self.leasehold("doctor", "--offline").stdout
        self.assertRegex(checked, r"warning +audit log: ")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        print("hints walked: %d" % Walk.walked)


if __name__ == "__main__":
    unittest.main()
