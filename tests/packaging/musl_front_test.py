"""The front of releases, linked with musl by packaging/musl-front: it is what a static program should
be, serves a hit, leads on to the full program, and passes tests of the other front. Left out where
the compiler has not been fetched: packaging/musl-front/build does."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from tests.packaging.made import ROOT, run
from tests.standin.case import StandinCase
from tests.support.machine import left_out

FULL = os.environ.get("LEASEHOLD_FULL", "leasehold")
BUILD = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(FULL))))
# Those in which the front has most to do itself; packaging/musl-front/test runs all of tests/cli.
OTHERS = ("credential_test", "hardening_test")


def front_beside_full(place):
    """The front in a directory of its own, where it finds the full program; answers its path."""
    build = subprocess.run(
        [ROOT + "/packaging/musl-front/build", "--if-there", BUILD + "/generated",
         BUILD + "/musl-front"], check=False, text=True, capture_output=True)
    if build.returncode == 3:
        left_out("no front of musl: " + build.stderr.strip())
    if build.returncode != 0:
        raise AssertionError(build.stdout[-3000:] + build.stderr[-3000:])
    os.makedirs(place + "/bin")
    os.makedirs(place + "/libexec")
    run("strip", "-o", place + "/bin/leasehold", build.stdout.strip())
    os.symlink(os.path.dirname(os.path.abspath(FULL)), place + "/libexec/leasehold")
    return place + "/bin/leasehold"


class MuslFront(StandinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        place = tempfile.TemporaryDirectory(prefix="leasehold-front-")
        cls.addClassCleanup(place.cleanup)
        cls.front = front_beside_full(place.name)

    def test_it_is_static_and_hardened(self):
        said = run("readelf", "-lWd", self.front).stdout
        self.assertIn("DYN (", said)
        self.assertNotIn("INTERP", said)
        self.assertNotIn("(NEEDED)", said)
        self.assertIn("GNU_RELRO", said)
        self.assertRegex(said, r"BIND_NOW|FLAGS_1.*NOW")
        self.assertRegex(said, r"GNU_STACK.* RW ")
        self.assertNotRegex(said, r"(?m)^ *LOAD.* RWE ")

    def test_a_hit_and_a_miss(self):
        result = self.box.run(self.front, "setup", "dev", "--from-context", "admin",
                              "--from-kubeconfig", self.box.write("admin", self.admin),
                              "--namespace", "ci", "--service-account", "deployer")
        self.assertEqual(result.returncode, 0, result.stderr)
        tokens = set()
        for _ in range(2):
            result = self.box.run(self.front, "credential", "--profile", "dev")
            self.assertEqual(result.returncode, 0, result.stderr)
            tokens.add(json.loads(result.stdout)["status"]["token"])
        self.assertEqual(len(tokens), 1)

    def test_tests_of_the_other_front(self):
        for name in OTHERS:
            with self.subTest(name=name):
                result = subprocess.run(
                    [sys.executable, os.path.join(ROOT, "tests/cli", name + ".py")], check=False,
                    text=True, capture_output=True, env=dict(os.environ, LEASEHOLD=self.front))
                self.assertIn(result.returncode, (0, 77), result.stderr[-3000:])


if __name__ == "__main__":
    unittest.main()
