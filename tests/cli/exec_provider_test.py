"""The provider `exec`: any exec plugin, run as client-go would run it, and what it prints kept."""

import base64
import json
import os
import pty
import select
import signal
import time
import unittest

from exec_case import VERSION, ExecCase, answer, exec_info
from case import PROGRAM
from tests.support.sessions import wait_for


def at(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Tokens(ExecCase):
    def test_a_token_is_kept(self):
        self.prints(answer("first", expirationTimestamp=at(3600)))
        self.wrapped()
        self.assertEqual(self.status()["token"], "first")
        self.prints(answer("second"))
        for _ in range(3):
            self.assertEqual(self.status()["token"], "first")
        self.assertEqual(self.runs(), 1)

    def test_without_an_end_it_is_kept_for_the_ttl(self):
        self.prints(answer())
        self.wrapped("usual")
        self.wrapped("own", "--ttl", "2m")
        for name, seconds in (("usual", 300), ("own", 120)):
            end = self.status(name)["expirationTimestamp"]
            self.assertTrue(at(seconds / 2) < end <= at(seconds), end)

    def test_a_jwt_that_ends_before_is_believed(self):
        claims = {"sub": "ada", "exp": int(time.time()) + 900}
        part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = "e30." + part + ".c2ln"
        self.prints(answer(token, expirationTimestamp=at(7200)))
        self.wrapped()
        self.assertLess(self.status()["expirationTimestamp"], at(900))
        rows = json.loads(self.ok("lease", "list", "-o", "json"))
        self.assertEqual(rows[0]["subject"], "ada")

    def test_what_the_plugin_gets(self):
        self.plugin('env > %s; printf %%s "$*" > %s\ncat <<EOF\n%s\nEOF' % (
            self.box.path("got"), self.box.path("words"), answer()))
        self.wrapped("dev", "--arg", "get-token", "--arg=--cluster=a b", "--env", "AWS_PROFILE=prod",
                     "--provide-cluster-info")
        self.ok("lease", "create", "--profile", "dev",
                environment={"AWS_PROFILE": "other", "MY_SECRET": "x", "AWS_REGION": "eu"})
        with open(self.box.path("got"), encoding="utf-8") as file:
            got = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
        self.assertEqual((got["AWS_PROFILE"], got["AWS_REGION"]), ("prod", "eu"))
        self.assertNotIn("MY_SECRET", got)
        info = json.loads(got["KUBERNETES_EXEC_INFO"])
        self.assertEqual(info["apiVersion"], VERSION)
        self.assertEqual(info["spec"]["interactive"], False)
        self.assertEqual(info["spec"]["cluster"]["server"], self.api.server)
        with open(self.box.path("words"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "get-token --cluster=a b")

    def test_the_command_is_settled_when_the_profile_is_made(self):
        first = self.prints(answer("right"))
        self.wrapped()
        self.box.write("other/tool", "#!/bin/sh\nexit 9\n", 0o755)
        self.box.environment["PATH"] = self.box.path("other") + ":" + self.box.environment["PATH"]
        self.assertEqual(self.status()["token"], "right")
        self.assertIn(first, self.ok("profile", "show", "dev"))
        self.rewrite_profile("dev", first, "tool")
        self.assertIn("absolute path", self.fails(3, "credential", "--profile", "dev"))

    def interrupt(self, body, times):
        """Signals leasehold alone, as an IDE does; answers stderr."""
        self.plugin("echo $$ > %s\n%s" % (self.box.path("pid"), body))
        self.wrapped("dev", "--force")
        process = self.box.start(PROGRAM, "credential", "--profile", "dev")
        self.assertTrue(wait_for(lambda: self.box.lines("pid")), "the plugin did not start")
        with open(self.box.path("pid"), encoding="ascii") as file:
            plugin = int(file.read())
        for _ in range(times):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        output, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (130, ""), error)
        self.assertTrue(wait_for(lambda: not os.path.exists("/proc/%d" % plugin)),
                        "the plugin goes on")
        return error

    def test_LEASE_4_the_plugin_of_an_interrupted_call_ends(self):
        """And nobody is sent to `lease list`, which could not show what a plugin makes."""
        error = self.interrupt("exec sleep 300", 1)
        self.assertEqual(error, "leasehold: error: interrupted\n")
        self.prints(answer("next"))
        self.assertEqual(self.status()["token"], "next", "a failure was remembered")

    def test_LEASE_4_a_plugin_that_does_not_let_itself_be_ended_is_killed(self):
        error = self.interrupt("trap '' TERM; while :; do sleep 0.1; done", 2)
        self.assertEqual(error, "leasehold: error: interrupted\n")

    def test_a_kubeconfig_chooses_nothing(self):
        """Its exec.env may name no other identity, and its arguments no other plugin."""
        self.prints(answer())
        self.wrapped("dev", "--depends-on", "MY_TENANT")
        info = exec_info(self.api.server, self.api.ca_data)
        called = self.box.run(
            "/bin/sh", "-c", 'MY_TENANT=theirs KUBERNETES_EXEC_INFO="$INFO" "$@"; exit $?', "sh",
            PROGRAM, "credential", "--profile", "dev", environment={"INFO": info})
        self.assertEqual((called.returncode, called.stdout), (3, ""))
        self.assertIn("may not set MY_TENANT", called.stderr)
        self.fails(2, "credential", "--profile", "dev", "--command", "/bin/sh")
        self.assertEqual(self.runs(), 0)

    def test_what_it_depends_on_is_another_credential(self):
        self.plugin('printf \'{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"%%s"}}\''
                    ' "$AWS_PROFILE-$MY_TENANT-$(cat %s)"' % (VERSION, self.box.path("file")), "aws")
        self.box.write("file", "one")
        self.wrapped("dev", "--depends-on", "MY_TENANT", "--depends-on", self.box.path("file"),
                     command="aws")
        seen = []
        for profile, tenant, content in (("a", "b", "one"), ("c", "b", "one"), ("a", "d", "one"),
                                         ("a", "b", "two"), ("a", "b", "one")):
            self.box.write("file", content)
            seen.append(self.status(environment={"AWS_PROFILE": profile,
                                                 "MY_TENANT": tenant})["token"])
        self.assertEqual(seen, ["a-b-one", "c-b-one", "a-d-one", "a-b-two", "a-b-one"])
        self.assertEqual(self.runs(), 4)

    def test_secrets_in_arguments_are_not_shown(self):
        self.prints(answer())
        self.wrapped("dev", "--arg=--oidc-client-secret=hunter2", "--arg=--password",
                     "--arg=hunter3", "--env", "MY_TOKEN=hunter4")
        for form in ("table", "json", "yaml"):
            self.assertNotIn("hunter", self.ok("profile", "show", "dev", "-o", form))
        self.status()
        self.assertNotIn("hunter", self.ok("cache", "list", "-o", "json"))

    def test_logout_forgets(self):
        self.prints(answer())
        self.wrapped()
        self.status()
        self.ok("logout", "--profile", "dev")
        self.assertEqual(json.loads(self.ok("lease", "list", "-o", "json")), [])
        self.status()
        self.assertEqual(self.runs(), 2)

    def test_profile_check_runs_nothing(self):
        path = self.prints(answer())
        self.wrapped()
        self.assertIn("answers over verified TLS", self.ok("profile", "check", "dev"))
        os.remove(path)
        self.assertNotEqual(self.leasehold("profile", "check", "dev").returncode, 0)
        self.assertEqual(self.runs(), 0)


class Pairs(ExecCase):
    def test_a_certificate_with_its_key_is_kept(self):
        certificate, key = self.key_pair()
        self.prints(answer(None, clientCertificateData=certificate, clientKeyData=key))
        self.wrapped("dev", "--ttl", "1h")
        first = self.status()
        self.assertEqual((first["clientCertificateData"], first["clientKeyData"]),
                         (certificate, key))
        self.assertNotIn("token", first)
        self.assertEqual(self.status(), first)
        self.assertEqual(self.runs(), 1)
        rows = json.loads(self.ok("lease", "list", "-o", "json"))
        self.assertIn("CN=ada", rows[0]["subject"])
        self.assertNotIn(key.splitlines()[1], json.dumps(rows))

    def test_both_are_kept(self):
        certificate, key = self.key_pair()
        self.prints(answer("t", clientCertificateData=certificate, clientKeyData=key))
        self.wrapped()
        for _ in range(2):
            self.assertEqual(set(self.status()), {"token", "clientCertificateData",
                                                  "clientKeyData", "expirationTimestamp"})

    def test_its_own_end_counts(self):
        certificate, key = self.key_pair(days="1")
        self.prints(answer(None, clientCertificateData=certificate, clientKeyData=key,
                           expirationTimestamp=at(9 * 86400)))
        self.wrapped()
        self.assertLess(self.status()["expirationTimestamp"], at(86401))

    def test_another_key_is_refused(self):
        certificate, _ = self.key_pair()
        _, key = self.key_pair()
        self.prints(answer(None, clientCertificateData=certificate, clientKeyData=key))
        self.wrapped()
        self.assertIn("not the certificate's key", self.fails(7, "credential", "--profile", "dev"))


class Hostile(ExecCase):
    def fails_with(self, code, words, text):
        self.prints(text)
        self.assertIn(words, self.fails(code, "credential", "--profile", "dev"))

    def test_answers_that_are_none(self):
        self.prints("")
        self.wrapped()
        for code, words, text in (
                (7, "nothing", ""),
                (7, "JSON", "I: logging in\n" + answer()),
                (7, "JSON", answer() + "\nI: done"),
                (7, "apiVersion", answer(version="client.authentication.k8s.io/v1beta1")),
                (7, "without a token", answer(None)),
                (7, "not both", answer(None, clientCertificateData="x")),
                (7, "no PEM", answer(None, clientCertificateData="x", clientKeyData="y")),
                (7, "ended at", answer(expirationTimestamp=at(-60))),
                (7, "no time", answer(expirationTimestamp="tomorrow")),
                (7, "no request can carry", answer("two\nlines")),
                (7, "bytes", answer("x" * 100_000)),
                (7, "without end", answer("x" * 2_000_000))):
            with self.subTest(words):
                self.fails_with(code, words, text)
        self.assertEqual(json.loads(self.ok("lease", "list", "-o", "json")), [])

    def test_a_quote_in_a_token_stays_inside(self):
        self.prints(answer('a","clientKeyData":"b'))
        self.wrapped()
        for _ in range(2):
            self.assertEqual(self.status()["token"], 'a","clientKeyData":"b')

    def test_what_it_says_is_told_without_its_escapes(self):
        self.plugin("printf 'first\\n\\033[31mlog in again\\n' >&2; exit 3")
        self.wrapped()
        said = self.fails(4, "credential", "--profile", "dev")
        self.assertIn("exit code 3", said)
        self.assertIn("log in again", said)
        self.assertNotIn("\033", said)

    def test_one_that_hangs_ends_with_the_deadline(self):
        self.plugin("sleep 600 & echo $! > %s; wait" % self.box.path("child"))
        self.wrapped("dev", "--deadline", "2s")
        self.assertIn("in time", self.fails(6, "credential", "--profile", "dev"))
        with open(self.box.path("child"), encoding="ascii") as file:
            child = file.read().strip()
        try:
            with open("/proc/" + child + "/stat", encoding="ascii") as file:
                state = file.read().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            state = "gone"
        self.assertIn(state, ("gone", "Z"), "its child is still running")

    def test_a_child_that_stays_behind_is_not_waited_for(self):
        """Agents and browsers hold the plugin's stdout open, and may write to it later."""
        self.plugin("(sleep 300; echo late) &\necho $! > %s\ncat <<EOF\n%s\nEOF" % (
            self.box.path("child"), answer("right")))
        self.wrapped("dev", "--deadline", "20s")
        self.assertEqual(self.status()["token"], "right")
        with open(self.box.path("child"), encoding="ascii") as file:
            child = int(file.read())
        os.kill(child, 9)

    def test_silent_on_success(self):
        self.plugin("echo a warning >&2\ncat <<EOF\n%s\nEOF" % answer())
        self.wrapped()
        self.assertEqual(self.leasehold("credential", "--profile", "dev").stderr, "")


class Terminal(ExecCase):
    """A person is asked where the client has a terminal and the plugin wants one."""

    ASKS = ('case $KUBERNETES_EXEC_INFO in *\'"interactive":true\'*) ;; *) exit 7 ;; esac\n'
            'printf "code: " >&2; read -r code\ncat <<EOF\n%s\nEOF' % answer("for-$code"))

    def at_terminal(self, typed, interactive=True):
        """kubectl's part: a terminal, and exec info that says so. What was shown, and stdout."""
        out = self.box.path("stdout")
        info = json.loads(exec_info(self.api.server, self.api.ca_data))
        info["spec"]["interactive"] = interactive
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.clear()
            os.environ.update(self.box.environment, KUBERNETES_EXEC_INFO=json.dumps(info))
            line = '"%s" credential --profile dev > %s; exit $?' % (PROGRAM, out)
            os.execv("/bin/sh", ["/bin/sh", "-c", line])
        shown = b""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    got = os.read(terminal, 4096)
                except OSError:
                    break
                if not got:
                    break
                shown += got
                if b"code: " in shown and typed:
                    os.write(terminal, typed)
                    typed = b""
        os.close(terminal)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with open(out, encoding="utf-8") as file:
            return code, shown.decode(), file.read()

    def test_it_asks_and_is_answered(self):
        self.plugin(self.ASKS)
        for mode in ("if-available", "always"):
            self.wrapped("dev", "--interactive", mode, "--force")
            code, shown, out = self.at_terminal(b"1234\n")
            self.assertEqual((code, json.loads(out)["status"]["token"]), (0, "for-1234"), shown)
            self.ok("cache", "clear")

    def test_never_means_never(self):
        self.plugin(self.ASKS)
        self.wrapped()
        code, shown, out = self.at_terminal(b"1234\n")
        self.assertEqual((code, out), (4, ""))
        self.assertNotIn("code: ", shown)

    def test_the_words_of_one_that_asks_nobody_do_nothing_to_the_terminal(self):
        self.plugin("printf '\\033]0;owned\\007no credentials' >&2; exit 1")
        self.wrapped()
        code, shown, out = self.at_terminal(b"")
        self.assertEqual((code, out), (4, ""))
        self.assertNotIn("\033]0;", shown)
        self.assertIn("no credentials", shown)

    def test_without_a_terminal_nobody_is_asked(self):
        """Clients say that they are interactive without being it, and their pipes never end."""
        self.plugin(self.ASKS)
        self.wrapped("dev", "--interactive", "always")
        info = json.loads(exec_info(self.api.server, self.api.ca_data))
        info["spec"]["interactive"] = True
        reading, writing = os.pipe()
        self.addCleanup(os.close, writing)
        with os.fdopen(reading) as stdin:
            self.assertIn("no terminal", self.fails(
                3, "credential", "--profile", "dev", stdin=stdin,
                environment={"KUBERNETES_EXEC_INFO": json.dumps(info)}))
        self.assertEqual(self.runs(), 0)


if __name__ == "__main__":
    unittest.main()
