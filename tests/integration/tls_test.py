"""TLS-1: which servers are believed, held against what kubectl says of the very same servers."""

import os
import ssl
import unittest

from tls_case import NAME, TlsCase, TlsServer


class Tls(TlsCase):
    def test_good_name(self):
        self.simple(True, "good")

    def test_good_address(self):
        self.simple(True, "address", san="IP:127.0.0.1", server_name=None)

    def test_expired(self):
        self.simple(False, "expired", when="expired")

    def test_not_yet_valid(self):
        self.simple(False, "future", when="future")

    def test_wrong_name(self):
        self.simple(False, "wrong", san="DNS:other.test.local")

    def test_wrong_address(self):
        self.simple(False, "wrong-address", san="IP:127.0.0.2", server_name=None)

    def test_self_signed(self):
        self.simple(False, "self", issuer=None)

    def test_untrusted_root(self):
        self.simple(False, "untrusted", issuer="stranger")

    def test_incomplete_chain(self):
        self.simple(False, "incomplete", issuer="middle")

    def test_complete_chain(self):
        self.leaf("complete", issuer="middle")
        self.judge(True, self.ca.chain("complete", "middle"), "complete")

    def test_chain_with_root(self):
        self.leaf("with-root", issuer="middle")
        self.judge(True, self.ca.chain("with-root", "middle", "root"), "with-root")

    def test_common_name_only(self):
        self.simple(False, "cn-only", san="", subject="/CN=" + NAME)

    def test_common_name_and_unrelated_san(self):
        self.simple(False, "cn-other", san="DNS:other.test.local", subject="/CN=" + NAME)

    def test_wildcard(self):
        self.simple(True, "wildcard", san="DNS:*.test.local")

    def test_partial_wildcard(self):
        self.simple(False, "partial", san="DNS:ap*.test.local")

    def test_wildcard_over_two_labels(self):
        self.simple(False, "two-labels", san="DNS:*.local")

    def test_wildcard_inside(self):
        self.simple(False, "inside", san="DNS:api.*.local")

    def test_address_in_a_dns_name(self):
        self.simple(False, "ip-as-dns", san="DNS:127.0.0.1", server_name=None)

    def test_client_certificate_as_server(self):
        self.simple(False, "client-only", extra=["extendedKeyUsage=clientAuth"])

    def test_intermediate_that_is_no_authority(self):
        self.ca.authority("no-ca", "root", ca=False)
        self.leaf("under-no-ca", issuer="no-ca")
        self.judge(False, self.ca.chain("under-no-ca", "no-ca"), "under-no-ca")

    def test_name_constraint(self):
        self.ca.authority("constrained", "root",
                          extra=["nameConstraints=critical,permitted;DNS:example.com"])
        self.leaf("violates", issuer="constrained")
        self.judge(False, self.ca.chain("violates", "constrained"), "violates")

    def test_path_length(self):
        self.ca.authority("short", "root", pathlen=0)
        self.ca.authority("below", "short")
        self.leaf("too-deep", issuer="below")
        self.judge(False, self.ca.chain("too-deep", "below", "short"), "too-deep")

    def test_expired_intermediate(self):
        self.ca.authority("old-middle", "root", when="expired")
        self.leaf("under-old", issuer="old-middle")
        self.judge(False, self.ca.chain("under-old", "old-middle"), "under-old")

    def test_sha1_signature(self):
        self.simple(False, "sha1", digest="sha1")

    def test_short_rsa_key(self):
        # Go has no lower bound on a server's key; OpenSSL's security level 2 has.
        self.simple(False, "rsa1024", kind="1024", kubectl=False)

    def test_tls_1_1(self):
        old = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
        self.simple(False, "tls11", versions=old)

    def test_tls_1_2(self):
        self.simple(True, "tls12", versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2))

    def test_tls_1_3(self):
        self.simple(True, "tls13", versions=(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3))

    def test_a_thousand_names(self):
        names = ",".join("DNS:host%d.test.local" % i for i in range(1000))
        self.simple(True, "thousand", san=names + ",DNS:" + NAME)

    def test_other_curves_keys_and_digests(self):
        self.simple(True, "p384", kind="P-384", digest="sha384")
        self.simple(True, "rsa4096", kind="4096", digest="sha512")

    def test_the_systems_authorities_do_not_count_beside_a_named_one(self):
        self.leaf("swapped", issuer="stranger")
        environment = {"SSL_CERT_FILE": self.ca.path("stranger.crt")}
        self.box.environment.update(environment)
        self.judge(False, self.ca.path("swapped.crt"), "swapped", kubectl=False)

    def test_the_environment_names_authorities_where_the_profile_names_none(self):
        self.leaf("by-env")
        server = TlsServer(self.ca.path("by-env.crt"), self.ca.path("by-env.key"))
        self.addCleanup(server.close)
        add = ["profile", "add", "p", "--server", "https://127.0.0.1:%d" % server.port,
               "--tls-server-name", NAME, "--namespace", "ci", "--service-account", "deployer",
               "--requester-token-file", self.token]
        self.assertEqual(self.box.leasehold(*add).returncode, 0)
        create = ["lease", "create", "--profile", "p"]
        self.assertEqual(self.box.leasehold(*create).returncode, 5)
        result = self.box.leasehold(*create, environment={"SSL_CERT_FILE":
                                                          self.ca.path("root.crt")})
        self.assertEqual(result.returncode, 4, result.stderr)
        # TLS-8: nothing to trust is no reason to trust everything.
        empty = self.box.path("empty")
        os.mkdir(empty)
        result = self.box.leasehold(*create, environment={"SSL_CERT_DIR": empty,
                                                          "SSL_CERT_FILE": "/dev/null"})
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("no CA certificates", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
