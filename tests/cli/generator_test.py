"""leasehold kubeconfig: several profiles at once, names, printing, drift, and what is gone."""

import json
import os
import re
import unittest

from case import Case
from tests.support.sandbox import PROGRAM


class Generator(Case):
    def setUp(self):
        super().setUp()
        for name in ("one", "two"):
            self.profile(name)

    def text(self):
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            return file.read()

    def view(self, path=None):
        shown = self.box.run("kubectl", "--kubeconfig", path or self.box.kubeconfig, "config",
                             "view", "--raw", "-o", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return json.loads(shown.stdout)

    def names(self, section, path=None):
        return [entry["name"] for entry in self.view(path)[section]]

    def test_several_profiles_in_one_call(self):
        out = self.ok("kubeconfig", "add", "one", "two", "--set-current", "--context",
                      "team-{profile}", "--user-name", "me-{profile}")
        self.assertIn("context team-one written to", out)
        self.assertEqual(self.names("contexts"), ["team-one", "team-two"])
        self.assertEqual(self.names("users"), ["me-one", "me-two"])
        self.assertEqual(self.view()["current-context"], "team-one")
        for flag in ("--context", "--user-name"):
            self.assertIn("put {profile} into it",
                          self.fails(2, "kubeconfig", "add", "one", "two", flag, "x"))

    def test_printed_alone(self):
        text = self.ok("kubeconfig", "add", "one", "two", "-o", "-")
        path = self.box.write("printed", text)
        self.assertEqual(self.names("contexts", path), ["one", "two"])
        self.assertEqual(self.view(path)["current-context"], "one")
        self.assertFalse(os.path.exists(self.box.kubeconfig))
        self.assertIn("'-' only", self.fails(2, "kubeconfig", "add", "one", "-o", "file"))

    def test_the_command_by_its_name(self):
        self.ok("kubeconfig", "add", "one", "--command-mode", "name", "--set-current")
        self.assertEqual(self.view()["users"][0]["user"]["exec"]["command"], "leasehold")
        self.assertEqual(self.ok("kubeconfig", "diff"), "")
        self.assertIn("is not abs or name",
                      self.fails(2, "kubeconfig", "add", "one", "--command-mode", "x"))

    def test_a_backup_of_what_was_changed(self):
        self.ok("kubeconfig", "add", "one", "--backup")
        backup = self.box.kubeconfig + ".before-leasehold"
        self.assertFalse(os.path.exists(backup), "there was nothing")
        before = self.text()
        self.ok("kubeconfig", "add", "two", "--backup")
        # Nothing changes, and the copy of what was before stays.
        self.ok("kubeconfig", "add", "two", "--backup")
        with open(backup, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(os.stat(backup).st_mode & 0o777, 0o600)

    def test_diff_tells_drift_by_its_exit_code(self):
        self.ok("kubeconfig", "add", "one", "--context", "mine", "--namespace", "other",
                "--user-name", "me", "--exec-api-version", "v1beta1")
        self.assertEqual(self.ok("kubeconfig", "diff"), "")
        self.assertEqual(self.ok("kubeconfig", "diff", "one"), "")
        missing = self.leasehold("kubeconfig", "diff", "one", "two")
        self.assertEqual((missing.returncode, missing.stdout), (1, "profile two has no entry\n"))
        before = self.text()
        self.rewrite_profile("one", self.api.server, "https://moved.example:6443")
        drift = self.leasehold("kubeconfig", "diff")
        self.assertEqual((drift.returncode, drift.stderr), (1, ""))
        self.assertIn("+    server: https://moved.example:6443", drift.stdout)
        self.assertEqual(self.text(), before, "diff changed the file")
        os.unlink(self.box.profile_path("one"))
        gone = self.leasehold("kubeconfig", "diff")
        self.assertEqual(gone.returncode, 1)
        self.assertIn('there is no profile "one"', gone.stdout)

    def test_entries_whose_profile_is_gone(self):
        self.ok("kubeconfig", "add", "one", "two")
        self.assertIn("has its profile", self.ok("kubeconfig", "remove", "--prune"))
        os.unlink(self.box.profile_path("one"))
        before = self.text()
        self.assertIn("-- name: leasehold-one",
                      self.ok("kubeconfig", "remove", "--prune", "--dry-run"))
        self.assertEqual(self.text(), before)
        self.ok("kubeconfig", "remove", "--prune")
        self.assertEqual(self.names("contexts"), ["two"])
        self.assertIn("takes no NAME", self.fails(2, "kubeconfig", "remove", "two", "--prune"))

    def test_the_allow_list(self):
        text = self.ok("kubeconfig", "allow-list")
        self.assertRegex(text, r"credentialPluginPolicy: Allowlist\n")
        self.assertEqual(re.search("- command: (.*)", text).group(1), PROGRAM)
        self.assertIn("- command: leasehold\n",
                      self.ok("kubeconfig", "allow-list", "--command-mode", "name"))
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        with open(os.path.join(root, "docs", "exec-plugin.md"), encoding="utf-8") as file:
            self.assertIn(text.replace(PROGRAM, "/usr/local/bin/leasehold"), file.read())


if __name__ == "__main__":
    unittest.main()
