"""What packaging/release makes of programs: the same bytes twice, sums that are signed, papers that
are true, and in each of its forms a leasehold that leases."""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import unittest

import yaml

from tests.packaging.installing import Image, unpack_archive
from tests.packaging.leasing import lease_once
from tests.packaging.made import ROOT, make_release, programs_of, run
from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin
from tests.support.installed import CannotInstall, go_program, python_packages
from tests.support.machine import left_out, need_program
from tests.support.sandbox import Sandbox

HERE = os.path.dirname(os.path.abspath(__file__))
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
with open(sys.argv[1], encoding="utf-8") as file:
    sys.exit(str(JsonStrictValidator(SchemaVersion.V1_5).validate_str(file.read()) or "") or None)
"""
URL = "https://releases.example/leasehold"


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


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
        cls.minisign, minisign = None, []
        if shutil.which("minisign"):
            cls.minisign, secret = cls.box.path("minisign.pub"), cls.box.path("minisign.key")
            run("minisign", "-G", "-W", "-p", cls.minisign, "-s", secret)
            minisign = ["--minisign-key", secret]
        cls.out = []
        for number in "12":
            # Another time of the files and another umask change nothing.
            for directory, _, files in os.walk(programs):
                for name in files:
                    os.utime(os.path.join(directory, name), follow_symlinks=False)
            cls.out.append(cls.box.path("out" + number))
            # The other architecture's programs are these: what holds them is looked at.
            make_release(cls.out[-1], "--programs", programs, "--programs", "arm64=" + programs,
                         "--key", cls.key, *minisign, "--url", URL, "--without-packages",
                         umask=0o077 if number == "2" else 0o022)

    def made(self, pattern):
        found = glob.glob(os.path.join(self.out[0], pattern))
        self.assertEqual(len(found), 1, pattern)
        return found[0]

    def test_the_same_bytes_twice(self):
        for name in os.listdir(self.out[0]):
            self.assertEqual(*(digest_of(os.path.join(out, name)) for out in self.out), name)

    def verify(self, path):
        with open(self.key + ".pub", encoding="ascii") as file:
            signers = self.box.write("signers", 'me namespaces="leasehold-release" ' + file.read())
        verify = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "me", "-n",
                  "leasehold-release", "-s", path + ".sig"]
        with open(path, "rb") as file:
            subprocess.run(verify, stdin=file, check=True, capture_output=True)
        result = subprocess.run(verify, input=b"other", capture_output=True, check=False)
        self.assertNotEqual(result.returncode, 0)

    def test_the_sums_are_signed_and_true(self):
        self.verify(self.made("SHA256SUMS"))
        run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=self.out[0])

    def test_minisign_reads_the_sums(self):
        if self.minisign is None:
            left_out("minisign is not installed")
        sums = self.made("SHA256SUMS")
        run("minisign", "-V", "-p", self.minisign, "-m", sums)
        other = self.box.write("other", "other")
        shutil.copy(sums + ".minisig", other + ".minisig")
        with self.assertRaises(AssertionError):
            run("minisign", "-V", "-p", self.minisign, "-m", other)

    def test_krews_manifest_names_the_archives(self):
        with open(self.made("leasehold.yaml"), encoding="utf-8") as file:
            platforms = yaml.safe_load(file)["spec"]["platforms"]
        self.assertEqual([platform["selector"]["matchLabels"]["arch"] for platform in platforms],
                         ["amd64", "arm64"])
        for platform in platforms:
            arch = platform["selector"]["matchLabels"]["arch"]
            archive = self.made("*krew-%s.tar.gz" % arch)
            self.assertEqual(platform["uri"], URL + "/" + os.path.basename(archive))
            self.assertEqual(platform["sha256"], digest_of(archive))
            with tarfile.open(archive) as tar:
                names = tar.getnames()
                # krew cannot unpack a link.
                self.assertFalse([info.name for info in tar if not info.isfile() and
                                  not info.isdir()])
            top = platform["files"][0]["from"].removesuffix("/*")
            self.assertIn(top + "/" + platform["bin"], names)
            self.assertIn(top + "/LICENSE", names)

    def test_krew_installs_it(self):
        try:
            krew, validate = (go_program(HERE + "/krew", "sigs.k8s.io/krew/cmd/" + name)
                              for name in ("krew", "validate-krew-manifest"))
        except CannotInstall as trouble:
            left_out("no krew: %s" % trouble)
        manifest, root = self.made("leasehold.yaml"), self.box.path("krew")
        run(validate, "-skip-install", "-manifest", manifest)
        run(krew, "install", "--manifest=" + manifest,
            "--archive=" + self.made("*krew-amd64.tar.gz"),
            env={**self.box.environment, "PATH": os.environ["PATH"], "KREW_ROOT": root})
        command = root + "/bin/kubectl-leasehold"
        self.ok(command, "setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                self.api.kubeconfig, "--namespace", "ci", "--service-account", "deployer")
        told = json.loads(self.ok(command, "credential", "--profile", "dev"))
        self.assertEqual(told["kind"], "ExecCredential")

    def ok(self, *command):
        result = self.box.run(*command)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_homebrew_and_nix_name_the_archives(self):
        for name, reader in (("leasehold.rb", ("ruby", "-c")),
                             ("leasehold.nix", ("nix-instantiate", "--parse"))):
            with open(self.made(name), encoding="utf-8") as file:
                text = file.read()
            self.assertNotIn("@", text)
            for arch in ("amd64", "arm64"):
                archive = self.made("*linux-%s.tar.gz" % arch)
                self.assertIn(digest_of(archive), text)
                self.assertIn(URL + "/" + os.path.basename(archive), text)
            if shutil.which(reader[0]):
                run(*reader, self.made(name))

    def test_the_provenance_is_of_every_artefact(self):
        with open(self.made("*.intoto.json"), encoding="utf-8") as file:
            statement = json.load(file)
        self.assertEqual(statement["_type"], "https://in-toto.io/Statement/v1")
        self.assertEqual(statement["predicateType"], "https://slsa.dev/provenance/v1")
        told = {part["name"]: part["digest"]["sha256"] for part in statement["subject"]}
        self.assertEqual(told, {os.path.basename(path): digest_of(path) for path in
                                glob.glob(self.out[0] + "/*.tar*")})
        definition = statement["predicate"]["buildDefinition"]
        commit = run("git", "-C", ROOT, "rev-parse", "HEAD").stdout.strip()
        self.assertEqual(definition["externalParameters"]["commit"], commit)
        self.assertEqual(definition["internalParameters"]["slsaBuildLevel"], 1)
        self.verify(self.made("*.intoto.json"))

    def test_the_notes_are_the_changelogs(self):
        with open(self.made("*-notes.*"), encoding="utf-8") as file:
            notes = file.read()
        with open(os.path.join(ROOT, "CHANGELOG.md"), encoding="utf-8") as file:
            self.assertIn(notes.rstrip(), file.read())
        self.assertEqual(notes.count("\n## "), 0)
        self.assertIn("### Added", notes)

    def test_the_bill_of_materials_is_valid(self):
        """Of a program that the C library is linked into; the schema's own validator reads it."""
        need_program("dpkg-query")
        source, link_map = self.box.write("main.c", "int main(void) { return 0; }"), \
            self.box.path("map")
        run("gcc", "-static", "-Wl,-Map=" + link_map, source, "-o", self.box.path("main"))
        told = run(sys.executable, ROOT + "/packaging/release-parts/sbom.py", "--artefact", source,
                   "--musl", "0.17.1", "0.1.0", link_map).stdout
        names = {part["name"] for part in json.loads(told)["components"]}
        self.assertLessEqual({"libc6-dev", "musl", "libc++"}, names)
        try:
            modules = python_packages(HERE + "/validators")
        except CannotInstall as trouble:
            left_out("no validator of bills of materials: %s" % trouble)
        run(sys.executable, "-c", VALIDATE, self.box.write("sbom.json", told),
            env=dict(os.environ, PYTHONPATH=modules))

    def leases(self, root, command):
        """The program in this root makes a lease, and a second call is a hit."""
        own = OwnRoot(root)
        own.need()
        lease_once(own, self.api.kubeconfig, command)

    def test_the_archive_leases(self):
        root = self.box.path("from-archive")
        top = unpack_archive(self.made("*-linux-amd64.tar.gz"), root)
        self.leases(root, "/%s/bin/kubectl-leasehold" % top)

    def test_the_image_is_whole_and_leases(self):
        image = Image(self.made("*-oci.tar"), self.box.path("oci"))
        self.assertEqual(image.architectures(), ["amd64", "arm64"])
        root = self.box.path("from-image")
        config, owners = image.unpack("amd64", root)
        self.assertEqual(config["User"], "65532:65532")
        self.assertEqual(owners["home/leasehold"], 65532)
        self.assertEqual({uid for name, uid in owners.items() if name != "home/leasehold"}, {0})
        self.assertTrue(os.path.exists(root + "/etc/ssl/certs/ca-certificates.crt"))
        self.leases(root, config["Entrypoint"][0])


if __name__ == "__main__":
    unittest.main()
