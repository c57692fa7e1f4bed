"""NET-7, NET-14, NET-15: what a server can put on the wire, byte by byte."""

import os
import resource
import shutil
import socket
import ssl
import tempfile
import time
import unittest

from authority import Authority
from tests.support.listener import Listener
from tests.support.machine import SLACK
from tests.support.sandbox import Sandbox

STATUS = b'{"kind":"Status","apiVersion":"v1","status":"Failure","code":401}'
GOOD = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" \
    % (len(STATUS), STATUS)
DEADLINE = 4


def headers(*lines):
    return b"HTTP/1.1 401 Unauthorized\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def chunked(*chunks, end=b"0\r\n\r\n"):
    return headers(b"Transfer-Encoding: chunked") + b"".join(
        b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


class Script(Listener):
    """Sends the pieces of one answer, with pauses where a number stands."""

    def __init__(self, context, pieces):
        self.context, self.pieces = context, pieces
        self.requests = 0
        super().__init__()

    def handle(self, plain):
        with self.context.wrap_socket(plain, server_side=True) as stream:
            stream.settimeout(30)
            stream.recv(65536)
            self.requests += 1
            for piece in self.pieces() if callable(self.pieces) else self.pieces:
                if isinstance(piece, (int, float)):
                    time.sleep(piece)
                elif piece == "reset":
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      b"\1\0\0\0\0\0\0\0")
                    return
                elif piece == "truncate":
                    os.close(stream.detach())  # TCP FIN without close_notify
                    return
                else:
                    stream.sendall(piece)
            stream.unwrap()


def dribble(text):
    for i in range(len(text)):
        yield text[i:i + 1]
        yield 0.5


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="leasehold-wire-")
        ca = Authority(cls.directory)
        ca.authority("root")
        ca.make("leaf", "/CN=leaf", ["subjectAltName=IP:127.0.0.1"], "root")
        cls.ca = ca.path("root.crt")
        cls.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cls.context.load_cert_chain(ca.path("leaf.crt"), ca.path("leaf.key"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def expect(self, code, *pieces, words=""):
        """`code`: 4 if the answer (a 401) must be understood, else the failure."""
        pieces = pieces[0] if len(pieces) == 1 and callable(pieces[0]) else pieces
        server = Script(self.context, pieces)
        self.addCleanup(server.close)
        with Sandbox() as box:
            token = box.write("token", "abc")
            result = box.leasehold("profile", "add", "p", "--server", server.url,
                                   "--certificate-authority", self.ca, "--namespace", "ci",
                                   "--service-account", "d", "--no-revocable",
                                   "--requester-token-file", token,
                                   "--deadline", "%ds" % DEADLINE)
            self.assertEqual(result.returncode, 0, result.stderr)
            begin = time.monotonic()
            result = box.leasehold("lease", "create", "--profile", "p")
            took = time.monotonic() - begin
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        self.assertIn(words, result.stderr)
        self.assertLess(took, DEADLINE + SLACK, "the deadline was not kept")
        self.assertLessEqual(server.requests, 1, "asked again blindly")

    def test_understood(self):
        for pieces in ((GOOD,), (chunked(STATUS),), (chunked(STATUS[:10], STATUS[10:]),),
                       (b"HTTP/1.1 100 Continue\r\n\r\n", GOOD),
                       (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", GOOD),
                       (chunked(STATUS, end=b"0\r\nX-Trailer: 1\r\n\r\n"),),
                       (GOOD[:30], 0.3, GOOD[30:]), (headers(b"Connection: close") + STATUS,),
                       (headers(b"X: " + b"y" * 30_000, b"Content-Length: 0"),),
                       (GOOD + b"HTTP/1.1 200 OK\r\n\r\n",),
                       (headers(b"Content-Encoding: identity", b"Content-Length: 0"),),
                       (GOOD, "truncate")):
            self.expect(4, *pieces)

    def test_what_is_understood_is_not_waited_for_again(self):
        """200 is the least of the statuses that end an exchange, and 199 is none of them."""
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        self.expect(7, answer)
        self.expect(7, answer, 30)
        self.expect(4, b"HTTP/1.1 199 Wait\r\n\r\n", GOOD)

    def test_cut_off(self):
        for pieces in (("truncate",), (), ("reset",), (GOOD[:-10], "truncate"), (GOOD[:-10],),
                       (GOOD[:40], "reset"), (chunked(STATUS, end=b""),),
                       (chunked(STATUS, end=b""), "truncate"), (GOOD[:20],),
                       (headers(b"Connection: close") + STATUS, "truncate")):
            self.expect(5, *pieces, words="ended the connection before its answer was complete")

    def test_broken_framing(self):
        for answer in (b"garbage\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/2.0 200 OK\r\n\r\n",
                       b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n",
                       b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
                       b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 99999 OK\r\n\r\n",
                       headers(b"Content-Length: -1"), headers(b"Content-Length: x"),
                       headers(b"Content-Length: 1", b"Content-Length: 2") + b"ab",
                       headers(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
                       headers(b"No colon here"), headers(b"Bad name : x"),
                       headers(b"Transfer-Encoding: chunked") + b"zz\r\nab\r\n0\r\n\r\n",
                       headers(b"Transfer-Encoding: chunked") + b"2\r\nabcd\r\n0\r\n\r\n",
                       headers(b"Content-Encoding: gzip", b"Content-Length: 0"),
                       headers(b"X: a\0b", b"Content-Length: 0"),
                       b"HTTP/1.1 301 Moved\r\nLocation: https://evil/\r\nContent-Length: 0\r\n\r\n"):
            self.expect(7, answer)

    def test_too_much(self):
        self.expect(7, headers(b"X: " + b"y" * 100_000, b"Content-Length: 0"), words="too large")
        self.expect(7, headers(b"Content-Length: 10000000000"), words="too large")
        self.expect(7, headers(*[b"X-%d: y" % i for i in range(20_000)]), words="too large")
        self.expect(7, *[b"HTTP/1.1 100 Continue\r\n\r\n"] * 100, words="interim")

    def test_a_stream_without_end_costs_no_memory(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.expect(7, lambda: [headers(b"Transfer-Encoding: chunked"), *[
            b"8000\r\n" + b"x" * 0x8000 + b"\r\n"] * 2000], words="too large")
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(after, max(before, 64 * 1024), "KiB at the most")

    def test_slow(self):
        self.expect(6, 30)
        self.expect(6, GOOD[:-1], 30)
        self.expect(6, lambda: dribble(GOOD))
        self.expect(6, b"HTTP/1.1 100 Continue\r\n\r\n", 30)


if __name__ == "__main__":
    unittest.main(verbosity=1)
