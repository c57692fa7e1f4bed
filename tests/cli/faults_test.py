"""What servers can do to leasehold: it ends in time, says what happened, and prints no token."""

import os
import socket
import subprocess
import time
import unittest

from case import PROGRAM, TOKEN_PATH, Case
from tests.support.machine import SLACK


class Faults(Case):
    def refused(self, code, words, name="dev"):
        """The call fails with this code and these words, within the deadline."""
        begin = time.monotonic()
        text = self.fails(code, "credential", "--profile", name)
        self.assertLess(time.monotonic() - begin, 5 + SLACK, "the deadline was not kept")
        self.assertIn(words, text)
        self.assertIn("hint: ", text)
        return text

    def setUp(self):
        super().setUp()
        self.profile("dev", "--deadline", "5s")

    def test_status_answers(self):
        for status, code, words in ((401, 4, "401"), (403, 4, "403"), (404, 3, "404"),
                                    (500, 5, "500"), (502, 5, "502"), (429, 5, "busy")):
            self.api.clear()
            self.api.fault("answer", path=TOKEN_PATH, status=status, message="words of the server",
                           headers={"Retry-After": "30"})
            self.leasehold("cache", "clear")
            name = "s%d" % status
            self.profile(name, "--deadline", "5s")
            text = self.fails(code, "credential", "--profile", name)
            self.assertIn(words, text)
            self.assertIn("the server says: words of the server", text)

    def test_words_of_the_server_are_escaped_and_cut(self):
        self.api.fault("answer", path=TOKEN_PATH, status=403,
                       message="\x1b]0;owned\x07\u202e" + "A" * 100000 + "\nleasehold: fake")
        text = self.refused(4, "\\x1b]0;owned")
        self.assertLess(len(text), 2000)
        self.assertNotIn("\x1b", text)
        self.assertNotIn("leasehold: fake", text)

    def test_busy_server_is_asked_again_as_it_says(self):
        self.api.fault("answer", path=TOKEN_PATH, status=429, headers={"Retry-After": "1"}, times=2)
        self.credential()

    def test_hang(self):
        self.api.fault("hang", path=TOKEN_PATH)
        self.refused(6, "did not answer in time")

    def test_reset_before_and_after(self):
        for when in ("before", "after"):
            self.api.clear()
            self.api.fault("reset", path=TOKEN_PATH, when=when)
            name = "reset-" + when
            self.profile(name, "--deadline", "5s", "--no-revocable")
            before = self.token_requests()
            self.refused(5, "ended the connection", name)
            self.assertEqual(self.token_requests() - before, 1, "it was asked again blindly")

    def test_truncated_and_garbage_answers(self):
        self.api.fault("drop-body", path=TOKEN_PATH)
        self.refused(5, "before its answer was complete")
        self.api.clear()
        self.profile("g", "--deadline", "5s")
        self.api.fault("garbage", path=TOKEN_PATH)
        self.fails(7, "credential", "--profile", "g")

    def test_answers_that_are_no_token(self):
        for number, body in enumerate(("", "{}", "[]", "<html>", '{"status":{"token":""}}',
                                       '{"status":{"token":"a.b.c","expirationTimestamp":'
                                       '"2099-01-01T00:00:00Z"}}',
                                       '{"a":1,"a":2}', "[" * 100000)):
            self.api.clear()
            self.api.fault("answer", path=TOKEN_PATH, status=201, body=body)
            name = "b%d" % number
            self.profile(name, "--deadline", "5s")
            self.fails(7, "credential", "--profile", name)

    def test_tokens_that_are_for_somebody_else(self):
        for number, spoil in enumerate((
                {"claims": {"sub": "system:serviceaccount:kube-system:admin"}},
                {"claims": {"kubernetes.io": {"namespace": "x"}}},
                {"claims": {"exp": None}}, {"claims": {"exp": 1}}, {"claims": {"exp": "soon"}},
                {"claims_from_now": {"exp": 90000}}, {"claims_from_now": {"nbf": 3600}},
                {"header": {"alg": "none"}}, {"token": "opaque"}, {"token": "a\nb.c.d"})):
            self.api.clear()
            self.api.fault("token", path=TOKEN_PATH, **spoil)
            name = "t%d" % number
            self.profile(name, "--deadline", "5s")
            self.fails(7, "credential", "--profile", name)
            self.assertEqual(self.ok("cache", "list", "--profile", name), "the cache is empty\n")

    def test_redirects_are_not_followed(self):
        self.api.fault("answer", path=TOKEN_PATH, status=307,
                       headers={"Location": "https://evil.example/steal\x07"[:-1]})
        text = self.fails(7, "credential", "--profile", "dev")
        self.assertIn("https://evil.example/steal", text)

    def test_a_shortened_token_is_timed_by_its_real_end(self):
        self.api.fault("token", path=TOKEN_PATH, shorten_to=900)
        self.ok("lease", "create", "--profile", "dev", "-o", "json")
        result = self.leasehold("lease", "create", "--profile", "dev")
        self.assertIn("the server warns", result.stderr)

    def test_an_older_token_is_served_while_a_new_one_is_not_to_be_had(self):
        self.profile("old", "--ttl", "10m", "--store", "file")
        token = self.credential("old")["status"]["token"]
        self.api.fault("answer", path=TOKEN_PATH, status=500)
        # 6 minutes later: too old to be handed out when another can be had, and still valid.
        result = self.box.run("faketime", "-f", "+360s", PROGRAM, "credential", "--profile", "old",
                              environment={"FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        # The front is static and sees the real clock; the file store is the full program's.
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(token, result.stdout)

    def test_nothing_listens(self):
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        self.rewrite_kubeconfig("https://127.0.0.1:1")
        self.refused(5, "127.0.0.1:1")

    def test_a_server_that_accepts_and_is_silent(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = "https://127.0.0.1:%d" % silent.getsockname()[1]
            self.rewrite_profile("dev", self.api.server, server)
            self.rewrite_kubeconfig(server)
            self.refused(6, "TLS handshake")

    def test_a_name_that_does_not_exist(self):
        server = "https://no-such-host.invalid:6443"
        self.rewrite_profile("dev", self.api.server, server)
        self.rewrite_kubeconfig(server)
        text = self.leasehold("credential", "--profile", "dev")
        self.assertIn(text.returncode, (5, 6), text.stderr)
        self.assertIn("no-such-host.invalid", text.stderr)

    def test_another_ca(self):
        other = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", "/dev/null", "-subj", "/CN=other", "-days", "1"],
            capture_output=True, text=True, check=True).stdout
        ca = self.box.write("other.pem", other)
        self.profile("other", "--certificate-authority", ca, "--deadline", "5s")
        self.refused(5, "not trusted", "other")

    def rewrite_kubeconfig(self, server):
        with open(self.box.path("admin"), encoding="utf-8") as file:
            text = file.read()
        self.box.write("admin", text.replace(self.api.server, server))


class ReadersThatDoNotRead(Case):
    """NET-1: the watchdog's own end, whatever does not answer."""

    def full_pipe(self):
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        os.set_blocking(theirs, False)
        try:
            while os.write(theirs, b"x" * 4096):
                pass
        except BlockingIOError:
            pass
        os.set_blocking(theirs, True)
        return theirs

    def end(self, **pipes):
        process = subprocess.Popen([PROGRAM, "credential", "--profile", "dev"],
                                   env=self.box.environment, stdin=subprocess.DEVNULL, **pipes)
        _, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 6, error)
        return error

    def test_a_reader_of_the_credential(self):
        self.profile("dev", "--deadline", "2s", "--store", "none")
        self.assertIn(b"the deadline passed",
                      self.end(stdout=self.full_pipe(), stderr=subprocess.PIPE))

    def test_a_reader_of_the_last_words(self):
        self.profile("dev", "--deadline", "2s", "--store", "none")
        full = self.full_pipe()
        self.end(stdout=full, stderr=full)


if __name__ == "__main__":
    unittest.main(verbosity=1)
