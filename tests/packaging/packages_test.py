"""The packages that packaging/release makes: the same bytes twice; installed by the package manager
that they are for into a root of its own, leasing, upgraded, and removed without a trace."""

import glob
import hashlib
import os
import subprocess
import tarfile
import unittest

from tests.packaging.installing import Dpkg, Pacman, Rpm, nothing_left, unpack_apk
from tests.packaging.leasing import lease_once
from tests.packaging.made import ROOT, make_release, programs_of, run
from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin
from tests.support.machine import left_out, need_program
from tests.support.sandbox import Sandbox


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if subprocess.run([ROOT + "/packaging/release-parts/nfpm"], check=False,
                          stdout=subprocess.DEVNULL).returncode != 0:
            left_out("no packages: nfpm is not here and cannot be built")
        cls.box = Sandbox()
        cls.addClassCleanup(cls.box.close)
        cls.api = Standin()
        cls.addClassCleanup(cls.api.stop)
        programs = programs_of(cls.box)
        first, again, second = (cls.box.path(name) for name in ("first", "again", "second"))
        make_release(first, "--programs", programs)
        make_release(again, "--programs", programs, umask=0o077)
        make_release(second, "--programs", programs, "--revision", "2")
        cls.first, cls.again, cls.second = first, again, second

    def package(self, pattern, release=None):
        found = [path for path in glob.glob((release or self.first) + "/" + pattern)
                 if "secret-service" not in path]
        self.assertEqual(len(found), 1, pattern)
        return found[0]

    def root(self, name):
        path = self.box.path(name)
        os.makedirs(path)
        return path

    def leases(self, root):
        own = OwnRoot(root)
        own.need()
        lease_once(own, self.api.kubeconfig, "/usr/bin/leasehold")

    def goes_through_its_life(self, name, manager):
        need_program(name)
        root = self.root(name)
        by = manager(root)
        by.install(self.package(by.kind))
        self.leases(root)
        by.upgrade(self.package(by.kind, self.second))
        self.leases(root)
        by.remove()
        nothing_left(root)

    def test_the_same_bytes_twice(self):
        names = sorted(os.listdir(self.first))
        self.assertEqual(names, sorted(os.listdir(self.again)))
        for kind in (".deb", ".rpm", ".apk", ".pkg.tar.zst"):
            self.assertTrue(any(name.endswith(kind) for name in names), kind)
        for name in names:
            digests = []
            for place in (self.first, self.again):
                with open(os.path.join(place, name), "rb") as file:
                    digests.append(hashlib.sha256(file.read()).hexdigest())
            self.assertEqual(*digests, name)

    def test_deb(self):
        self.goes_through_its_life("dpkg", Dpkg)

    def test_rpm(self):
        self.goes_through_its_life("rpm", Rpm)
        # No machine's name and no signature of ours: the sums are signed.
        self.assertIn("reproducible", run("rpm", "-qpi", self.package("*.rpm")).stdout)

    def test_arch(self):
        self.goes_through_its_life("pacman", Pacman)

    def test_apk(self):
        root = self.root("apk")
        info = unpack_apk(self.package("*.apk"), root)
        self.assertEqual(info["pkgname"], "leasehold")
        self.assertNotIn("depend", info)
        self.leases(root)

    def test_the_keyring_of_a_desktop_is_a_package_of_its_own(self):
        others = [path for path in glob.glob(self.first + "/*secret-service*")]
        self.assertEqual(len(others), 3, "deb, rpm and Arch's")
        deb, = (path for path in others if path.endswith(".deb"))
        need_program("dpkg-deb")
        place = self.root("child")
        run("dpkg-deb", "--extract", deb, place)
        child = place + "/usr/libexec/leasehold/leasehold-secret-service"
        self.assertTrue(os.access(child, os.X_OK))
        needed = run("readelf", "-d", child).stdout
        fields = run("dpkg-deb", "--field", deb, "Depends").stdout
        for library, package in (("libsecret-1.so.0", "libsecret-1-0"),
                                 ("libnettle.so.8", "libnettle8"), ("libstdc++.so.6", "libstdc++6")):
            self.assertIn(library, needed)
            self.assertIn(package, fields)
        with tarfile.open(self.package("*-linux-*.tar.gz")) as tar:
            self.assertFalse([name for name in tar.getnames() if "secret-service" in name])


if __name__ == "__main__":
    unittest.main()
