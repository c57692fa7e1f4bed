"""What a login's token may be at Vault and OpenBao, and what their book of leases says, in the
servers' own words."""

import json
import os
import signal
import subprocess

import case
from tests.support.sessions import wait_for
from vault_case import LEASE, LOOKUP, VaultCase, main

CREDS = "kubernetes/creds/static"
LOGIN = "auth/approle/login"
# What lookup-self says of each kind.
ROOT = {"creation_ttl": 0, "display_name": "root", "expire_time": None, "explicit_max_ttl": 0,
        "num_uses": 0, "orphan": True, "path": "auth/token/root", "policies": ["root"], "ttl": 0,
        "type": "service"}
PERIODIC = {"creation_ttl": 1800, "display_name": "token", "explicit_max_ttl": 0, "num_uses": 0,
            "expire_time": "2036-11-25T16:56:15.643890907Z", "period": 1800, "renewable": True,
            "policies": ["default", "lease"], "ttl": 1799, "type": "service"}
BATCH = {"accessor": "", "creation_ttl": 1800, "display_name": "token", "num_uses": 0,
         "expire_time": "2036-11-25T16:56:14Z", "policies": ["default", "lease"],
         "renewable": False, "ttl": 1800, "type": "batch"}
COUNTED = PERIODIC | {"num_uses": 2}


class Given(VaultCase):
    """A token that was brought along."""

    def try_one(self, name, data, code=0):
        token = "hvs." + name
        self.vault.sessions[token] = "me"
        self.with_method("token", "--credential", "static", name=name)
        self.vault.answer("GET", "auth/token/lookup-self", 200, {"data": data})
        self.vault.paths()
        return self.lease(code, name=name, VAULT_TOKEN=token)

    def test_each_kind_serves_and_is_left_alone(self):
        for name, data in {"root": ROOT, "periodic": PERIODIC, "batch": BATCH}.items():
            with self.subTest(name):
                self.try_one(name, data)
                self.assertEqual(self.vault.paths(), [LOOKUP, LEASE])
                self.lease(name=name, VAULT_TOKEN="hvs." + name)
                self.ok("logout", "--profile", name, environment={"VAULT_TOKEN": "hvs." + name})
                self.assertNotIn("POST auth/token/revoke-self", self.vault.paths())

    def test_one_whose_uses_are_counted_serves_no_lease(self):
        self.assertIn("token_num_uses 0", self.try_one("counted", COUNTED, 4))
        self.assertEqual(self.vault.paths(), [LOOKUP])

    def test_one_that_may_not_look_at_itself(self):
        token = "hvs.mine"
        self.vault.sessions[token] = "me"
        self.with_method("token", name="blind")
        self.vault.answer("GET", "auth/token/lookup-self", 403,
                          ["1 error occurred:\n\t* permission denied\n\n"])
        self.lease(name="blind", VAULT_TOKEN=token)

    def test_LEASE_4_a_token_helper_ends_with_the_call_that_is_interrupted(self):
        pid = self.box.path("pid")
        helper = self.box.write("helper", f"#!/bin/sh\necho $$ >{pid}\nexec sleep 300\n", 0o755)
        self.box.write(".vault", f'token_helper = "{helper}"\n')
        self.with_method("cli")
        call = self.box.start(case.PROGRAM, "lease", "create", "--profile", "dev")
        self.assertTrue(wait_for(lambda: self.box.lines("pid")), "the helper did not start")
        call.send_signal(signal.SIGTERM)
        output, error = call.communicate(timeout=60)
        self.assertEqual((call.returncode, output, error),
                         (130, "", "leasehold: error: interrupted\n"))
        with open(pid, encoding="ascii") as file:
            place = "/proc/" + file.read().strip()
        self.assertTrue(wait_for(lambda: not os.path.exists(place)), "the helper goes on")
        self.assertEqual(self.vault.paths(), [])


class Own(VaultCase):
    """A token that a login made."""

    def setUp(self):
        super().setUp()
        self.with_method("approle", "--role-id", "r")
        self.secret = {"VAULT_SECRET_ID": "a-secret-id"}

    def opens(self, **more):
        self.vault.sessions["hvs.own"] = "robot"
        self.vault.answer("POST", LOGIN, 200, {"auth": {
            "client_token": "hvs.own", "lease_duration": 3600, "renewable": True, "num_uses": 0,
            "token_type": "service"} | more})

    def test_a_batch_token_is_neither_renewed_nor_revoked(self):
        self.opens(token_type="batch", renewable=False, accessor="")
        self.lease(**self.secret)
        self.vault.paths()
        self.vault.answer("POST", "auth/token/revoke-self", 400, ["batch tokens cannot be revoked"])
        self.ok("logout", "--profile", "dev", environment=self.secret)
        self.opens()
        self.vault.paths()
        self.lease(**self.secret)
        self.assertEqual(self.vault.paths(), ["POST " + LOGIN, LEASE], "it was not forgotten")

    def test_one_whose_uses_are_counted_serves_no_lease(self):
        self.opens(num_uses=1)
        self.assertIn("token_num_uses 0", self.lease(4, **self.secret))
        self.assertEqual(self.vault.paths(), ["POST " + LOGIN])

    def test_a_renewal_that_is_cut_or_refused(self):
        """A session that ends before a dynamic lease would is renewed; what is left cuts it."""
        cut = {"auth": {"client_token": "hvs.own", "lease_duration": 900, "num_uses": 0,
                        "renewable": True},
               "warnings": ['TTL of "2h" exceeded the effective max_ttl of "15m"; TTL value is capped '
                            "accordingly"]}
        for status, body in ((200, cut), (400, ["batch tokens cannot be renewed"]),
                             (403, ["permission denied"])):
            with self.subTest(status):
                self.vault.forget_answers()
                name = f"s{status}"
                self.with_method("approle", "--role-id", name, "--credential", "dynamic", "--ttl",
                                 "40m", name=name)
                self.opens(lease_duration=700)
                self.vault.answer("POST", "auth/token/renew-self", status, body)
                self.vault.paths()
                self.lease(name=name, **self.secret)
                self.assertEqual(self.vault.paths(), ["POST " + LOGIN, "POST auth/token/renew-self",
                                                      LEASE])


class Certificate(VaultCase):
    def test_what_is_said_of_one(self):
        certificate, key = self.box.path("me.crt"), self.box.path("me.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=me", "-keyout", key,
                        "-out", certificate], check=True, capture_output=True)
        self.with_method("cert", "--auth-role", "dev", "--vault-client-certificate", certificate,
                         "--vault-client-key", key)
        for error in ("invalid certificate or no client certificate supplied",
                      "no client certificate found"):
            with self.subTest(error):
                self.vault.answer("POST", "auth/cert/login", 400, [error])
                said = self.lease(4)
                self.assertIn(error, said)
                self.assertIn("--vault-client-certificate", said)


class Book(VaultCase):
    def setUp(self):
        super().setUp()
        self.vault.sessions["hvs.mine"] = "me"
        self.mine = {"VAULT_TOKEN": "hvs.mine"}
        self.with_method("token")
        self.ok("credential", "--profile", "dev", environment=self.mine)
        self.id = f"{CREDS}/{len(self.vault.asked):024}"

    def listed(self, *more):
        return json.loads(self.ok("lease", "list", "--profile", "dev", "-o", "json", *more,
                                  environment=self.mine))

    def test_the_servers_record_of_a_lease(self):
        self.vault.answer("POST", "sys/leases/lookup", 200, {"data": {
            "expire_time": "2036-11-25T17:23:38.205579347Z", "id": self.id,
            "issue_time": "2026-11-25T16:23:38.205579056Z", "last_renewal": None,
            "path": CREDS, "renewable": False, "ttl": 3600}})
        [lease] = self.listed()
        self.assertEqual((lease["id"], lease["state"]), (self.id, "active"))

    def test_a_lease_that_the_server_does_not_know(self):
        """A static one's token lives on; a dynamic one's account went with its record."""
        gone = ("POST", "sys/leases/lookup", 400, ["invalid lease"])
        self.vault.answer(*gone)
        self.assertEqual([lease["state"] for lease in self.listed()], ["active"])
        self.with_method("token", "--credential", "dynamic")
        self.ok("credential", "--profile", "dev", environment=self.mine)
        for _ in range(3):
            self.vault.answer(*gone)
        self.assertEqual(sorted(lease["state"] for lease in self.listed()), ["active", "revoked"])
        self.vault.paths()
        self.ok("credential", "--profile", "dev", environment=self.mine)
        self.assertEqual(self.vault.paths(), [LEASE])

    def test_those_of_everybody(self):
        path = f"sys/leases/lookup/{CREDS}/"
        self.vault.answer("GET", path, 404, [])
        self.listed("--all-holders")
        self.vault.answer("GET", path, 403, ["1 error occurred:\n\t* permission denied\n\n"])
        said = self.leasehold("lease", "list", "--profile", "dev", "--all-holders",
                              environment=self.mine)
        self.assertEqual(said.returncode, 4, said.stderr)
        self.assertIn("--all-holders", said.stderr)

    def test_a_role_that_may_be_read(self):
        self.ok("cache", "clear", "--profile", "dev")
        self.vault.answer("GET", "kubernetes/roles/static", 200, {"data": {
            "allowed_kubernetes_namespaces": ["ci"], "generated_role_rules": "",
            "kubernetes_role_name": "", "kubernetes_role_type": "Role", "name": "static",
            "service_account_name": "deployer", "token_default_audiences": None,
            "token_default_ttl": 3600, "token_max_ttl": 7200}})
        checked = self.leasehold("profile", "check", "dev", environment=self.mine)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("static", checked.stdout)


if __name__ == "__main__":
    main()
