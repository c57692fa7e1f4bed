"""Ways to a private cluster: real proxies of each kind, those of the environment, and liars."""

import base64
import os
import time
import unittest

from authority import Authority
from tests.standin.case import StandinCase
from tests.support.machine import SLACK, need_localhost
from proxies import (Connect, Script, Socks, TlsRelay, certificate_for_proxy, microsocks,
                     tinyproxy)

USER, PASSWORD = "me", "s3cret/@ word%"
WRITTEN = "me:s3cret%2F%40%20word%25"
BASIC = base64.b64encode(b"me:s3cret/@ word%").decode()


class Proxies(StandinCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.address = ("127.0.0.1", int(cls.api.server.rsplit(":", 1)[1]))

    def setUp(self):
        super().setUp()
        self.before = self.api.counters()

    def keep(self, proxy):
        self.addCleanup(proxy.close)
        return proxy

    def profile(self, proxy=None, server=None, *more):
        """Writes profile p; a proxy's password can only be written by hand."""
        result = self.box.leasehold(
            "profile", "add", "p", "--force", "--server", server or self.api.server,
            "--certificate-authority", self.api.ca, "--tls-server-name", "127.0.0.1",
            "--namespace", "ci", "--service-account", "deployer", "--requester-token-file",
            self.api.admin_token_file, "--deadline", "8s", "--store", "none", *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        if proxy is not None:
            path = self.box.profile_path("p")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.box.write(os.path.relpath(path, self.box.home),
                           text.replace("cluster:\n", "cluster:\n  proxy-url: '%s'\n" % proxy))

    def lease(self, **environment):
        begin = time.monotonic()
        result = self.box.leasehold("lease", "create", "--profile", "p", environment=environment)
        self.assertLess(time.monotonic() - begin, 8 + SLACK, "the deadline was not kept")
        for secret in (PASSWORD, WRITTEN.partition(":")[2], BASIC):
            self.assertNotIn(secret, result.stdout + result.stderr, "a password is shown")
        return result

    def works(self, **environment):
        result = self.lease(**environment)
        self.assertEqual(result.returncode, 0, result.stderr)

    def fails(self, words, code=5, **environment):
        connections = self.api.counters()["connections"]
        result = self.lease(**environment)
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        self.assertIn(words, result.stderr)
        self.assertIn("hint:", result.stderr)
        self.assertEqual(self.api.counters()["connections"], connections, "it was gone around")
        return result

    # --- real ones ----------------------------------------------------------------------------

    def test_tinyproxy(self):
        proxy = self.keep(tinyproxy(self.box))
        self.profile("http://127.0.0.1:%d" % proxy.port)
        self.works()
        with open(proxy.log, encoding="utf-8") as log:
            self.assertIn("CONNECT 127.0.0.1:%d" % self.address[1], log.read())

    def test_tinyproxy_with_a_password(self):
        proxy = self.keep(tinyproxy(self.box, "BasicAuth me s3cret-word"))
        self.profile("http://me:s3cret%%2Dword@127.0.0.1:%d" % proxy.port)
        self.works()
        self.profile("http://127.0.0.1:%d" % proxy.port)
        self.assertIn("wants a user name", self.fails("407").stderr)
        self.profile("http://me:wrong@127.0.0.1:%d" % proxy.port)
        self.assertNotIn("wrong", self.fails("does not accept").stderr)

    def test_tinyproxy_that_does_not_allow_the_port(self):
        proxy = self.keep(tinyproxy(self.box, "ConnectPort 443"))
        self.profile("http://127.0.0.1:%d" % proxy.port)
        self.fails("(403)")

    def test_tinyproxy_that_cannot_reach_the_server(self):
        proxy = self.keep(tinyproxy(self.box))
        self.profile("http://127.0.0.1:%d" % proxy.port, "https://127.0.0.1:1")
        self.fails("does not open the way to \"127.0.0.1:1\" (5")

    def test_tinyproxy_behind_tls(self):
        """An HTTPS proxy: its certificate is held against the system's CAs, not the cluster's."""
        plain = self.keep(tinyproxy(self.box, "BasicAuth me s3cret-word"))
        authority, certificate, key = certificate_for_proxy(Authority(self.box.home))
        relay = self.keep(TlsRelay(certificate, key, plain.port))
        self.profile("https://me:s3cret-word@127.0.0.1:%d" % relay.port)
        self.works(SSL_CERT_FILE=authority)
        self.fails("is not trusted", SSL_CERT_FILE=self.api.ca)
        self.profile("https://me:s3cret-word@127.1.1.1:%d" % relay.port)
        self.fails("proxy", SSL_CERT_FILE=authority)

    def test_an_https_proxy_for_another_name(self):
        plain = self.keep(tinyproxy(self.box))
        maker = Authority(self.box.home)
        authority, _, _ = certificate_for_proxy(maker)
        maker.make("other", "/CN=other", ["subjectAltName=DNS:other"], "proxy-ca")
        relay = self.keep(TlsRelay(maker.path("other.crt"), maker.path("other.key"), plain.port))
        self.profile("https://127.0.0.1:%d" % relay.port)
        self.fails("is for another name", SSL_CERT_FILE=authority)

    def test_an_https_proxy_that_speaks_plain_http(self):
        proxy = self.keep(tinyproxy(self.box))
        self.profile("https://127.0.0.1:%d" % proxy.port)
        self.fails("https:// proxy?", code=6) # tinyproxy waits for the end of a line
        proxy = self.keep(Script(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
        self.profile("https://127.0.0.1:%d" % proxy.port)
        self.fails("does not speak TLS")

    def through_microsocks(self, host):
        proxy = self.keep(microsocks())
        for scheme in ("socks5", "socks5h"):
            self.profile("%s://127.0.0.1:%d" % (scheme, proxy.port),
                         "https://%s:%d" % (host, self.address[1]))
            self.works()

    def test_microsocks(self):
        self.through_microsocks("127.0.0.1")

    def test_microsocks_with_a_name(self):
        need_localhost()
        self.through_microsocks("localhost")

    def test_microsocks_with_a_password(self):
        proxy = self.keep(microsocks("-u", USER, "-P", PASSWORD))
        self.profile("socks5://%s@127.0.0.1:%d" % (WRITTEN, proxy.port))
        self.works()
        self.profile("socks5h://me:wrong@127.0.0.1:%d" % proxy.port)
        self.assertNotIn("wrong", self.fails("does not accept").stderr)
        self.profile("socks5://127.0.0.1:%d" % proxy.port)
        self.fails("wants a user name")

    def test_microsocks_that_cannot_reach_the_server(self):
        proxy = self.keep(microsocks())
        self.profile("socks5://127.0.0.1:%d" % proxy.port, "https://127.0.0.1:1")
        self.fails("the server refuses its connection")
        self.profile("socks5h://127.0.0.1:%d" % proxy.port, "https://nowhere.invalid")
        self.fails("does not open the way to \"nowhere.invalid:443\"")

    def test_a_socks_proxy_is_given_the_name(self):
        """As kubectl does: names that only the proxy knows work, and no resolver here hears them."""
        for scheme in ("socks5", "socks5h"):
            proxy = self.keep(Socks(self.address))
            self.profile("%s://127.0.0.1:%d" % (scheme, proxy.port), "https://api.invalid:6443")
            self.works()
            self.assertEqual(proxy.destinations, [b"\5\1\0\3\x0bapi.invalid\x19\x2b"])
        proxy = self.keep(Socks(self.address))
        self.profile("socks5://127.0.0.1:%d" % proxy.port, "https://[2001:db8::1]:6443")
        self.works()
        self.assertEqual(proxy.destinations, [b"\5\1\0\4" + b"\x20\1\x0d\xb8" + b"\0" * 11 +
                                              b"\1\x19\x2b"])

    def test_every_answer_of_success_opens_the_way(self):
        """RFC 9110, section 9.3.6: any 2xx."""
        for status in 200, 204, 299:
            proxy = self.keep(Connect(self.address, b"HTTP/1.1 %d Open\r\n\r\n" % status))
            self.profile("http://127.0.0.1:%d" % proxy.port)
            self.works()

    # --- the environment's --------------------------------------------------------------------

    def test_the_environment_names_the_proxy(self):
        proxy = self.keep(Connect(self.address))
        url = "http://127.0.0.1:%d" % proxy.port
        self.profile(None, "https://api.invalid:6443")
        self.works(HTTPS_PROXY=url)
        self.works(https_proxy=url)
        self.works(HTTPS_PROXY=url.removeprefix("http://"))
        self.works(HTTPS_PROXY=url, https_proxy="http://127.0.0.1:1", NO_PROXY="other.invalid")
        self.assertEqual(len(proxy.requests), 4)
        self.fails("api.invalid", NO_PROXY="invalid", HTTPS_PROXY=url)
        self.fails("api.invalid", no_proxy="api.invalid:6443", HTTPS_PROXY=url)
        self.fails("api.invalid", HTTP_PROXY=url, ALL_PROXY=url)
        self.assertEqual(len(proxy.requests), 4)

    def test_loopback_needs_no_proxy_of_the_environment(self):
        self.profile()
        self.works(HTTPS_PROXY="http://127.0.0.1:1")

    def test_the_profile_wins_over_the_environment(self):
        proxy = self.keep(Connect(self.address))
        self.profile("http://127.0.0.1:%d" % proxy.port, "https://api.invalid:6443")
        self.works(HTTPS_PROXY="http://127.0.0.1:1", NO_PROXY="*")
        self.assertEqual(len(proxy.requests), 1)

    def test_a_misspelt_proxy_of_the_environment_is_no_direct_connection(self):
        self.profile(None, "https://api.invalid:6443")
        for value in ("ftp://me:hunter2@p:1", "http://me:hun/ter2@p:1", "http://me:hunter2",
                      "socks4://p:1080", "http://", "%%"):
            result = self.fails("HTTPS_PROXY", code=3, HTTPS_PROXY=value)
            self.assertNotRegex(result.stderr, "hun|ter2")

    # --- secrets ------------------------------------------------------------------------------

    def test_only_connect_carries_the_proxys_credential(self):
        proxy = self.keep(Connect(self.address))
        self.profile("http://%s@127.0.0.1:%d" % (WRITTEN, proxy.port))
        self.works()
        self.assertIn(b"\r\nProxy-Authorization: Basic " + BASIC.encode() + b"\r\n",
                      proxy.requests[0])
        with open(self.api.admin_token_file, "rb") as file:
            token = file.read().strip()
        for form in (token, base64.b64encode(token)):
            self.assertNotIn(form, proxy.requests[0] + proxy.carried)

    def test_a_password_is_shown_nowhere(self):
        proxy = self.keep(Connect(self.address))
        self.profile("http://%s@127.0.0.1:%d" % (WRITTEN, proxy.port))
        shown = ""
        for arguments in (("profile", "show", "p"), ("profile", "show", "p", "-o", "json"),
                          ("profile", "list", "-o", "json"), ("profile", "check", "p"),
                          ("lease", "create", "--profile", "p", "-v"), ("cache", "list"),
                          ("kubeconfig", "add", "p"), ("kubeconfig", "list"), ("doctor",)):
            result = self.box.leasehold(*arguments)
            shown += result.stdout + result.stderr
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            written = file.read()
        self.assertIn("proxy-url: http://127.0.0.1:%d\n" % proxy.port, written)
        self.assertIn("not written to the kubeconfig", shown)
        for secret in (PASSWORD, WRITTEN, WRITTEN.partition(":")[2], BASIC):
            self.assertNotIn(secret, shown + written)

    def test_a_password_is_taken_only_from_a_private_file(self):
        result = self.box.leasehold("profile", "add", "q", "--server", self.api.server,
                                    "--namespace", "ci", "--service-account", "deployer",
                                    "--proxy-url", "http://me:hunter2@p:1")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertNotIn("hunter2", result.stderr)
        self.profile("http://%s@127.0.0.1:1" % WRITTEN)
        os.chmod(self.box.profile_path("p"), 0o644)
        self.fails("chmod 600", code=3)

    def test_credentials_that_cannot_be_used(self):
        for url in ("http://me:%zz@127.0.0.1:1", "http://a%3Ab:c@127.0.0.1:1",
                    "http://me:a%0Ab@127.0.0.1:1", "http://me:%4@127.0.0.1:1"):
            proxy = self.keep(Script(b"", hang=True))
            self.profile(url.replace(":1", ":%d" % proxy.port))
            self.fails("cannot be used", code=3)
            self.assertEqual(proxy.seen, [])
        for user, word in (("", "x"), ("x" * 256, "x"), ("x", "x" * 256)):
            proxy = self.keep(Script(b"", hang=True))
            self.profile("socks5://%s:%s@127.0.0.1:%d" % (user, word, proxy.port))
            self.fails("1 to 255", code=3)
            self.assertEqual(proxy.seen, [])

    def test_the_longest_credentials_of_socks(self):
        proxy = self.keep(Script(b"\5\2", b"\1\1"))
        self.profile("socks5://%s:%s@127.0.0.1:%d" % ("x" * 255, "y" * 255, proxy.port))
        self.fails("does not accept")
        self.assertEqual(proxy.seen[1], b"\1\xff" + b"x" * 255 + b"\xff" + b"y" * 255)

    def test_kubectl_is_given_socks5(self):
        self.profile("socks5h://127.0.0.1:1080")
        result = self.box.leasehold("kubeconfig", "add", "p")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertIn("proxy-url: socks5://127.0.0.1:1080\n", file.read())

    # --- liars --------------------------------------------------------------------------------

    def test_http_proxies_that_misbehave(self):
        for answer, words in (
                (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "407"),
                (b"HTTP/1.1 403 Forbidden\r\n\r\n", "403"),
                (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\nwords", "502"),
                (b"HTTP/1.1 199 Wait\r\n\r\n", "199"), (b"HTTP/1.1 300 Choose\r\n\r\n", "300"),
                (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "302"),
                (b"HTTP/1.1 100 Continue\r\n\r\n", "100"),
                (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "101"),
                (b"HTTP/1.1 200 OK\r\n\r\nsmuggled", "bytes of its own"),
                (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "bytes of its own"),
                (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", "does not speak HTTP"),
                (b"garbage\r\n\r\n", "does not speak HTTP"),
                (b"HTTP/1.1 abc\r\n\r\n", "does not speak HTTP"),
                (b"HTTP/3.0 200 OK\r\n\r\n", "does not speak HTTP"),
                (b"\5\0", "broke"),
                (b"HTTP/1.1 200", "broke"),
                (b"", "broke"),
                (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "too large")):
            proxy = self.keep(Script(answer))
            self.profile("http://%s@127.0.0.1:%d" % (WRITTEN, proxy.port))
            with self.subTest(answer=answer[:40]):
                result = self.fails(words)
                self.assertIn('the proxy "http://127.0.0.1:%d"' % proxy.port, result.stderr)
                self.assertEqual(len(proxy.seen), 1, "bytes went on")

    def test_socks_proxies_that_misbehave(self):
        good, name = b"\5\0", b"\5\0\0\1\0\0\0\0\0\0"
        for answers, words in (
                ((b"\4\0",), "another version"), ((b"HTTP/1.1 400 Bad\r\n\r\n",), "another version"),
                ((b"\5\1",), "not offered"), ((b"\5\2",), "not offered"),
                ((b"\5\xff",), "wants a user name"), ((b"\5",), "broke"), ((b"",), "broke"),
                ((good, b"\4\0\0\1"), "another version"), ((good, b"\5\0\7\1"), "another version"),
                ((good, b"\5\x09\0\1"), "not known"), ((good, b"\5\xff\0\1"), "not known"),
                ((good, b"\5\0\0\2" + b"\0" * 6), "no known type"),
                ((good, b"\5\0\0\1\0\0"), "broke"), ((good, b"\5\0\0\3\xffabc"), "broke"),
                ((good, name + b"smuggled"), "bytes of its own"),
                *(((good, b"\5" + bytes([code]) + b"\0\1" + b"\0" * 6), "does not open the way")
                  for code in range(1, 9))):
            proxy = self.keep(Script(*answers))
            self.profile("socks5://127.0.0.1:%d" % proxy.port)
            with self.subTest(answers=answers):
                result = self.fails(words)
                self.assertIn('the proxy "socks5://127.0.0.1:%d"' % proxy.port, result.stderr)
                self.assertEqual(len(proxy.seen), len(answers), "bytes went on")

    def test_socks_proxies_that_lie_about_the_password(self):
        for answers, words in (((b"\5\2", b"\1\1"), "does not accept"),
                               ((b"\5\2", b"\5\0"), "another version"), ((b"\5\2", b"\1"), "broke"),
                               ((b"\5\xff",), "takes no user name")):
            proxy = self.keep(Script(*answers))
            self.profile("socks5://%s@127.0.0.1:%d" % (WRITTEN, proxy.port))
            with self.subTest(answers=answers):
                self.fails(words)

    def test_a_proxy_that_wants_no_password_gets_none(self):
        proxy = self.keep(Script(b"\5\0", b"\5\1\0\1" + b"\0" * 6))
        self.profile("socks5://%s@127.0.0.1:%d" % (WRITTEN, proxy.port))
        self.fails("does not open the way")
        self.assertNotIn(PASSWORD.encode(), b"".join(proxy.seen))

    def test_proxies_that_never_answer(self):
        authority, _, _ = certificate_for_proxy(Authority(self.box.home))
        for scheme, answers in (("http", (b"HTTP/1.1 200 OK\r\n",)), ("https", (b"",)),
                                ("socks5", (b"\5",)), ("socks5", (b"\5\0", b"\5\0\0")),
                                ("socks5h", (b"",))):
            proxy = self.keep(Script(*answers, hang=True))
            self.profile("%s://127.0.0.1:%d" % (scheme, proxy.port))
            result = self.fails("the proxy", code=6, SSL_CERT_FILE=authority)
            self.assertRegex(result.stderr, "does not answer|took too long")

    def test_a_proxy_that_is_not_there_is_not_gone_around(self):
        authority, _, _ = certificate_for_proxy(Authority(self.box.home))
        for scheme in ("http", "https", "socks5", "socks5h"):
            self.profile("%s://127.0.0.1:1" % scheme)
            self.fails("Connection refused", SSL_CERT_FILE=authority)


if __name__ == "__main__":
    unittest.main(verbosity=1)
