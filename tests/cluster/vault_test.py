"""A Vault user's kubectl: leases from a real OpenBao, of a real kube-apiserver, used by the real
kubectl. Left out, with the reason, where OpenBao cannot be had."""

import json
import os
import socket

from real_cluster import wait_for
from tests.openbao import logins
from tests.support.sandbox import PROGRAM
from vault_case import LOGIN, LOOK, VaultCase, lease_of, main

OURS = "serviceaccounts,rolebindings,roles"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Vault(VaultCase):
    def test_a_static_role_and_a_token(self):
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["lease"], ttl="2h")}
        self.profile("setup ci", "static", "--credential", "static", auth=())
        self.assertEqual(self.asked(), [LOOK, lease_of("static")])
        for _ in range(2):
            self.assertEqual(self.whoami(), "system:serviceaccount:ci:deployer")
        self.assertEqual(self.asked(), [], "a hit asked the server")
        self.leasehold("cache", "clear", "--profile", "ci")
        self.whoami()
        self.assertEqual(self.asked()[-1], lease_of("static"))
        lease = self.lease()
        self.assertEqual((lease["state"], lease["revocable"]), ("active", False), lease)
        revoked = self.leasehold("lease", "revoke", lease["id"], code=4)
        self.assertIn("works until", revoked.stdout + revoked.stderr)

    def test_each_dynamic_role_by_approle(self):
        for role in ("binding", "cluster", "rules"):
            with self.subTest(role):
                self.asked()
                more = ("--cluster-role-binding",) if role == "cluster" else ()
                self.profile("setup ci", role, "--namespace", "stage", "--force", *more)
                self.assertEqual(self.asked()[-1:], [lease_of(role)])
                self.assertRegex(self.whoami(), r"^system:serviceaccount:stage:v-approle-")
                allowed = "pods" if role == "rules" else "configmaps"
                wait_for(lambda what=allowed: self.kubectl("get", what, "-n", "stage").returncode
                         == 0, 60, "what the role allows")
                self.assertIn("Forbidden", self.kubectl("get", "secrets", "-n", "stage").stderr)
                self.assertEqual(self.asked(), [], "a hit asked the server")
                lease = self.lease()
                self.assertTrue(lease["revocable"], lease)
                self.leasehold("lease", "revoke", lease["id"])
                left = self.cluster.kubectl("get", OURS, "--namespace", "stage", "-o", "name")
                self.assertNotIn("v-approle-", left)

    def test_cold_warm_and_hit(self):
        self.profile("profile add ci", "binding", "--namespace", "ci")
        self.credential()
        self.assertEqual(self.asked(), [LOGIN, lease_of("binding")])
        self.leasehold("cache", "clear", "--profile", "ci")
        self.credential()
        self.assertEqual(self.asked(), [lease_of("binding")])
        self.credential()
        self.assertEqual(self.asked(), [])

    def test_every_way_to_log_in(self):
        issuer = logins.Issuer(self.bao)
        logins.userpass(self.bao, "alice", "correct-horse")
        certificate, key = logins.certificate(self.bao, self.cluster)
        robot = self.box.write("robot.jwt", logins.kubernetes(self.bao, self.cluster))
        token = self.bao.token(policies=["lease"], ttl="2h")
        self.box.write(".vault-token", token)
        wrapped = logins.secret_id(self.bao, wrapped="5m")
        for auth, variables in {
                ("cli",): {},
                ("jwt", "--auth-role", "job", "--jwt-variable", "JOB"): {"JOB": issuer.jwt()},
                ("kubernetes", "--auth-role", "pod", "--jwt-file", robot): {},
                ("cert", "--auth-role", "dev", "--vault-client-certificate", certificate,
                 "--vault-client-key", key): {},
                ("userpass", "--username", "alice"): {"VAULT_PASSWORD": "correct-horse"},
                ("approle", "--role-id", self.role_id, "--secret-id-wrapped"):
                    {"VAULT_SECRET_ID": wrapped}}.items():
            with self.subTest(auth[0]):
                self.variables = variables
                self.asked()
                self.profile("profile add ci", "static", "--credential", "static", "--force",
                             auth=("--auth", *auth))
                self.credential()
                cold = self.asked()
                self.assertEqual(cold[-1], lease_of("static"))
                self.assertEqual(len(cold), 3 if "--secret-id-wrapped" in auth else 2, cold)
                self.leasehold("cache", "clear", "--profile", "ci")
                self.credential()
                self.assertEqual(self.asked(), [lease_of("static")])

    def test_a_wrong_login_is_made_once(self):
        self.variables = {"VAULT_SECRET_ID": "wrong"}
        self.profile("profile add ci", "static")
        for _ in range(50):
            self.credential(code=4)
        self.assertEqual(self.asked(), [LOGIN])

    def test_a_person_logs_in(self):
        logins.userpass(self.bao, "bob", "battery-staple")
        self.variables = {}
        self.profile("profile add ci", "binding", "--namespace", "ci",
                     auth=("--auth", "userpass", "--username", "bob"))
        self.assertIn("leasehold login --profile ci", self.credential(code=4).stderr)
        self.leasehold("login", "--profile", "ci", "--password-stdin", input="wrong\n", code=4)
        self.leasehold("login", "--profile", "ci", "--password-stdin", input="battery-staple\n")
        self.credential()
        self.leasehold("cache", "clear", "--profile", "ci")
        self.asked()
        self.credential()
        self.assertEqual(self.asked(), [lease_of("binding")])

    def test_a_person_logs_in_by_a_browser(self):
        person = logins.Person(self.bao, free_port())
        self.variables = {}
        for role, more in (("dev", ("--callback-port", str(person.port))),
                           ("direct", ("--callback-mode", "direct"))):
            with self.subTest(role):
                self.profile("profile add ci", "binding", "--namespace", "ci", "--force", *more,
                             auth=("--auth", "oidc", "--auth-role", role))
                self.assertIn("leasehold login --profile ci", self.credential(code=4).stderr)
                with self.box.start(PROGRAM, "login", "--profile", "ci") as login:
                    self.assertEqual(login.stderr.readline(), "log in at:\n")
                    person.visit(login.stderr.readline().strip())
                    said, complained = login.communicate(timeout=60)
                self.assertEqual(login.returncode, 0, complained)
                self.assertIn("logged in for profile ci", said)
                self.asked()
                self.credential()
                self.assertEqual(self.asked(), [lease_of("binding")])
                self.leasehold("logout", "--profile", "ci")

    def test_logout_ends_what_the_session_took(self):
        self.profile("setup ci", "binding", "--namespace", "ci")
        self.profile("setup other", "rules", "--namespace", "ci")
        account = self.whoami("ci").split(":")[-1]
        self.leasehold("logout", "--profile", "ci")
        wait_for(lambda: account not in self.cluster.kubectl(
            "get", "serviceaccounts", "--namespace", "ci", "-o", "name"), 30, "the account's end")
        # The other profile's lease went with the session they shared.
        self.asked()
        self.assertRegex(self.whoami("other"), r"^system:serviceaccount:ci:v-approle-")
        self.assertEqual(self.asked(), [LOGIN, lease_of("rules")])

    # Its leases would end with it, and a login may take a person.
    def test_the_session_stays_when_the_cache_is_cleared(self):
        self.profile("setup ci", "binding", "--namespace", "ci")
        self.assertNotIn("session", self.leasehold("cache", "clear").stdout)
        listed = json.loads(self.leasehold("cache", "list", "-o", "json").stdout)
        self.assertEqual({(entry["kind"], entry["server"]) for entry in listed},
                         {("session", self.bao.address)})
        self.asked()
        self.credential()
        self.assertEqual(self.asked(), [lease_of("binding")])

    def test_what_is_wrong_is_said(self):
        for role, more, code, said in (
                ("nope", ("--namespace", "ci"), 3, "--role"),
                ("binding", (), 3, "--namespace"),
                ("static", ("--namespace", "stage"), 3, "--namespace"),
                ("static", ("--mount", "nowhere"), 4, 'path "nowhere/creds/static"'),
                ("static", ("--vault-namespace", "nowhere"), 3, "--vault-namespace")):
            with self.subTest(role=role, more=more):
                self.profile("profile add ci", role, "--force", *more)
                self.assertIn(said, self.credential(code=code).stderr)

    def test_a_check_leases_nothing(self):
        self.profile("profile add ci", "static", "--namespace", "ci")
        steps = json.loads(self.leasehold("profile", "check", "ci", "-o", "json").stdout)
        self.assertEqual({step["state"] for step in steps}, {"ok"}, steps)
        self.assertNotIn(lease_of("static"), self.asked())
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["default"])}
        self.profile("profile add ci", "static", "--force", auth=())
        result = self.leasehold("profile", "check", "ci", code=4)
        self.assertIn('path "kubernetes/creds/static" { capabilities = ["update"] }',
                      result.stdout + result.stderr)

    def test_secrets_stay_where_they_belong(self):
        self.profile("setup ci", "binding", "--namespace", "ci")
        self.leasehold("lease", "revoke", "--profile", "ci", "-v")
        for place, _, names in os.walk(self.box.home):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    self.assertNotIn(self.secret_id.encode(), file.read(), name)


if __name__ == "__main__":
    main()
