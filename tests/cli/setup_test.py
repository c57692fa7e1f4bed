"""leasehold setup: all of it or nothing, and never at the cost of who asks."""

import os
import unittest

from case import PROGRAM
from lease_case import LeaseCase
from tests.support.sessions import wait_for

class SetupCase(LeaseCase):
    def setUp(self):
        super().setUp()
        with open(self.box.path("admin"), encoding="utf-8") as file:
            self.box.write("kubeconfig", file.read())

    def arguments(self, name, *more):
        return ("setup", name, "--from-context", "admin", "--namespace", "ci",
                "--service-account", "deployer", *more)

    def text(self):
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            return file.read()

    def kubectl(self, *words):
        result = self.box.run("kubectl", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout


class RequesterTest(SetupCase):
    def test_the_context_that_it_asks_with_is_not_replaced(self):
        before = self.text()
        for more in (("two", "--context", "admin"), ("two", "--context", "admin", "--force"),
                     ("admin", "--force")):
            with self.subTest(more=more):
                words = self.fails(3, *self.arguments(*more))
                self.assertIn("asks for its tokens with", words)
                other = words.split("hint: give the new context another name: ")[1].split()
                self.assertEqual(self.text(), before)
                self.assertEqual(self.ours(), [])
                self.ok(*self.arguments(more[0], *other))
                self.ok("profile", "remove", more[0], "--kubeconfig-entries")

    def test_nor_is_that_of_another_profile(self):
        self.ok(*self.arguments("dev"))
        self.ok("profile", "add", "other", "--server", self.api.server, "--namespace", "ci",
                "--service-account", "deployer", "--certificate-authority", self.api.ca)
        words = self.fails(3, "kubeconfig", "add", "other", "--context", "admin", "--force")
        self.assertIn("is what profile dev asks", words)


class ForceTest(SetupCase):
    def setUp(self):
        super().setUp()
        self.kubectl("config", "set-context", "mine", "--cluster=standin", "--user=admin")

    def names(self):
        return self.kubectl("config", "get-contexts", "-o", "name").split()

    def test_what_gives_way_is_kept_and_comes_back(self):
        for current in ("admin", "mine"):
            with self.subTest(current=current):
                self.kubectl("config", "use-context", current)
                before = self.text()
                self.fails(3, *self.arguments("dev", "--context", "mine"))
                for _ in range(2):  # the same again finds its own
                    self.ok(*self.arguments("dev", "--context", "mine", "--force"))
                    names = self.names()
                    self.assertTrue({"admin", "mine", "mine-before-leasehold"} <= set(names), names)
                removed = self.ok("kubeconfig", "remove", "dev")
                self.assertIn("renamed context mine-before-leasehold to mine", removed)
                self.assertEqual(self.text(), before)

    def test_it_is_told_under_which_name(self):
        result = self.leasehold(*self.arguments("dev", "--context", "mine", "--force"))
        self.assertIn('"mine" that was there is kept as "mine-before-leasehold"', result.stderr)


class FailureTest(SetupCase):
    def test_a_name_that_is_taken_costs_no_lease(self):
        self.kubectl("config", "set-context", "mine", "--cluster=standin", "--user=admin")
        before = self.token_requests()
        self.fails(3, *self.arguments("dev", "--context", "mine"))
        self.assertEqual(self.token_requests(), before)

    def test_a_failed_force_leaves_what_was_there(self):
        self.ok(*self.arguments("dev"))
        with open(self.box.profile_path("dev"), encoding="utf-8") as file:
            profile = file.read()
        before = self.text()
        self.fails(3, "setup", "dev", "--from-context", "admin", "--namespace", "ci",
                   "--service-account", "nobody", "--force")
        with open(self.box.profile_path("dev"), encoding="utf-8") as file:
            self.assertEqual(file.read(), profile)
        self.assertEqual(self.text(), before)
        self.assertEqual(len(self.ours()), 1)

    def test_what_fails_after_the_lease_takes_it_back(self):
        before = self.text()
        fault = self.api.fault("latency", seconds=1, path="/token$", times=1)
        process = self.box.start(PROGRAM, *self.arguments("dev"))
        self.addCleanup(process.wait)
        self.assertTrue(wait_for(lambda: self.api.taken(fault)))
        # The entry cannot be written any more: somebody holds the file.
        os.close(os.open(self.box.kubeconfig + ".lock", os.O_CREAT | os.O_WRONLY, 0o600))
        out, errors = process.communicate(timeout=120)
        self.assertEqual((process.returncode, out), (3, ""), errors)
        self.assertIn("nothing was set up, and the lease is taken back", errors)
        self.assertEqual(self.ours(), [])
        self.assertEqual(self.text(), before)
        self.assertFalse(os.path.exists(self.box.profile_path("dev")))
        self.assertEqual(self.ok("cache", "list"), "the cache is empty\n")


if __name__ == "__main__":
    unittest.main()
