"""What is said where TLS ends early: a client certificate that is missed or refused, other alerts,
and ports that speak no TLS."""

import os
import ssl
import struct
import unittest

from late_alert import LateAlertServer
from tests.support.listener import Listener
from tls_case import NAME, TlsCase, TlsServer

TLS_1_2 = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
TLS_1_3 = (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)


def fatal(alert):
    return struct.pack(">BHHBB", 21, 0x0303, 2, 2, alert)


# RFC 8446, section 6, and what is left of older versions (RFC 5246, section 7.2).
NAMES = {
    0: "close notify", 10: "unexpected message", 20: "bad record mac", 21: "decryption failed",
    22: "record overflow", 30: "decompression failure", 40: "handshake failure",
    41: "no certificate", 42: "bad certificate", 43: "unsupported certificate",
    44: "certificate revoked", 45: "certificate expired", 46: "certificate unknown",
    47: "illegal parameter", 48: "unknown CA", 49: "access denied", 50: "decode error",
    51: "decrypt error", 60: "export restriction", 71: "insufficient security",
    80: "internal error", 86: "inappropriate fallback", 90: "user canceled",
    100: "no renegotiation", 109: "missing extension", 110: "unsupported extension",
    111: "certificate unobtainable", 113: "bad certificate status response",
    114: "bad certificate hash value", 115: "unknown PSK identity", 116: "certificate required",
    120: "no application protocol", 200: "number 200"}
# Which are told by what they mean.
MEANT = {70: ("speaks no version of TLS", "it must speak TLS 1.2 or 1.3"),
         112: ("knows no server named", "set tls-server-name"),
         40: ("no way of TLS in common", "ciphers"), 71: ("no way of TLS in common", "ciphers"),
         120: ("does not speak HTTP/1.1", "is it the right port?")}


class PlainServer(Listener):
    """Reads a little of what comes, answers with bytes of its own and hangs up."""

    def __init__(self, answer, first=False, reset=False):
        self.answer, self.first, self.reset = answer, first, reset
        super().__init__()

    def handle(self, client):
        client.settimeout(30)
        if self.first:
            client.sendall(self.answer)
        client.recv(1 if self.reset else 65536)
        if not self.first:
            client.sendall(self.answer)


class SilentServer(Listener):
    """Ends the connection right after the handshake, without a word."""

    def __init__(self, context):
        self.context = context
        super().__init__()

    def handle(self, client):
        os.close(self.context.wrap_socket(client, server_side=True).detach())


class GarbledServer(Listener):
    """Reads the request, sends a beginning of an answer, and ends TLS with an alert, by itself: for
    it a record of the client's is garbled."""

    def __init__(self, context, answer):
        self.context, self.answer = context, answer
        super().__init__()

    def handle(self, client):
        client.settimeout(30)
        come, gone = ssl.MemoryBIO(), ssl.MemoryBIO()
        stream = self.context.wrap_bio(come, gone, server_side=True)

        def until(step):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    client.sendall(gone.read())
                    come.write(client.recv(65536))

        until(stream.do_handshake)
        until(stream.read)
        if self.answer:
            stream.write(self.answer)
        come.write(struct.pack(">BHH", 23, 0x0303, 64) + b"x" * 64)
        try:
            stream.read()
        except ssl.SSLError:
            client.sendall(gone.read())


class Alerts(TlsCase):
    def server(self, versions=None, wants=ssl.CERT_NONE):
        name = "server%d" % self.ca.number
        self.leaf(name)
        server = TlsServer(self.ca.path(name + ".crt"), self.ca.path(name + ".key"), versions)
        self.addCleanup(server.close)
        server.context.load_verify_locations(self.ca.path("root.crt"))
        server.context.verify_mode = wants
        return server

    def told(self, url, *words, requester=None):
        result = self.lease(url, self.ca.path("root.crt"), NAME, requester)
        self.assertEqual(result.returncode, 5, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        # No request was read, so that nothing can have come of it.
        self.assertNotIn("may have issued", result.stderr)
        for jargon in "SSL routines", "wrong version number", "Broken pipe":
            self.assertNotIn(jargon, result.stderr)

    def refused(self, alert, *words):
        server = PlainServer(fatal(alert))
        self.addCleanup(server.close)
        self.told(server.url, *words)

    def with_certificate(self, issuer, **more):
        self.ca.make("user", "/CN=user", ["extendedKeyUsage=clientAuth"], issuer, **more)
        return ["--requester-client-certificate", self.ca.path("user.crt"),
                "--requester-client-key", self.ca.path("user.key")]

    def test_a_client_certificate_is_missed(self):
        for versions in TLS_1_2, TLS_1_3:
            server = self.server(versions, ssl.CERT_REQUIRED)
            for _ in range(5):  # what is read first is the network's choice
                self.told(server.url, "wants a client certificate, and there is none",
                          "hint: let the requester be one with a client certificate")

    def test_what_follows_a_client_certificate_is_sent_along(self):
        """Without it the server does not get from the certificate to the authority it knows."""
        files = self.with_certificate("middle")
        leaf = self.ca.read("user")
        for versions in TLS_1_2, TLS_1_3:
            server = self.server(versions, ssl.CERT_REQUIRED)
            self.told(server.url, "does not accept the client certificate", requester=files)
            self.box.write("chain.crt", leaf + "not PEM\n" + self.ca.read("middle"))
            chain = [files[0], self.box.path("chain.crt"), *files[2:]]
            result = self.lease(server.url, self.ca.path("root.crt"), NAME, chain)
            self.assertEqual(result.returncode, 4, result.stderr)

    def test_a_client_certificate_of_another_authority(self):
        for versions in TLS_1_2, TLS_1_3:
            server = self.server(versions, ssl.CERT_REQUIRED)
            self.told(server.url, "does not accept the client certificate", "unknown CA",
                      requester=self.with_certificate("stranger"))

    def test_a_client_certificate_that_has_expired(self):
        for versions in TLS_1_2, TLS_1_3:
            server = self.server(versions, ssl.CERT_REQUIRED)
            self.told(server.url, "does not accept the client certificate", "expired",
                      requester=self.with_certificate("root", when="expired"))

    def test_no_version_of_tls_in_common(self):
        for versions in ((ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1),):
            self.told(self.server(versions).url, "speaks no version of TLS", "1.2 or 1.3")

    def test_a_name_that_the_server_does_not_know(self):
        server = self.server()
        server.context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        self.told(server.url, 'knows no server named "%s"' % NAME, "tls-server-name")

    def test_an_alert_without_a_word_of_its_own(self):
        server = self.server()
        server.context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        self.told(server.url, 'ended TLS with the alert "internal error"')

    def test_every_alert_is_named(self):
        for alert, name in NAMES.items():
            self.refused(alert, 'alert "%s"' % name, "hint: ")

    def test_alerts_that_are_told_by_what_they_mean(self):
        for alert, words in MEANT.items():
            self.refused(alert, *words)

    def test_an_alert_after_the_request(self):
        """It says nothing of what has come of the request."""
        for versions in TLS_1_2, TLS_1_3:
            for answer in b"", b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{":
                garbled = GarbledServer(self.server(versions).context, answer)
                self.addCleanup(garbled.close)
                result = self.lease(garbled.url, self.ca.path("root.crt"), NAME,
                                    ["--requester-token-file", self.token, "--no-revocable"])
                self.assertEqual(result.returncode, 5, result.stderr)
                self.assertIn('ended TLS with the alert "bad record mac"', result.stderr)
                self.assertIn("may have issued a token all the same", result.stderr)
                self.assertEqual(garbled.connections, 1, "asked again")

    def test_an_alert_about_our_certificate_after_a_second_request(self):
        """It comes before any request, but not on a connection that has had an answer."""
        busy = b"HTTP/1.1 429 Busy\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}"
        late = LateAlertServer(self.server(TLS_1_3, ssl.CERT_OPTIONAL).context,
                               self.box.path("keys"), busy, 116)
        self.addCleanup(late.close)
        result = self.lease(late.url, self.ca.path("root.crt"), NAME,
                            ["--requester-token-file", self.token, "--no-revocable"])
        self.assertEqual((result.returncode, late.requests, late.connections), (5, 2, 1),
                         result.stderr)
        self.assertIn("wants a client certificate", result.stderr)
        self.assertIn("may have issued a token all the same", result.stderr)

    def test_ports_that_speak_no_tls(self):
        for answer, first in (
                (b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nplain HTTP", False),
                (b"HTTP/1.0 200 OK\r\n\r\n", False), (b"SSH-2.0-OpenSSH_9.2\r\n", True),
                (b"220 mail.example ESMTP\r\n", True), (b"-ERR unknown command\r\n", False),
                (b"\0\0\0\0\0\0\0\0", False)):
            server = PlainServer(answer, first)
            self.addCleanup(server.close)
            self.told(server.url, '"%s" does not speak TLS' % server.url[len("https://"):],
                      "is it the right port?")

    def test_ports_that_hang_up(self):
        for reset in False, True:
            server = PlainServer(b"", reset=reset)
            self.addCleanup(server.close)
            self.told(server.url, "hung up during the TLS handshake", "is it the right port")

    def test_a_handshake_that_says_nothing(self):
        """A ServerHello without a body: no alert, and nobody hung up."""
        server = PlainServer(struct.pack(">BHH", 22, 0x0303, 4) + b"\2\0\0\0")
        self.addCleanup(server.close)
        self.told(server.url, 'the TLS handshake with "%s" failed: ' % NAME)

    def test_a_server_that_misses_a_certificate_in_silence(self):
        server = self.server(TLS_1_3, ssl.CERT_OPTIONAL)

        silent = SilentServer(server.context)
        self.addCleanup(silent.close)
        result = self.lease(silent.url, self.ca.path("root.crt"), NAME)
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn("it asked for a client certificate", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
