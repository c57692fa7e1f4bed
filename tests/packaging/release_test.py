"""What packaging/release makes of programs: the same bytes twice, sums that are signed, and in each
of its forms a leasehold that leases."""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import unittest

import yaml

from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin
from tests.support.machine import need_program
from tests.support.sandbox import Sandbox

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FRONT = os.environ.get("LEASEHOLD", "leasehold")
STATIC = os.environ.get("LEASEHOLD_STATIC", "leasehold_static")
PAGES = os.environ.get("LEASEHOLD_MAN", "man")
URL = "https://releases.example/leasehold"

# Older Pythons trust, and do not know the word; newer ones ask for it.
TRUSTED = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, **options)


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = Sandbox()
        cls.addClassCleanup(cls.box.close)
        cls.api = Standin()
        cls.addClassCleanup(cls.api.stop)
        programs = cls.box.path("programs")
        for place, source in (("bin/leasehold", FRONT), ("libexec/leasehold/leasehold", STATIC)):
            path = os.path.join(programs, place)
            os.makedirs(os.path.dirname(path))
            run("strip", "-o", path, source)
        os.symlink("leasehold", programs + "/bin/kubectl-leasehold")
        os.makedirs(programs + "/share")
        if os.path.isdir(PAGES):
            shutil.copytree(PAGES, programs + "/share/man")
        cls.key = cls.box.path("key")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", cls.key)
        cls.out = []
        for number in "12":
            # Another time of the files and another umask change nothing.
            for directory, _, files in os.walk(programs):
                for name in files:
                    os.utime(os.path.join(directory, name), follow_symlinks=False)
            cls.out.append(cls.box.path("out" + number))
            run(ROOT + "/packaging/release", "--programs", programs, "--key", cls.key, "--url", URL,
                cls.out[-1], umask=0o077 if number == "2" else 0o022,
                env=dict(os.environ, SOURCE_DATE_EPOCH="1700000000"))

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
        with open(self.api.kubeconfig, encoding="utf-8") as file:
            own.put("home/admin", file.read())
        own.ok(command, "setup", "dev", "--from-context", "admin", "--from-kubeconfig",
               "/home/admin", "--namespace", "ci", "--service-account", "deployer", "--store",
               "file")
        tokens = {json.loads(own.ok(command, "credential", "--profile", "dev"))["status"]["token"]
                  for _ in range(2)}
        self.assertEqual(len(tokens), 1)

    def test_the_archive_leases(self):
        root = self.box.path("from-archive")
        os.makedirs(root)
        with tarfile.open(self.made("*.tar.gz")) as tar:
            tar.extractall(root, **TRUSTED)
        top, = os.listdir(root)
        self.leases(root, "/%s/bin/kubectl-leasehold" % top)

    def test_the_debian_package_leases(self):
        need_program("dpkg-deb")
        package = self.made("*.deb")
        root = self.box.path("from-deb")
        run("dpkg-deb", "--extract", package, root)
        fields = run("dpkg-deb", "--field", package, "Package", "Depends").stdout
        self.assertEqual(fields.split(), ["Package:", "leasehold"], "it depends on nothing")
        for entry in run("dpkg-deb", "--contents", package).stdout.splitlines():
            self.assertIn(" root/root ", entry)
        self.leases(root, "/usr/bin/leasehold")

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
