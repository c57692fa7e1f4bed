"""Resolvers that hang, proxies, addresses that swallow packets: every call ends in time."""

import base64
import socket
import subprocess
import time
import unittest

from tests.support.listener import Listener
from proxies import join
from tests.standin.case import StandinCase
from tests.support.machine import SLACK, need_localhost

SLOW_RESOLVER = """
#include <netdb.h>
#include <unistd.h>
int getaddrinfo(const char *n, const char *s, const struct addrinfo *h, struct addrinfo **r) {
    (void)n; (void)s; (void)h; (void)r;
    sleep(60);
    return EAI_AGAIN;
}
"""


class Proxy(Listener):
    """Answers CONNECT with what `answer` makes of the request; b"" tunnels."""

    def __init__(self, answer=lambda request: b""):
        self.answer = answer
        self.seen = []
        self.carried = b""
        super().__init__()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def handle(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            data = client.recv(4096)
            if not data:
                return
            request += data
        self.seen.append(request)
        answer = self.answer(request)
        if answer is None:
            time.sleep(30)
        if answer:
            client.sendall(answer)
            self.note(client.recv(65536))
            return
        host, port = request.split()[1].decode().rsplit(":", 1)
        with socket.create_connection((host, int(port))) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            join(client, server, self.note)

    def note(self, data):
        self.carried += data


BREATHLESS_RESOLVER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **list) {
    static int left = TIMES;
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        dlsym(RTLD_NEXT, "getaddrinfo");
    if (left > 0 && left--)
        return EAI_AGAIN;
    return real(node, service, hints, list);
}
"""


LYING_RESOLVER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **list) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        dlsym(RTLD_NEXT, "getaddrinfo");
    (void)node;
    return real("127.0.0.1", service, hints, list);
}
"""


class Plain(Listener):
    """Takes what comes and speaks plain HTTP."""

    def __init__(self):
        self.received = b""
        super().__init__()

    def handle(self, client):
        client.settimeout(10)
        self.received += client.recv(65536)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        self.received += client.recv(65536)


class Network(StandinCase):
    def profile(self, *more, server=None):
        result = self.box.leasehold(
            "profile", "add", "p", "--force", "--server", server or self.api.server,
            "--certificate-authority", self.api.ca, "--namespace", "ci", "--service-account",
            "deployer", "--requester-token-file", self.api.admin_token_file, "--deadline", "8s",
            *more)
        self.assertEqual(result.returncode, 0, result.stderr)

    def lease(self, **options):
        begin = time.monotonic()
        result = self.box.leasehold("lease", "create", "--profile", "p", **options)
        self.assertLess(time.monotonic() - begin, 8 + SLACK, "the deadline was not kept")
        return result

    def proxy(self, *arguments):
        proxy = Proxy(*arguments)
        self.addCleanup(proxy.close)
        return proxy

    def test_a_resolver_that_hangs(self):
        """F10: the process ends although getaddrinfo does not."""
        source, library = self.box.write("slow.c", SLOW_RESOLVER), self.box.path("slow.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        self.profile(server="https://slow.example:6443")
        result = self.lease(environment={"LD_PRELOAD": library})
        self.assertEqual((result.returncode, result.stdout), (6, ""), result.stderr)
        self.assertIn('DNS timeout: looking up "slow.example"', result.stderr)

    def fails_at_first(self, times):
        """A resolver that does not know for a moment, as often as that."""
        source = self.box.write("again.c", BREATHLESS_RESOLVER.replace("TIMES", str(times)))
        library = self.box.path("again.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        need_localhost()
        self.profile(server=self.api.server.replace("127.0.0.1", "localhost"))
        return self.lease(environment={"LD_PRELOAD": library})

    def test_a_name_server_that_fails_once_is_asked_again(self):
        result = self.fails_at_first(1)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_name_server_that_goes_on_failing_is_named(self):
        result = self.fails_at_first(1000)
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)
        self.assertIn("the name server does not answer", result.stderr)

    def test_a_name_server_that_lies_gets_no_credential(self):
        """NET-4: whatever addresses it names, only verified TLS is spoken to."""
        source, library = self.box.write("lie.c", LYING_RESOLVER), self.box.path("lie.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        port = self.api.server.rsplit(":", 1)[1]
        before = self.api.counters()["requests"]
        self.profile(server="https://prod.example:" + port)
        result = self.lease(environment={"LD_PRELOAD": library})
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)
        self.assertIn("prod.example", result.stderr)
        self.assertEqual(self.api.counters()["requests"], before)
        plain = Plain()
        self.addCleanup(plain.close)
        self.profile(server="https://prod.example:%d" % plain.port)
        result = self.lease(environment={"LD_PRELOAD": library})
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)
        with open(self.api.admin_token_file, "rb") as file:
            self.assertNotIn(file.read().strip(), plain.received)
        self.assertTrue(plain.received, "nobody came")

    def test_a_name_with_two_addresses(self):
        """localhost may be ::1 first, where nothing listens: 127.0.0.1 serves."""
        need_localhost()
        self.profile(server=self.api.server.replace("127.0.0.1", "localhost"))
        result = self.lease()
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_through_a_proxy(self):
        proxy = self.proxy()
        self.profile("--proxy-url", proxy.url)
        result = self.lease()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(proxy.seen), 1)
        with open(self.api.admin_token_file, "rb") as file:
            token = file.read().strip()
        for form in (token, base64.b64encode(token)):
            self.assertNotIn(form, proxy.seen[0] + proxy.carried, "the proxy saw the credential")
        self.assertNotIn(b"uthorization", proxy.seen[0])

    def test_proxies_that_misbehave(self):
        for answer, code, words in (
                (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", 5,
                 "407"),
                (b"HTTP/1.1 403 Forbidden\r\n\r\n", 5, "403"),
                (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\nwords", 5, "502"),
                (b"HTTP/1.1 200 OK\r\n\r\nsmuggled", 5, "proxy"),
                (b"garbage\r\n\r\n", 5, "proxy"),
                (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", 5, "proxy"),
                (None, 6, "does not answer")):
            proxy = self.proxy(lambda request, answer=answer: answer)
            self.profile("--proxy-url", proxy.url)
            result = self.lease()
            self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
            self.assertIn(words, result.stderr)
            self.assertEqual(proxy.carried, b"", "bytes went on after %r" % answer)

    def test_a_proxy_that_is_not_there_is_not_gone_around(self):
        before = self.api.counters()["connections"]
        for url in ("http://127.0.0.1:1", "socks5://127.0.0.1:1", "https://127.0.0.1:1"):
            self.profile("--proxy-url", url)
            self.assertIn(self.lease().returncode, (3, 5), url)
        self.assertEqual(self.api.counters()["connections"], before)

    def test_a_listener_that_accepts_nobody(self):
        """A full backlog swallows SYNs, as a firewall does."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            port = listener.getsockname()[1]
            fillers = []
            for _ in range(4):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
                fillers.append(filler)
            self.profile(server="https://127.0.0.1:%d" % port)
            result = self.lease()
            for filler in fillers:
                filler.close()
        self.assertEqual((result.returncode, result.stdout), (6, ""), result.stderr)
        self.assertIn("took too long", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
