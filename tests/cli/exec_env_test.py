"""What the author of a kubeconfig may choose by exec.env: nothing (INP-2)."""

import json
import os
import subprocess
import time
import unittest

from case import PROGRAM, Case, exec_info
from tests.support.machine import need_plain_programs


class ExecEnv(Case):
    def setUp(self):
        super().setUp()
        self.info = exec_info(self.api.server, self.api.ca_data)

    def called(self, profile="dev", client=None, author=None):
        """As a client calls: it was started with the sandbox's environment and `client`'s, and
        puts `author`'s, the kubeconfig's exec.env, over that."""
        words = ["env", *(f"{name}={value}" for name, value in (author or {}).items()),
                 "KUBERNETES_EXEC_INFO=" + self.info, PROGRAM, "credential", "--profile", profile]
        return subprocess.run(["/bin/sh", "-c", '"$@"; exit $?', "sh", *words],
                              env=dict(self.box.environment, **(client or {})), text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=120,
                              check=False)

    def served(self, *arguments, **options):
        result = self.called(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["status"]["token"]

    def refused(self, *words, code=3, **options):
        result = self.called(**options)
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        return result.stderr

    def plugin_profile(self, log, **exec_fields):
        """A profile whose requester is a bare command's plugin; each run is told in `log`."""
        with open(self.api.admin_token_file, encoding="utf-8") as file:
            answer = json.dumps({"kind": "ExecCredential",
                                 "apiVersion": "client.authentication.k8s.io/v1",
                                 "status": {"token": file.read().strip()}})
        os.makedirs(self.box.path("tools"), mode=0o700)
        self.box.write("tools/cloud-login", f"#!/bin/sh\nenv >>{log}\necho '{answer}'\n", 0o700)
        self.box.write("cloud", self.plugin_kubeconfig("cloud-login", **exec_fields))
        self.ok("profile", "add", "cloud", "--from-context", "a", "--from-kubeconfig",
                self.box.path("cloud"), "--namespace", "ci", "--service-account", "deployer",
                "--no-revocable", environment={
                    "PATH": self.box.path("tools") + ":" + self.box.environment["PATH"]})

    def test_places_are_the_clients(self):
        self.profile()
        token = self.served()
        for name, below in (("LEASEHOLD_CONFIG_DIR", ""), ("XDG_CONFIG_HOME", "/leasehold"),
                            ("HOME", "/.config/leasehold")):
            with self.subTest(name):
                place = self.box.path("checkout-" + name)
                with open(self.box.profile_path("dev"), encoding="utf-8") as file:
                    self.box.write(f"checkout-{name}{below}/profiles/dev.yaml", file.read())
                before = self.api.counters()["requests"]
                self.refused(name, "exec.env", author={name: place})
                self.assertEqual(self.api.counters()["requests"], before)
                # The client's own environment is the user's.
                self.assertNotEqual(self.served(client={name: place}), token)
        for name in ("LEASEHOLD_RUNTIME_DIR", "LEASEHOLD_STATE_DIR", "XDG_STATE_HOME",
                     "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            with self.subTest(name):
                self.refused(name, author={name: self.box.path("elsewhere")})
        self.assertEqual(self.served(), token)

    def test_the_place_of_the_user_database_needs_no_client(self):
        # Nothing of the sandbox's may be found there.
        with self.subTest("no profile there"):
            home = os.path.expanduser(f"~{os.environ.get('USER', 'root')}")
            result = self.called("no-such-profile", author={"HOME": home})
            self.assertNotIn("may not set HOME", result.stderr)

    def test_a_persons_own_shell_says_what_counts(self):
        self.profile()
        place = self.box.path("elsewhere")
        with open(self.box.profile_path("dev"), encoding="utf-8") as file:
            self.box.write("elsewhere/profiles/dev.yaml", file.read())
        self.ok("credential", "--profile", "dev", environment={"LEASEHOLD_CONFIG_DIR": place})

    def test_a_plugin_is_the_one_of_the_day_the_profile_was_made(self):
        log = self.box.path("log")
        self.plugin_profile(log)
        with open(self.box.profile_path("cloud"), encoding="utf-8") as file:
            self.assertIn(self.box.path("tools/cloud-login"), file.read())
        os.makedirs(self.box.path("evil"))
        stolen = self.box.path("stolen")
        for name in ("cloud-login", "env", "sh"):
            self.box.write("evil/" + name, f"#!/bin/sh\n: >{stolen}\nexit 1\n", 0o700)
        path = self.box.path("evil") + ":/usr/bin:/bin"
        self.assertTrue(self.served("cloud", author={"PATH": path}))
        self.assertFalse(os.path.exists(stolen), "a program of the kubeconfig's author ran")
        with open(log, encoding="utf-8") as file:
            self.assertNotIn(self.box.path("evil"), file.read())

    def test_another_plugin_under_the_same_context_is_refused(self):
        self.plugin_profile(self.box.path("log"))
        with open(self.box.path("cloud"), encoding="utf-8") as file:
            text = file.read()
        self.box.write("cloud", text.replace('"cloud-login"', '"other-login"'))
        self.refused("other-login", "requester.command", profile="cloud")

    def test_whom_a_plugin_speaks_for_is_not_the_authors_choice(self):
        self.plugin_profile(self.box.path("log"))
        mine = self.served("cloud", client={"AWS_PROFILE": "mine"})
        self.refused("AWS_PROFILE", "environment: [AWS_PROFILE]", profile="cloud",
                     client={"AWS_PROFILE": "mine"}, author={"AWS_PROFILE": "theirs"})
        self.refused("AWS_PROFILE", profile="cloud", author={"AWS_PROFILE": "theirs"})
        # Another of the client's own is another identity, and so another lease.
        self.assertNotEqual(self.served("cloud", client={"AWS_PROFILE": "other"}), mine)
        self.assertEqual(self.served("cloud", client={"AWS_PROFILE": "mine"}), mine)
        self.rewrite_profile("cloud", "kubernetes:", "environment: [AWS_PROFILE]\nkubernetes:")
        self.assertTrue(self.served("cloud", author={"AWS_PROFILE": "theirs"}))

    def test_a_plugin_gets_what_is_let_through_and_no_more(self):
        log = self.box.path("log")
        self.plugin_profile(log)
        author = {"ODD_SETTING": "theirs", "AWS_REGION": "nowhere"}
        client = {"ODD_SETTING": "mine", "AWS_REGION": "here", "SOME_TOKEN": "CANARY"}
        self.served("cloud", client=client, author=author)
        with open(log, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("AWS_REGION=here", text)
        for absent in ("CANARY", "ODD_SETTING", "nowhere"):
            self.assertNotIn(absent, text)
        self.rewrite_profile("cloud", "kubernetes:", "environment: [ODD_SETTING]\nkubernetes:")
        self.served("cloud", client=client, author=author)
        with open(log, encoding="utf-8") as file:
            self.assertIn("ODD_SETTING=theirs", file.read())

    def test_the_jwt_of_a_job_is_the_clients(self):
        self.ok("profile", "add", "job", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer",
                "--no-revocable", "--requester-oidc", "variable", "--requester-oidc-variable",
                "JOB_JWT")
        jwt = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2NpIiwic3ViIjoiam9iIn0.c2ln"
        before = self.api.counters()["requests"]
        self.refused("JOB_JWT", "environment: [JOB_JWT]", profile="job", author={"JOB_JWT": jwt})
        self.assertEqual(self.api.counters()["requests"], before)
        # The client's own is asked with; what the server thinks of it is another matter.
        self.called("job", client={"JOB_JWT": jwt})
        self.assertGreater(self.api.counters()["requests"], before)

    def trusting_profile(self, name="open"):
        """A profile that leaves its trust to the system, and so to SSL_CERT_FILE."""
        self.info = exec_info(self.api.server)
        self.ok("profile", "add", name, "--server", self.api.server, "--namespace", "ci",
                "--service-account", "deployer", "--no-revocable", "--requester-token-file",
                self.api.admin_token_file)

    def test_trust_is_the_clients(self):
        self.trusting_profile("theirs")
        self.trusting_profile("open")
        self.refused("SSL_CERT_FILE", code=5, profile="theirs",
                     author={"SSL_CERT_FILE": self.api.ca})
        self.assertTrue(self.served("open", client={"SSL_CERT_FILE": self.api.ca}))

    def test_so_it_is_for_the_work_behind_a_hit(self):
        self.trusting_profile()
        self.api.fault("token", path="/token$", shorten_to=40)
        client = {"SSL_CERT_FILE": self.api.ca}
        token = self.served("open", client=client)
        self.assertEqual(self.served("open", client=client), token)
        before = self.token_requests()
        # Trust of the author's would make the renewal fail; it is done with the client's, while
        # the old token is served.
        nothing = self.box.write("nothing.pem", "")
        self.info += " "  # asked in another way, so that no clearance is there but by this call
        while self.token_requests() == before:
            self.assertEqual(self.served("open", client=client,
                                         author={"SSL_CERT_FILE": nothing}), token)
            time.sleep(0.4)

    def test_so_it_is_for_the_check_behind_a_hit(self):
        self.trusting_profile()
        reviews = lambda: sum(1 for one in self.api.requests()
                              if one.get("path", "").endswith("selfsubjectreviews"))
        client = {"SSL_CERT_FILE": self.api.ca}
        self.rewrite_profile("open", "kubernetes:", "recheck: 5s\nkubernetes:")
        token = self.served("open", client=client)
        before = reviews()
        nothing = self.box.write("nothing.pem", "")
        # Trust of the author's would make the check fail.
        while reviews() == before:
            self.assertEqual(self.served("open", client=client,
                                         author={"SSL_CERT_FILE": nothing}), token)
            time.sleep(0.4)

    def test_the_loader_obeys_no_kubeconfig(self):
        need_plain_programs("a program without a loader")
        self.profile()
        result = self.called(author={"LD_PRELOAD": "/no/such/library.so", "LD_DEBUG": "libs",
                                     "GLIBC_TUNABLES": "glibc.malloc.check=3"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_proxies_and_languages_may_change_while_a_client_runs(self):
        self.profile()
        self.assertTrue(self.served(author={"LANG": "de_DE.UTF-8", "NO_PROXY": "127.0.0.1",
                                            "HTTPS_PROXY": "http://127.0.0.1:1"}))

    def test_the_names_in_a_profile_are_names(self):
        self.profile()
        self.rewrite_profile("dev", "kubernetes:", "environment: [\"A=B\"]\nkubernetes:")
        self.assertIn("no name of a variable", self.fails(3, "credential", "--profile", "dev"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
