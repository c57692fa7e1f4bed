"""One person in a user namespace, as rootless containers make them: another number and name there,
the same home and machine. What was leased there is theirs outside, and the other way round."""

import json
import os
import shutil
import subprocess
import unittest

from lease_case import LeaseCase, PROGRAM
from tests.support.machine import leave_all_out

INSIDE = "54321"  # a number that nobody has here
ENTER = (("unshare", "--user", "--map-user=" + INSIDE, "--map-group=" + INSIDE)
         if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user"))


class NamespaceTest(LeaseCase):
    def inside(self, *words, **options):
        result = self.box.run(*ENTER, PROGRAM, *words, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def listed(self, run):
        return {row["id"] for row in json.loads(run("lease", "list", "-o", "json"))}

    def made(self):
        """One lease from each side."""
        return {json.loads(run("lease", "create", "dev", "-o", "json"))["id"]
                for run in (self.ok, self.inside)}

    def test_leases_are_one_s_own_on_both_sides(self):
        self.profile()
        made = self.made()
        self.assertEqual(len(made), 2)
        self.assertEqual((self.listed(self.ok), self.listed(self.inside)), (made, made))

    def test_logout_ends_both(self):
        for run in (self.ok, self.inside):
            with self.subTest(run):
                self.profile()
                self.made()
                run("logout", "dev")
                self.assertEqual(self.ours(), [])
                self.ok("profile", "remove", "dev")

    def test_a_lease_of_setup_is_its_profile_s(self):
        self.inside("setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                    self.box.path("admin"), "-n", "ci", "--service-account", "deployer")
        self.assertEqual(len(self.listed(self.ok)), 1)

    def test_uninstall_ends_both_and_leaves_nothing(self):
        self.profile("dev", "--store", "memory")
        self.made()
        # Without a directory of the session memory is shared, and named by the number there.
        number = INSIDE if os.geteuid() == 0 else "0"
        memory = "/dev/shm/leasehold-" + number
        self.addCleanup(shutil.rmtree, memory, ignore_errors=True)
        self.inside("credential", "--profile", "dev", environment={"XDG_RUNTIME_DIR": ""})
        self.assertTrue(os.listdir(memory))
        self.assertIn("would remove " + memory, self.ok("uninstall", "--user", "--dry-run"))
        self.ok("uninstall", "--user")
        self.assertEqual((self.ours(), os.path.exists(memory)), ([], False))


if __name__ == "__main__":
    if subprocess.run((*ENTER, "true"), capture_output=True, check=False).returncode != 0:
        leave_all_out("no user namespace may be made here")
    unittest.main()
