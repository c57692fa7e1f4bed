"""What packaging/release makes of programs: the same bytes twice, sums that are signed, and in each
of its forms a leasehold that leases."""

import glob
import hashlib
import json
import os
import subprocess
import tarfile
import unittest

import yaml

from tests.packaging.leasing import lease_once
from tests.packaging.made import make_release, programs_of, run
from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin
from tests.support.sandbox import Sandbox

URL = "https://releases.example/leasehold"

# Older Pythons trust, and do not know the word; newer ones ask for it.
TRUSTED = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = Sandbox()
        cls.addClassCleanup(cls.box.close)
        cls.api = Standin()
        cls.addClassCleanup(cls.api.stop)
        programs = programs_of(cls.box)
        cls.key = cls.box.path("key")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", cls.key)
        cls.out = []
        for number in "12":
            # Another time of the files and another umask change nothing.
            for directory, _, files in os.walk(programs):
                for name in files:
                    os.utime(os.path.join(directory, name), follow_symlinks=False)
            cls.out.append(cls.box.path("out" + number))
            make_release(cls.out[-1], "--programs", programs, "--key", cls.key, "--url", URL,
                         "--without-packages", umask=0o077 if number == "2" else 0o022)

    def made(self, pattern):
        found = glob.glob(os.path.join(self.out[0], pattern))
        self.assertEqual(len(found), 1, pattern)
        return found[0]

    def test_the_same_bytes_twice(self):
        for name in os.listdir(self.out[0]):
            digests = []
            for out in self.out:
                with open(os.path.join(out, name), "rb") as file:
                    digests.append(hashlib.sha256(file.read()).hexdigest())
            self.assertEqual(*digests, name)

    def test_the_sums_are_signed_and_true(self):
        with open(self.key + ".pub", encoding="ascii") as file:
            signers = self.box.write("signers", 'me namespaces="leasehold-release" ' + file.read())
        with open(self.made("SHA256SUMS"), "rb") as sums:
            verify = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "me", "-n",
                      "leasehold-release", "-s", self.made("SHA256SUMS.sig")]
            subprocess.run(verify, stdin=sums, check=True, capture_output=True)
        run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=self.out[0])
        result = subprocess.run(verify, input=b"other", capture_output=True, check=False)
        self.assertNotEqual(result.returncode, 0)

    def test_krews_manifest_names_the_archive(self):
        with open(self.made("leasehold.yaml"), encoding="utf-8") as file:
            platform, = yaml.safe_load(file)["spec"]["platforms"]
        archive = self.made("*.tar.gz")
        self.assertEqual(platform["uri"], URL + "/" + os.path.basename(archive))
        with open(archive, "rb") as file:
            self.assertEqual(platform["sha256"], hashlib.sha256(file.read()).hexdigest())
        with tarfile.open(archive) as tar:
            names = tar.getnames()
        top = platform["files"][0]["from"].removesuffix("/*")
        self.assertIn(top + "/" + platform["bin"], names)
        self.assertIn(top + "/LICENSE", names)

    def leases(self, root, command):
        """The program in this root makes a lease, and a second call is a hit."""
        own = OwnRoot(root)
        own.need()
        lease_once(own, self.api, command)

    def test_the_archive_leases(self):
        root = self.box.path("from-archive")
        os.makedirs(root)
        with tarfile.open(self.made("*.tar.gz")) as tar:
            tar.extractall(root, **TRUSTED)
        top, = os.listdir(root)
        self.leases(root, "/%s/bin/kubectl-leasehold" % top)

    def test_the_image_is_whole_and_leases(self):
        layout = self.box.path("oci")
        with tarfile.open(self.made("*-oci.tar")) as tar:
            tar.extractall(layout, **TRUSTED)

        def blob(descriptor):
            algorithm, digest = descriptor["digest"].split(":")
            path = os.path.join(layout, "blobs", algorithm, digest)
            with open(path, "rb") as file:
                data = file.read()
            self.assertEqual(len(data), descriptor["size"])
            self.assertEqual(hashlib.sha256(data).hexdigest(), digest)
            return path, data

        with open(layout + "/index.json", encoding="utf-8") as file:
            index = json.loads(blob(json.load(file)["manifests"][0])[1])
        manifest = json.loads(blob(index["manifests"][0])[1])
        config = json.loads(blob(manifest["config"])[1])
        self.assertEqual(config["config"]["User"], "65532:65532")
        self.assertEqual(config["architecture"], index["manifests"][0]["platform"]["architecture"])
        root = self.box.path("from-image")
        layer, _ = blob(manifest["layers"][0])
        with tarfile.open(layer) as tar:
            owners = {info.name: info.uid for info in tar}
            tar.extractall(root, **TRUSTED)
        self.assertEqual(owners["home/leasehold"], 65532)
        self.assertEqual({uid for name, uid in owners.items() if name != "home/leasehold"}, {0})
        self.assertTrue(os.path.exists(root + "/etc/ssl/certs/ca-certificates.crt"))
        self.leases(root, config["config"]["Entrypoint"][0])


if __name__ == "__main__":
    unittest.main()
