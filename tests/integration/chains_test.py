"""Chains that only Go's way of judging them accepts, or refuses, held against kubectl."""

import ssl
import unittest

from tests.support.machine import kubectl_minor
from tls_case import TlsCase, TlsServer

JUNK = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"


class Chains(TlsCase):
    def believed(self, name, trusted="root", chain=()):
        self.judge(True, self.ca.chain(name, *chain), name, trusted=trusted)

    def refused(self, name, trusted="root", chain=()):
        self.judge(False, self.ca.chain(name, *chain), name, trusted=trusted)

    def bundle(self, name, *parts):
        """Certificates (by name) and other text as NAME.crt."""
        text = ""
        for part in parts:
            text += part if "\n" in part else self.ca.read(part)
        with open(self.ca.path(name + ".crt"), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def test_an_intermediate_as_the_anchor(self):
        self.leaf("below-middle", issuer="middle")
        self.believed("below-middle", "middle")
        self.believed("below-middle", "middle", ["middle", "root"])

    def test_an_intermediate_below_another_as_the_anchor(self):
        self.ca.authority("lower", "middle")
        self.leaf("below-lower", issuer="lower")
        self.believed("below-lower", "middle", ["lower"])
        self.refused("below-lower", "middle")

    def test_the_servers_own_certificate_as_the_anchor(self):
        self.leaf("own", issuer="stranger")
        self.believed("own", "own")
        self.leaf("own-signed", issuer=None)
        self.believed("own-signed", "own-signed")

    def test_an_anchor_of_the_servers_key_and_name_is_not_its_certificate(self):
        self.leaf("pinned", issuer="stranger")
        self.leaf("replaced", issuer="stranger", key_of="pinned")
        self.refused("replaced", "pinned")

    def test_an_own_certificate_as_the_anchor_must_be_in_time_and_for_servers(self):
        self.leaf("own-expired", issuer=None, when="expired")
        self.refused("own-expired", "own-expired")
        self.leaf("own-client", issuer=None, extra=["extendedKeyUsage=clientAuth"])
        self.refused("own-client", "own-client")

    def test_a_renewed_authority(self):
        same = {"subject": "/CN=root", "key_of": "root"}
        keyid = ["authorityKeyIdentifier=keyid:always"]
        serial = ["authorityKeyIdentifier=keyid:always,issuer:always"]
        self.leaf("by-key-id", extra=keyid)
        self.leaf("by-serial", extra=serial)
        self.ca.authority("renewed", identifier="hash", **same)
        self.ca.authority("other-id", identifier="0102030405060708", **same)
        self.ca.authority("no-id", identifier="none", **same)
        for anchor in "renewed", "other-id", "no-id":
            self.believed("by-key-id", anchor)
            self.believed("by-serial", anchor)

    def test_two_authorities_of_one_name(self):
        for name in "old", "new":
            self.ca.authority(name, subject="/CN=kubernetes", identifier="none")
        self.leaf("by-new", issuer="new")
        self.believed("by-new", self.bundle("old-new", "old", "new"))
        self.believed("by-new", self.bundle("new-old", "new", "old"))
        self.refused("by-new", "old")

    def test_an_expired_twin_comes_first(self):
        same = {"subject": "/CN=root", "key_of": "root"}
        self.ca.authority("twin-expired", when="expired", **same)
        self.leaf("of-twins")
        self.believed("of-twins", self.bundle("twins", "twin-expired", "root"))
        self.refused("of-twins", "twin-expired")

    def test_every_way_up_is_tried(self):
        """Cross-signed: the first intermediate of that name leads to a stranger."""
        self.ca.authority("crossed", "root", subject="/CN=crossed")
        same = {"subject": "/CN=crossed", "key_of": "crossed"}
        self.ca.authority("by-stranger", "stranger", **same)
        self.ca.authority("no-servers", "root", extra=["extendedKeyUsage=clientAuth"], **same)
        self.ca.authority("other-names", "root",
                          extra=["nameConstraints=critical,permitted;DNS:example.com"], **same)
        self.leaf("below-crossed", issuer="crossed")
        for wrong in "by-stranger", "no-servers", "other-names":
            self.believed("below-crossed", chain=[wrong, "crossed"])
            self.refused("below-crossed", chain=[wrong])

    def test_odd_purposes(self):
        for number, extra in enumerate((
                ["nsCertType=client"], ["nsCertType=client", "extendedKeyUsage=serverAuth"],
                ["extendedKeyUsage=anyExtendedKeyUsage"], ["keyUsage=critical,nonRepudiation"],
                ["keyUsage=critical,keyCertSign"], ["keyUsage=critical,encipherOnly,keyAgreement"],
                ["extendedKeyUsage=clientAuth,serverAuth"])):
            self.simple(True, "odd%d" % number, extra=extra)

    def test_purposes_that_are_no_servers(self):
        for number, extra in enumerate((
                ["extendedKeyUsage=emailProtection"], ["extendedKeyUsage=1.2.3.4"],
                ["extendedKeyUsage=msSGC"])):
            self.simple(False, "no-server%d" % number, extra=extra)

    def test_purposes_of_an_authority_hold_for_those_below(self):
        for name, usage, good in (("ca-client", "clientAuth", False), ("ca-any",
                                  "anyExtendedKeyUsage", True), ("ca-both",
                                  "clientAuth,serverAuth", True)):
            self.ca.authority(name, "root", extra=["extendedKeyUsage=" + usage])
            self.leaf("below-" + name, issuer=name)
            (self.believed if good else self.refused)("below-" + name, chain=[name])

    def test_critical_extensions_that_nobody_knows(self):
        self.simple(False, "critical", extra=["1.2.3.4=critical,ASN1:NULL"])
        self.simple(False, "critical-ns", extra=["nsCertType=critical,server"])
        self.simple(True, "not-critical", extra=["1.2.3.4=ASN1:NULL"])

    def test_an_authority_that_may_not_sign(self):
        self.ca.make("no-sign", "/CN=no-sign", ["basicConstraints=critical,CA:TRUE",
                                                "keyUsage=critical,digitalSignature"])
        self.leaf("by-no-sign", issuer="no-sign")
        self.refused("by-no-sign", "no-sign")

    def test_an_authority_of_version_1(self):
        self.ca.make("v1", "/CN=v1", [], version_1=True)
        self.leaf("by-v1", issuer="v1")
        self.believed("by-v1", "v1")
        self.ca.make("plain-v3", "/CN=plain-v3", ["keyUsage=keyCertSign"])
        self.leaf("by-plain-v3", issuer="plain-v3")
        self.refused("by-plain-v3", "plain-v3")

    def test_names_that_kubectl_takes(self):
        self.simple(True, "one-label", san="DNS:*.local", server_name="api.local")
        self.simple(True, "underscore", san="DNS:*.test.local", server_name="a_b.test.local")
        self.simple(True, "digits", san="DNS:*.z0-9.local", server_name="9a0.z0-9.local")
        self.simple(True, "dot", san="DNS:api.test.local", server_name="api.test.local.")
        # Old ones ask for no name behind the star.
        self.simple(False, "bare", san="DNS:*", server_name="localhost",
                    kubectl=kubectl_minor() > 20)

    def test_a_bad_block_costs_itself_only(self):
        self.leaf("after-junk")
        for number, junk in enumerate((
                JUNK % "MAA=", JUNK % "!!!", JUNK % "", "-----BEGIN CERTIFICATE-----\nMIIB\n",
                JUNK.replace("CERTIFICATE", "NONSENSE") % "MAA=",
                JUNK % "Proc-Type: 4,ENCRYPTED\n\nMAA=", "\ufeff# exported by hand\n")):
            self.believed("after-junk", self.bundle("junk%d" % number, junk, "root"))
            self.believed("after-junk", self.bundle("between%d" % number, "stranger", junk,
                                                    "root", junk))

    def test_only_junk_is_no_authority(self):
        self.leaf("nothing")
        trust = self.ca.path(self.bundle("only-junk", JUNK % "MAA=") + ".crt")
        self.assertIn("no certificate in", self.lease_error("https://127.0.0.1:1", trust))

    def test_an_error_names_the_authority_at_fault(self):
        self.leaf("of-replaced", issuer="root")
        self.ca.authority("impostor", subject="/CN=root")
        server = TlsServer(self.ca.path("of-replaced.crt"), self.ca.path("of-replaced.key"))
        self.addCleanup(server.close)
        text = self.lease_error("https://127.0.0.1:%d" % server.port,
                                self.ca.path("impostor.crt"))
        self.assertIn('"CN=root" is known with another key', text)

    def test_an_error_tells_a_policy_that_lacks_from_one_that_makes_no_sense(self):
        ours, constraint = "certificatePolicies=1.2.3.4", "policyConstraints=requireExplicitPolicy:0"
        for name, extra, words in (
                ("lacks", [ours, constraint], "no explicit policy"),
                ("senseless", ["certificatePolicies=1.2.3.4,1.2.3.4", constraint], "policy ext")):
            self.ca.authority(name, "root", extra=extra)
            self.leaf("below-" + name, issuer=name)
            server = TlsServer(self.ca.chain("below-" + name, name),
                               self.ca.path("below-" + name + ".key"))
            self.addCleanup(server.close)
            with self.subTest(name):
                self.assertIn(words, self.lease_error("https://127.0.0.1:%d" % server.port,
                                                      self.ca.path("root.crt")))

    def test_a_client_certificates_chain_past_a_bad_block(self):
        self.ca.authority("user-ca", "root")
        self.ca.make("user", "/CN=user", ["extendedKeyUsage=clientAuth"], "user-ca")
        self.leaf("asks")
        server = TlsServer(self.ca.path("asks.crt"), self.ca.path("asks.key"))
        self.addCleanup(server.close)
        server.context.load_verify_locations(self.ca.path("root.crt"))
        server.context.verify_mode = ssl.CERT_REQUIRED
        chain = self.bundle("user-chain", JUNK % "!!!", "user", JUNK % "MAA=", "user-ca")
        text = self.lease_error("https://127.0.0.1:%d" % server.port, self.ca.path("root.crt"),
                                ["--requester-client-certificate", self.ca.path(chain + ".crt"),
                                 "--requester-client-key", self.ca.path("user.key")])
        self.assertIn("401", text)


if __name__ == "__main__":
    unittest.main(verbosity=1)
