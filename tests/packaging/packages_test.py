"""The packages that packaging/release makes: the same bytes twice; installed by the package manager
that they are for into a root of its own, leasing, upgraded, and removed without a trace."""

import glob
import hashlib
import os
import subprocess
import tarfile
import unittest
import zlib

from tests.packaging.leasing import lease_once
from tests.packaging.made import ROOT, make_release, programs_of, run
from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin
from tests.support.machine import left_out, need_program
from tests.support.sandbox import Sandbox

MAIN = ("usr/bin/leasehold", "usr/libexec/leasehold/leasehold")


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

    def root(self, name, *directories):
        path = self.box.path(name)
        os.makedirs(path)
        for directory in directories:
            os.makedirs(os.path.join(path, directory))
        return path

    def leases(self, root):
        own = OwnRoot(root)
        own.need()
        lease_once(own, self.api, "/usr/bin/leasehold")

    def goes_through_its_life(self, root, install, upgrade, remove):
        install()
        self.leases(root)
        upgrade()
        self.leases(root)
        remove()
        left = [name for name in MAIN if os.path.exists(os.path.join(root, name))]
        self.assertEqual(left, [])
        self.assertFalse(os.path.exists(root + "/usr/libexec/leasehold"))

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
        need_program("dpkg")
        root = self.root("deb", "var/lib/dpkg/info", "var/lib/dpkg/updates")
        open(root + "/var/lib/dpkg/status", "w", encoding="ascii").close()
        dpkg = ["dpkg", "--root=" + root, "--log=/dev/null"]
        path = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
        self.goes_through_its_life(
            root,
            lambda: run(*dpkg, "--install", self.package("*.deb"), env=path),
            lambda: run(*dpkg, "--install", self.package("*.deb", self.second), env=path),
            lambda: run(*dpkg, "--purge", "leasehold", env=path))

    def test_rpm(self):
        need_program("rpm")
        root = self.root("rpm", "var/lib/rpm")
        rpm = ["rpm", "--root", root, "--dbpath", "/var/lib/rpm"]
        new = self.package("*.rpm", self.second)
        # No machine's name and no signature of ours: the sums are signed.
        self.assertIn("reproducible", run("rpm", "-qpi", new).stdout)

        def upgrade():
            run(*rpm, "--upgrade", new)
            run(*rpm, "--verify", "leasehold")

        self.goes_through_its_life(root, lambda: run(*rpm, "--install", self.package("*.rpm")),
                                   upgrade, lambda: run(*rpm, "--erase", "leasehold"))

    def test_arch(self):
        need_program("pacman")
        root = self.root("arch", "var/lib/pacman", "var/cache", "etc")
        config = self.box.write("pacman.conf", "[options]\nArchitecture = auto\nSigLevel = Never\n"
                                               "LocalFileSigLevel = Never\n")
        pacman = ["pacman", "--root", root, "--config", config, "--noconfirm", "--cachedir",
                  root + "/var/cache", "--logfile", "/dev/null"]
        self.goes_through_its_life(
            root,
            lambda: run(*pacman, "-U", self.package("*.pkg.tar.zst")),
            lambda: run(*pacman, "-U", self.package("*.pkg.tar.zst", self.second)),
            lambda: run(*pacman, "-R", "leasehold"))

    def test_apk(self):
        """There is no apk(8) to be had: its two parts are unpacked, and its word for the second
        part's digest held against that."""
        with open(self.package("*.apk"), "rb") as file:
            control, data = gzip_members(file.read())
        place = self.root("apk-control")
        told = self.unpacked(control, place)
        self.assertEqual(told, [".PKGINFO"])
        with open(place + "/.PKGINFO", encoding="utf-8") as file:
            info = dict(line.split(" = ", 1) for line in file.read().splitlines()
                        if " = " in line)
        self.assertEqual(info["pkgname"], "leasehold")
        self.assertEqual(info["datahash"], hashlib.sha256(data).hexdigest())
        self.assertNotIn("depend", info)
        root = self.root("apk")
        self.assertIn("usr/bin/leasehold", self.unpacked(data, root))
        self.leases(root)

    def unpacked(self, packed, place):
        path = self.box.path("part.tar.gz")
        with open(path, "wb") as file:
            file.write(packed)
        run("tar", "-xzf", path, "-C", place)
        return run("tar", "-tzf", path).stdout.split()

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
        with tarfile.open(self.package("*.tar.gz")) as tar:
            self.assertFalse([name for name in tar.getnames() if "secret-service" in name])


def gzip_members(data):
    """The gzip streams that a file is made of."""
    members = []
    while data:
        stream = zlib.decompressobj(wbits=31)
        stream.decompress(data)
        members.append(data[:len(data) - len(stream.unused_data)])
        data = stream.unused_data
    return members


if __name__ == "__main__":
    unittest.main()
