"""The static programs in a root directory that has nothing else in it, and in one whose
nsswitch.conf names modules that must not be loaded."""

import json
import os
import shutil
import subprocess
import unittest

from tests.packaging.own_root import OwnRoot
from tests.standin.case import StandinCase

FRONT = os.environ.get("LEASEHOLD", "leasehold")
STATIC = os.environ.get("LEASEHOLD_STATIC", "leasehold_static")
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


if __name__ == "__main__":
    unittest.main()
