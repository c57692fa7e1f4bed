"""Programs in a directory of their version, as krew, Homebrew and Nix have them: what a kubeconfig
names outlives the upgrade that takes this directory away."""

import os
import shutil
import unittest

import yaml

from tests.standin.case import StandinCase
from tests.support.machine import need_kubectl
from tests.support.sandbox import PROGRAM

FULL = os.environ.get("LEASEHOLD_FULL", "leasehold")

# Where a version is, the link that is in PATH, and how it is called.
LAYOUTS = {
    "krew": ("krew/store/leasehold/v{version}", "krew/bin/kubectl-leasehold"),
    "homebrew": ("Cellar/leasehold/{version}", "opt/bin/leasehold"),
    "nix": ("nix/store/{version}-leasehold", "profile/bin/leasehold"),
}


class Managers(StandinCase):
    def setUp(self):
        super().setUp()
        self.box.write("admin", self.admin)

    def install(self, manager, version):
        """The version's files, the link to them in place of the old one; answers the link."""
        place, link = (self.box.path(part) for part in LAYOUTS[manager])
        place = place.format(version=version)
        os.makedirs(place + "/bin")
        os.makedirs(place + "/libexec/leasehold")
        shutil.copy(PROGRAM, place + "/bin/leasehold")
        shutil.copy(FULL, place + "/libexec/leasehold/leasehold")
        os.makedirs(os.path.dirname(link), exist_ok=True)
        if os.path.lexists(link):
            old = os.path.realpath(link)
            os.remove(link)
            shutil.rmtree(os.path.dirname(os.path.dirname(old)))
        os.symlink(place + "/bin/leasehold", link)
        return link

    def test_an_upgrade_keeps_the_entry(self):
        need_kubectl(28)  # which first knows auth whoami
        for manager in LAYOUTS:
            with self.subTest(manager=manager):
                link = self.install(manager, "0.1.0")
                path = os.path.dirname(link) + ":" + os.environ["PATH"]
                result = self.box.run(
                    link, "setup", manager, "--from-context", "admin", "--from-kubeconfig",
                    self.box.path("admin"), "--namespace", "ci", "--service-account", "deployer",
                    environment={"PATH": path})
                self.assertEqual(result.returncode, 0, result.stderr)
                with open(self.box.kubeconfig, encoding="utf-8") as file:
                    users = {user["name"]: user for user in yaml.safe_load(file)["users"]}
                command = users["leasehold-" + manager]["user"]["exec"]["command"]
                self.assertEqual(command, link)
                self.install(manager, "0.1.1")
                result = self.box.run("kubectl", "--context", manager, "auth", "whoami")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("system:serviceaccount:ci:deployer", result.stdout)


if __name__ == "__main__":
    unittest.main()
