"""The system's authorities: where distributions keep them, and what SSL_CERT_FILE and SSL_CERT_DIR
mean, held against kubectl in the same place."""

import os
import shutil
import subprocess
import unittest

from tests.support.machine import left_out, need_root
from tests.support.sandbox import PROGRAM
from tls_case import NAME, TlsCase, TlsServer

# A file system of configuration in which nothing of TLS is.
OTHER_FILES = "passwd group hosts nsswitch.conf resolv.conf ld.so.cache alternatives".split()
MOUNT = 'mount --bind "$1" /etc || exit 97; shift; exec "$@"'


class SystemCase(TlsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca.make("server", "/CN=server", ["subjectAltName=DNS:" + NAME], "root")
        cls.server = TlsServer(cls.ca.path("server.crt"), cls.ca.path("server.key"))
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        super().setUp()
        self.url = "https://127.0.0.1:%d" % self.server.port
        result = self.box.leasehold("profile", "add", "p", "--server", self.url, "--namespace",
                                    "ci", "--service-account", "deployer", "--tls-server-name",
                                    NAME, "--requester-token-file", self.token)
        self.assertEqual(result.returncode, 0, result.stderr)

    def place(self, path, *authorities):
        """A file below the sandbox with these certificates."""
        return self.box.write(path, "".join(self.ca.read(name) for name in authorities))

    def both(self, code, *before, **environment):
        ours = self.box.run(*before, PROGRAM, "lease", "create", "--profile", "p",
                            environment=environment)
        if ours.returncode == 97:
            left_out("cannot mount here: " + ours.stderr.strip())
        self.assertEqual(ours.returncode, code, ours.stderr)
        theirs = self.box.run(*before, "kubectl", "--kubeconfig=/dev/null", "--token=x",
                              "--server=" + self.url, "--tls-server-name=" + NAME, "get", "--raw",
                              "/version", environment=environment)
        self.assertEqual("x509" in theirs.stderr, code != 4, theirs.stderr)
        return ours.stderr

    def believed(self, *before, **environment):
        self.both(4, *before, **environment)

    def refused(self, *before, **environment):
        return self.both(5, *before, **environment)

    def rehash(self, path):
        subprocess.run(["openssl", "rehash", path], check=True, capture_output=True)



class Variables(SystemCase):
    def test_plain_files_in_a_directory(self):
        self.place("dir/a.crt", "stranger")
        self.place("dir/b", "root")
        self.believed(SSL_CERT_DIR=self.box.path("dir"))

    def test_hashed_names_in_a_directory(self):
        self.place("dir/b.pem", "root")
        self.rehash(self.box.path("dir"))
        self.believed(SSL_CERT_DIR=self.box.path("dir"))

    def test_hashed_names_beside_plain_ones(self):
        self.place("dir/a.pem", "stranger")
        self.rehash(self.box.path("dir"))
        self.place("dir/b.txt", "root")
        self.believed(SSL_CERT_DIR=self.box.path("dir"))

    def test_a_bundle_in_a_directory(self):
        self.place("dir/all", "stranger", "root")
        self.believed(SSL_CERT_DIR=self.box.path("dir"))

    def test_a_secret_mounted_as_a_volume(self):
        """Its files are links to a neighbour's, whose directory is a link."""
        self.place("dir/..1/ca.crt", "root")
        os.symlink("..1", self.box.path("dir/..data"))
        os.symlink("..data/ca.crt", self.box.path("dir/ca.crt"))
        self.believed(SSL_CERT_DIR=self.box.path("dir"))

    def test_a_list_of_directories(self):
        self.place("one/a.crt", "stranger")
        self.place("two/b.crt", "root")
        one, two = self.box.path("one"), self.box.path("two")
        for value in one + ":" + two, "/gone::" + two + ":" + one, two + ":":
            self.believed(SSL_CERT_DIR=value)
        self.refused(SSL_CERT_DIR=one + ":/gone")

    def test_a_file(self):
        self.believed(SSL_CERT_FILE=self.place("all.pem", "stranger", "root"))
        self.refused(SSL_CERT_FILE=self.place("other.pem", "stranger"))

    def test_a_file_that_is_gone(self):
        self.place("dir/b.crt", "root")
        self.believed(SSL_CERT_FILE="/no-cert-file.crt", SSL_CERT_DIR=self.box.path("dir"))
        text = self.refused(SSL_CERT_FILE="/no-cert-file.crt")
        self.assertIn('SSL_CERT_FILE is "/no-cert-file.crt"', text)

    def test_file_and_directory_count_both(self):
        file = self.place("other.pem", "stranger")
        self.place("dir/b.crt", "root")
        self.believed(SSL_CERT_FILE=file, SSL_CERT_DIR=self.box.path("dir"))
        file = self.place("root.pem", "root")
        self.place("dir/b.crt", "stranger")
        self.believed(SSL_CERT_FILE=file, SSL_CERT_DIR=self.box.path("dir"))

    def test_doctor_counts_them(self):
        self.place("dir/b.crt", "root", "stranger")
        variables = {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": self.box.path("dir")}
        said = self.box.leasehold("doctor", environment=variables).stdout
        self.assertRegex(said, "ca-certificates: 2\n")
        variables["SSL_CERT_FILE"] = "/gone"
        said = self.box.leasehold("doctor", environment=variables).stdout
        self.assertRegex(said, 'ca-certificates: SSL_CERT_FILE names "/gone".*; 2 elsewhere')
        variables["SSL_CERT_DIR"] = "/gone"
        variables["SSL_CERT_FILE"] = "/dev/null"
        said = self.box.leasehold("doctor", environment=variables).stdout
        self.assertRegex(said, "ca-certificates: none")


class Layouts(SystemCase):
    """An /etc of each distribution's, in a mount namespace."""

    def setUp(self):
        need_root()
        if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
            left_out("no mount namespaces here")
        super().setUp()
        os.mkdir(self.box.path("etc"), 0o755)
        for name in OTHER_FILES:
            path = os.path.join("/etc", name)
            if os.path.isdir(path):
                shutil.copytree(path, self.box.path("etc/" + name), symlinks=True)
            elif os.path.exists(path):
                shutil.copy(path, self.box.path("etc/" + name))

    def there(self):
        return "unshare", "--mount", "sh", "-c", MOUNT, "sh", self.box.path("etc")

    def one_file(self, path):
        self.place("etc/" + path, "stranger", "root")
        self.believed(*self.there())
        self.believed(*self.there(), SSL_CERT_DIR="/gone")

    def test_debian(self):
        self.place("store/root.crt", "root")
        self.place("etc/ssl/certs/ca-certificates.crt", "stranger", "root")
        os.symlink(self.box.path("store/root.crt"), self.box.path("etc/ssl/certs/root.pem"))
        self.rehash(self.box.path("etc/ssl/certs"))
        self.believed(*self.there())

    def test_debian_without_hashes(self):
        self.one_file("ssl/certs/ca-certificates.crt")

    def test_fedora(self):
        self.one_file("pki/tls/certs/ca-bundle.crt")

    def test_fedora_with_its_link(self):
        self.place("etc/pki/tls/certs/ca-bundle.crt", "stranger", "root")
        os.mkdir(self.box.path("etc/ssl"), 0o755)
        os.symlink("/etc/pki/tls/certs", self.box.path("etc/ssl/certs"))
        self.believed(*self.there())

    def test_rhel(self):
        self.one_file("pki/ca-trust/extracted/pem/tls-ca-bundle.pem")

    def test_opensuse(self):
        self.one_file("ssl/ca-bundle.pem")

    def test_alpine(self):
        self.one_file("ssl/cert.pem")

    def test_openelec(self):
        self.one_file("pki/tls/cacert.pem")

    def test_nixos(self):
        store = self.place("store/ca-bundle.crt", "stranger", "root")
        os.makedirs(self.box.path("etc/ssl/certs"), 0o755)
        for name in "ca-bundle.crt", "ca-certificates.crt":
            os.symlink(store, self.box.path("etc/ssl/certs/" + name))
        self.believed(*self.there())

    def test_a_bundle_of_any_name_in_the_directory(self):
        self.place("etc/ssl/certs/ca-bundle.crt", "stranger", "root")
        self.believed(*self.there())

    def test_a_company_authority_beside_the_bundle(self):
        self.place("etc/ssl/certs/ca-certificates.crt", "stranger")
        self.place("etc/ssl/certs/company.pem", "root")
        self.believed(*self.there())

    def test_only_the_first_bundle_counts(self):
        self.place("etc/ssl/ca-bundle.pem", "stranger")
        self.place("etc/ssl/cert.pem", "root")
        self.refused(*self.there())

    def test_a_file_of_ones_own_does_not_hide_the_systems_directory(self):
        self.place("etc/ssl/certs/root.pem", "root")
        file = self.place("own.pem", "stranger")
        self.believed(*self.there(), SSL_CERT_FILE=file)

    def test_nothing_at_all(self):
        text = self.both(3, *self.there())
        self.assertIn("no CA certificates", text)


if __name__ == "__main__":
    unittest.main(verbosity=1)
