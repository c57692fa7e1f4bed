"""The static programs in a root directory that has nothing else in it, and in one whose
nsswitch.conf names modules that must not be loaded."""

import json
import os
import shutil
import subprocess
import unittest

from tests.packaging.own_root import OwnRoot
from tests.standin.case import StandinCase
from tests.support.machine import left_out

FRONT = os.environ.get("LEASEHOLD", "leasehold")
STATIC = os.environ.get("LEASEHOLD_STATIC", "leasehold_static")
GETENT = os.environ.get("DIRECTORY_GETENT", "directory_getent")
NSS_TRAP = os.environ.get("NSS_TRAP", "nss_trap")
# The lines of systemd-resolved, of mDNS and of SSSD.
NSSWITCH = """\
passwd: sss systemd resolve files
group: sss systemd files
hosts: mymachines resolve mdns4_minimal [NOTFOUND=return] myhostname files dns
"""


class Portable(StandinCase):
    def setUp(self):
        super().setUp()
        self.own = OwnRoot(self.box.path("root"))
        self.own.install(FRONT, STATIC)
        self.own.need()
        self.own.put("home/admin", self.admin)

    def ok(self, *arguments):
        return self.own.ok("/bin/leasehold", *arguments)

    def test_it_needs_no_library(self):
        for program in (FRONT, STATIC):
            said = subprocess.run(["readelf", "-ld", program], capture_output=True, text=True,
                                  check=True).stdout
            self.assertNotIn("(NEEDED)", said, program)
            self.assertNotIn("INTERP", said, program)
            self.assertIn("BIND_NOW", said, program)
            self.assertIn("DYN (", said, program + " is not position independent")

    def test_a_lease_in_an_empty_root(self):
        self.ok("setup", "dev", "--from-context", "admin", "--from-kubeconfig", "/home/admin",
                "--namespace", "ci", "--service-account", "deployer", "--store", "file")
        tokens = {json.loads(self.ok("credential", "--profile", "dev"))["status"]["token"]
                  for _ in range(2)}
        self.assertEqual(len(tokens), 1, "the second is a hit")

    def test_no_module_of_another_libc_is_loaded(self):
        self.own.put("etc/nsswitch.conf", NSSWITCH)
        self.own.put("etc/hosts", "127.0.0.1 here.example\n")
        self.own.put("etc/resolv.conf", "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n")
        for directory in ("lib", "lib64", "usr/lib", "lib/x86_64-linux-gnu", "usr/lib64",
                          "usr/lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu",
                          "usr/lib/aarch64-linux-gnu"):
            os.makedirs(os.path.join(self.own.root, directory), exist_ok=True)
            shutil.copy(NSS_TRAP, os.path.join(self.own.root, directory, "libnss_resolve.so.2"))
        server = self.api.server.replace("127.0.0.1", "here.example")
        with open(self.api.ca, encoding="ascii") as file:
            self.own.put("home/ca", file.read())
        self.own.put("home/token", self.api.token())
        for name, host, code in (("here", server, 0), ("gone", "https://nowhere.example:6443", 5)):
            self.ok("profile", "add", name, "--server", host, "--certificate-authority", "/home/ca",
                    "--tls-server-name", "127.0.0.1", "--requester-token-file", "/home/token",
                    "--namespace", "ci", "--service-account", "deployer", "--store", "none",
                    "--deadline", "10s")
            with self.subTest(host=host):
                result = self.own.run("/bin/leasehold", "credential", "--profile", name)
                self.assertEqual(result.returncode, code, result.stderr)

    def homeless(self, user):
        """Which directories below /home have profiles after this user, without HOME, made one."""
        root = self.box.path("users-%d" % user)
        own = OwnRoot(root, user)
        own.install(FRONT, STATIC)
        os.makedirs(os.path.join(root, "usr/bin"))
        shutil.copy(GETENT, os.path.join(root, "usr/bin/getent"))
        own.put("etc/passwd", "eve:x:4243:4243::/home/of-files:/bin/sh\n")
        for name in ("ada", "eve", "of-files"):
            os.makedirs(os.path.join(root, "home", name), exist_ok=True)
            os.chown(os.path.join(root, "home", name), user, user)
        os.chmod(os.path.join(root, "home"), 0o755)
        result = own.run("/bin/leasehold", "profile", "add", "dev", "--server", "https://x.example",
                         "--requester-token-file", "/token", "--namespace", "ci",
                         "--service-account", "deployer", environment={"HOME": ""})
        return result, [name for name in sorted(os.listdir(os.path.join(root, "home")))
                        if os.path.exists(os.path.join(root, "home", name, ".config"))]

    def test_the_home_of_a_user_that_only_a_directory_service_knows(self):
        if os.geteuid() != 0:
            left_out("to be another user takes root")
        for user, homes in ((4242, ["ada"]), (4243, ["of-files"]), (4244, [])):
            with self.subTest(user=user):
                result, found = self.homeless(user)
                self.assertEqual((found, result.returncode == 0), (homes, bool(homes)),
                                 result.stderr)


if __name__ == "__main__":
    unittest.main()
