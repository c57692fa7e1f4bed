"""What a connection is made of beside the certificate: versions of TLS, renegotiation, and sessions,
none of which is kept, so that none is resumed with another server."""

import socket
import ssl
import struct
import subprocess
import threading
import unittest

from tests.support.listener import Listener
from tls_case import BODY, NAME, TlsCase, TlsServer

BUSY = (b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 0\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))
SERVER_NAME, SESSION_TICKET, PRE_SHARED_KEY = 0, 35, 41
DOWNGRADED_TO_1_2, DOWNGRADED_TO_1_1 = b"DOWNGRD\1", b"DOWNGRD\0"  # RFC 8446, section 4.1.3


def extensions_of(hello):
    """Of a ClientHello in its record (RFC 8446, section 4.1.2)."""
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]  # session id
    at += 2 + struct.unpack_from(">H", hello, at)[0]  # ciphers
    at += 1 + hello[at]  # compressions
    end = at + 2 + struct.unpack_from(">H", hello, at)[0]
    at, found = at + 2, {}
    while at < end:
        kind, size = struct.unpack_from(">HH", hello, at)
        found[kind] = hello[at + 4:at + 4 + size]
        at += 4 + size
    return found


class BusyServer(TlsServer):
    """Answers that it is busy, and hangs up after each answer."""

    def __init__(self, *arguments):
        self.hellos, self.resumed = [], []
        super().__init__(*arguments)

    def handle(self, client):
        client.settimeout(60)
        self.hellos.append(client.recv(65536, socket.MSG_PEEK))
        with self.context.wrap_socket(client, server_side=True) as stream:
            self.resumed.append(stream.session_reused)
            stream.recv(65536)
            stream.sendall(BUSY)
            stream.unwrap()


class OldServer(Listener):
    """Says hello in a version of TLS whatever the client offers."""

    def __init__(self, version, end_of_random=b"........"):
        body = struct.pack(">H", version) + b"r" * 24 + end_of_random + b"\0" + b"\xc0\x2f" + b"\0"
        message = b"\2" + struct.pack(">I", len(body))[1:] + body
        self.hello = struct.pack(">BHH", 22, version, len(message)) + message
        super().__init__()

    def handle(self, client):
        client.settimeout(60)
        client.recv(65536)
        client.sendall(self.hello)
        client.recv(65536)


class Renegotiator:
    """OpenSSL's own server; it wants to renegotiate once it has read a request."""

    def __init__(self, certificate, key):
        # Port 0: it says which one it got.
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key,
             "-tls1_2", "-crlf", "-naccept", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.url = "https://" + self.until("ACCEPT ").split()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def until(self, beginning):
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith(beginning):
                return line
        raise EOFError("".join(self.lines))

    def serve(self):
        self.until("POST ")
        self.process.stdin.write("r\n")
        self.process.stdin.flush()
        self.lines += self.process.stdout

    def output(self):
        self.thread.join(60)
        return "".join(self.lines)

    def close(self):
        self.process.kill()
        self.process.communicate()


class TlsSession(TlsCase):
    def told(self, server, *words):
        self.addCleanup(server.close)
        result = self.lease(server.url, self.ca.path("root.crt"), NAME)
        self.assertEqual(result.returncode, 5, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertNotIn("SSL routines", result.stderr)

    def certificate(self, name):
        self.leaf(name)
        return self.ca.path(name + ".crt"), self.ca.path(name + ".key")

    def test_each_old_version(self):
        pair = self.certificate("old")
        for version in ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1:
            self.told(TlsServer(*pair, (version, version)),
                      "speaks no version of TLS that is allowed", "it must speak TLS 1.2 or 1.3")
        for version in 0x0300, 0x0301, 0x0302:
            self.told(OldServer(version), "speaks no version of TLS that is allowed",
                      "it must speak TLS 1.2 or 1.3")

    def test_a_downgrade(self):
        """A server that knows TLS 1.3 and speaks 1.2 with a client that does, too."""
        for mark in DOWNGRADED_TO_1_2, DOWNGRADED_TO_1_1:
            self.told(OldServer(0x0303, mark), "older version of TLS", "in between")

    def test_no_session_is_kept(self):
        pair = self.certificate("busy")
        for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
            server = BusyServer(*pair, (version, version))
            self.addCleanup(server.close)
            for _ in range(2):
                result = self.lease(server.url, self.ca.path("root.crt"), NAME)
                self.assertNotEqual(result.returncode, 0)
            # More connections than calls: one call made several.
            self.assertGreater(len(server.resumed), 2)
            self.assertEqual(set(server.resumed), {False})
            for hello in server.hellos:
                found = extensions_of(hello)
                self.assertNotIn(PRE_SHARED_KEY, found)
                self.assertEqual(found.get(SESSION_TICKET, b""), b"")

    def test_the_name_that_is_announced(self):
        """RFC 6066, section 3: a host's name without a dot at its end, and no address."""
        self.leaf("both", san="DNS:%s,IP:127.0.0.1" % NAME)
        pair = self.ca.path("both.crt"), self.ca.path("both.key")
        for name, announced in ((NAME, NAME), (NAME + ".", NAME), (None, None)):
            with self.subTest(name=name):
                server = BusyServer(*pair)
                self.addCleanup(server.close)
                self.assertNotEqual(
                    self.lease(server.url, self.ca.path("root.crt"), name).returncode, 0)
                sent = extensions_of(server.hellos[0]).get(SERVER_NAME)
                if announced is None:
                    self.assertIsNone(sent)
                else:  # a list of one, which is a host's name
                    self.assertEqual(sent[5:], announced.encode())

    def test_renegotiation_is_refused(self):
        certificate, key = self.certificate("again")
        server = Renegotiator(certificate, key)
        self.addCleanup(server.close)
        result = self.lease(server.url, self.ca.path("root.crt"), NAME,
                            ["--requester-token-file", self.token, "--no-revocable"])
        self.assertEqual(result.returncode, 5, result.stderr)
        # The server gives up. What has come of the request it does not say.
        self.assertIn("handshake failure", result.stderr)
        self.assertIn("may have issued a token all the same", result.stderr)
        self.assertIn("no renegotiation", server.output())


if __name__ == "__main__":
    unittest.main(verbosity=1)
