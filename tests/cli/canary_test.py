"""No secret of Infisical's logins, of requesters and of plugins is seen where it does not belong, and
none stays in memory that may be swapped."""

import json
import os
import threading

from canary_case import CanaryCase, main
from tests.infisical_server.client import site_with_shop, static_inputs
from tests.support.machine import need_plain_programs
from tests.support.sandbox import PROGRAM
from tests.support.sessions import wait_for


class Memory(CanaryCase):
    """What a request under way holds is in its connection's buffers, too. What has been sent is in
    locked memory alone, which no dump has: the rest was wiped."""

    def test_what_was_sent_is_in_locked_memory_alone(self):
        secret, session = self.plant("secret id"), self.plant("session")
        self.with_method("approle", "--role-id", "r", "--secret-id-file",
                         self.keep("secret-id", secret))
        self.vault.sessions[session] = "me"
        self.vault.answer("POST", "auth/approle/login", 200, {"auth": {
            "client_token": session, "lease_duration": 3600, "num_uses": 0}})
        release = self.vault.held["kubernetes/creds/static"] = threading.Event()
        with self.box.start(PROGRAM, "lease", "create", "--profile", "dev") as call:
            try:
                wait_for(lambda: any(path == "kubernetes/creds/static"
                                     for _, path, _, _ in self.vault.asked))
                places = self.memory(call.pid)
            finally:
                release.set()
            call.communicate(timeout=60)
        self.assertEqual(call.returncode, 0)
        self.assertIn("session", places[True])
        self.assertNotIn("secret id", places[False])

    def memory(self, process):
        """{whether the mapping is locked and left out of dumps: what is seen there}; the stack, on
        which a request is put together, is whatever the next one leaves of it."""
        need_plain_programs("memory that was given back")
        places, mapping = {True: set(), False: set()}, ""
        with open(f"/proc/{process}/smaps", encoding="utf-8") as maps, \
                open(f"/proc/{process}/mem", "rb", 0) as memory:
            for words in (line.split() for line in maps):
                if not words[0].endswith(":"):
                    mapping = words
                if words[0] != "VmFlags:" or "r" not in mapping[1] or mapping[-1].startswith("[v") \
                        or mapping[-1] == "[stack]":
                    continue
                start, end = (int(text, 16) for text in mapping[0].split("-"))
                memory.seek(start)
                places[{"dd", "lo"} <= set(words)] |= self.canaries.seen(memory.read(end - start))
        return places


class Infisical(CanaryCase):
    def setUp(self):
        super().setUp()
        self.site, self.robot = site_with_shop(self)
        with open(self.api.ca, encoding="ascii") as file:
            self.site.add_definition("shop", "prod", "deployer", static_inputs(
                self.api.server, self.api.token(), file.read(), "ci", "deployer"), path="/k8s")

    def learn(self):
        for secret in self.site.canaries():
            if len(secret) >= 12:
                self.canaries.add("of the site", secret.rpartition(".")[2])

    def profile(self, method, *more, name=None):
        self.ok("profile", "add", name or method, "--provider", "infisical", "--from-context",
                "admin", "--from-kubeconfig", self.box.path("admin"), "--site", self.site.site,
                "--site-certificate-authority", self.site.ca, "--project-slug", "shop",
                "--environment", "prod", "--path", "/k8s", "--dynamic-secret", "deployer",
                "--auth", method, *more)
        return name or method

    def test_each_way_to_log_in(self):
        self.mine.add(self.box.path("admin"))
        login = self.site.add_client_secret(self.robot)
        secret = self.plant("client secret", login["clientSecret"])
        universal = ("--client-id", login["clientId"])
        self.live(self.profile("universal", *universal, name="variable"),
                  {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET": secret})
        self.live(self.profile("universal", *universal, "--client-secret-file",
                               self.keep("client-secret", secret), name="file"))
        other = self.site.add_client_secret(self.site.add_identity("other")["id"])
        self.profile("universal", "--client-id", other["clientId"], name="wrong")
        self.goes_wrong(4, "wrong", {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET": self.plant("wrong")})
        password = self.plant("LDAP password")
        self.site.set_method(self.robot, "ldap", username="ann", password=password)
        self.profile("ldap", "--identity-id", self.robot, "--username", "ann")
        self.watched("login", "--profile", "ldap", "--password-stdin", input=password + "\n")
        self.live("ldap")


class Kubernetes(CanaryCase):
    def test_tokens_in_files_and_kept_ones(self):
        admin = self.plant("the requester's token", self.api.token())
        self.mine.add(self.box.path("admin"))
        base = ("profile", "add", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer")
        self.ok(*base, "file", "--requester-token-file", self.keep("requester", admin))
        self.live("file")
        self.ok(*base, "kept")
        self.watched("login", "--profile", "kept", "--token-stdin", input=admin + "\n")
        self.live("kept")
        self.watched("login", "--profile", "kept", "--token-stdin", code=4,
                     input=self.plant("wrong token") + "\n")
        self.ok(*base, "wrong", "--requester-token-file",
                self.keep("wrong", self.plant("another wrong token")))
        self.goes_wrong(4, "wrong")


class Exec(CanaryCase):
    def allowed(self, program):
        return {"value for the plugin"} if program == self.box.path("tool") else set()

    def told(self, words):
        return {"value for the plugin"} if words[:2] == ("profile", "show") else set()

    def test_a_plugins_variables_and_token(self):
        token = "k8s-" + os.urandom(12).hex()
        answer = self.keep("answer", json.dumps({
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
            "status": {"token": token}}) + "\n")
        self.box.write("tool", f"#!/bin/sh\ntest -n \"$MINE\" || exit 9\nwhile read -r line; do echo \"$line\"; done < {answer}\n", 0o755)
        value = self.plant("value for the plugin")
        self.ok("profile", "add", "tool", "--provider", "exec", "--server", self.api.server,
                "--certificate-authority", self.api.ca, "--command", self.box.path("tool"),
                "--env", f"MINE={value}")
        self.mine.add(self.box.profile_path("tool"))
        other = {"SOME_TOKEN": self.plant("a variable that is not the plugin's")}
        self.live("tool", other)
        self.keep("answer", f"nonsense {self.plant('what a broken plugin says')}\n")
        self.goes_wrong(7, "tool", other)


del CanaryCase

if __name__ == "__main__":
    main()
