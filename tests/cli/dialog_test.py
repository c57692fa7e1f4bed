"""What people do in Infisical's dialog for Kubernetes dynamic secrets and with the leases from it, done
with leasehold: by way of Infisical, and straight with the cluster. The rows DLG of
docs/requirements.md say which test shows which of it."""

import base64
import json

from infisical_case import InfisicalCase, main

LATER = 2 * 3600


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Fields(InfisicalCase):
    """By way of Infisical each field arrives under its name there."""

    def setUp(self):
        super().setUp()
        self.site.grant(self.robot, "shop", ["lease", "read-root-credential",
                                             "create-root-credential", "edit-root-credential"])
        self.universal()
        self.token = self.box.write("cluster-token", self.reach[1])
        self.ca = self.box.write("cluster-ca", self.reach[2])

    def definition(self, *words, code=0):
        words = ("infisical", "definition", words[0], "--profile", "dev", *words[1:])
        return self.ok(*words) if code == 0 else self.fails(code, *words)

    def make(self, *more, code=0):
        return self.definition("create", "made", "--default-ttl", "20m", "--max-ttl", "2h",
                               "--cluster-token-file", self.token, *more, code=code)

    def inputs(self):
        shown = json.loads(self.definition("show", "made", "-o", "json", "--show-secrets"))
        return shown["inputs"] | {key: shown[key] for key in ("name", "defaultTTL", "maxTTL")}

    def arrives(self, expected):
        inputs = self.inputs()
        self.assertEqual({key: inputs[key] for key in expected}, expected)

    def test_of_an_account_that_is_there(self):
        self.make("--cluster-url", self.reach[0], "--cluster-certificate-authority", self.ca,
                  "--ssl", "true", "--auth-method", "api", "--credential-type", "static",
                  "--service-account", "deployer", "--namespace", "ci", "--audience", "vault",
                  "--audience", "registry")
        self.arrives({"name": "made", "defaultTTL": "20m", "maxTTL": "2h", "url": self.reach[0],
                      "clusterToken": self.reach[1], "ca": self.reach[2], "sslEnabled": True,
                      "authMethod": "api", "credentialType": "static", "audiences":
                      ["vault", "registry"], "serviceAccountName": "deployer", "namespace": "ci",
                      "gatewayId": None})
        self.universal("use", secret="made")
        lease = json.loads(self.ok("lease", "create", "--profile", "use", "-o", "json"))
        self.assertEqual((claims(lease["token"])["aud"], lease["subject"]),
                         (["vault", "registry"], "system:serviceaccount:ci:deployer"))

    def test_of_accounts_that_come_and_go(self):
        self.make("--cluster-url", self.reach[0], "--cluster-certificate-authority", self.ca,
                  "--ssl", "true", "--credential-type", "dynamic", "--namespace", "ci",
                  "--namespace", "default", "--role-type", "role", "--role", "view")
        self.arrives({"credentialType": "dynamic", "namespace": "ci,default", "roleType": "role",
                      "role": "view", "audiences": []})

    def test_by_a_gateway_and_its_own_rights(self):
        gateway = self.site.add_gateway(self.reach[0], self.reach[1], ca=self.reach[2])["id"]
        self.definition("create", "made", "--default-ttl", "20m", "--auth-method", "gateway",
                        "--gateway-id", gateway, "--credential-type", "static",
                        "--service-account", "deployer", "--namespace", "ci")
        self.arrives({"authMethod": "gateway", "gatewayId": gateway, "url": None,
                      "clusterToken": None, "maxTTL": None})
        self.universal("use", secret="made")
        self.credential("use")

    def test_what_does_not_reach_the_cluster_is_not_kept(self):
        said = self.make("--cluster-url", "https://127.0.0.1:1", "--credential-type", "static",
                         "--service-account", "deployer", "--namespace", "ci", code=4)
        self.assertIn("the server says", said)
        self.assertNotIn("made", self.definition("list"))

    def test_the_authority_counts(self):
        own = self.box.write("own-ca", self.reach[2])
        with open(self.site.ca, encoding="ascii") as file:
            other = self.box.write("other-ca", file.read())
        flags = ("--cluster-url", self.reach[0], "--ssl", "true", "--credential-type", "static",
                 "--service-account", "deployer", "--namespace", "ci")
        self.make(*flags, "--cluster-certificate-authority", other, code=4)
        self.make(*flags, code=4)  # the system's, which do not know it
        self.make(*flags, "--cluster-certificate-authority", own)

    def test_a_default_ttl_that_is_changed_holds_for_the_next_lease(self):
        self.make("--cluster-url", self.reach[0], "--cluster-certificate-authority", self.ca,
                  "--ssl", "true", "--credential-type", "static", "--service-account", "deployer",
                  "--namespace", "ci")
        self.universal("use", "--ttl", "server", secret="made")
        for life in (1200, 2400):
            lease = json.loads(self.ok("lease", "create", "--profile", "use", "-o", "json"))
            self.assertAlmostEqual(lease["ttlSeconds"], life, delta=10)
            self.definition("update", "made", "--default-ttl", "40m")


class Both(InfisicalCase):
    """What is done with a lease, by either provider."""

    def setUp(self):
        super().setUp()
        self.universal("static")
        self.universal("dynamic", "--credential-type", "dynamic", secret="dynamic")
        self.profile("own", "--credential", "static")
        self.ok("profile", "add", "own-dynamic", "--from-context", "admin",
                "--from-kubeconfig", self.box.path("admin"), "--namespace", "ci", "--credential",
                "dynamic", "--role", "reader")
        self.addCleanup(self.leasehold, "lease", "revoke", "--all")

    def new_lease(self, name, *more):
        return json.loads(self.ok("lease", "create", "--profile", name, "-o", "json", *more))

    def test_a_lease_has_the_ttl_that_it_is_asked_for_with(self):
        for name in ("static", "dynamic", "own", "own-dynamic"):
            with self.subTest(name):
                lease = self.new_lease(name, "--ttl", "25m")
                self.assertAlmostEqual(lease["ttlSeconds"], 1500, delta=10)
                said = self.fails(2, "lease", "create", "--profile", name, "--ttl", "9h")
                self.assertIn("max-ttl", said)

    def test_the_token_is_shown_where_it_is_asked_for(self):
        for name in ("static", "own"):
            with self.subTest(name):
                lease = self.new_lease(name)
                self.assertTrue(self.works(lease["token"]))
                table = self.ok("lease", "create", "--profile", name)
                self.assertNotIn("eyJ", table)
                raw = self.leasehold("lease", "create", "--profile", name, "-o", "token")
                self.assertTrue(self.works(raw.stdout.strip()))
                for words in (("lease", "list", "-o", "json"), ("lease", "show", lease["id"],
                                                                "--profile", name)):
                    self.assertNotIn(lease["token"], self.ok(*words))

    def test_it_ends_by_itself(self):
        tokens = {name: self.new_lease(name)["token"]
                  for name in ("static", "dynamic", "own", "own-dynamic")}
        for name, token in tokens.items():
            self.assertTrue(self.works(token), name)
        self.site.skew(LATER)
        self.site.expire()
        self.assertFalse(self.works(tokens["dynamic"]), "its account is there")
        self.api.skew(LATER)
        for name, token in tokens.items():
            self.assertFalse(self.works(token), name)

    def test_who_made_which_is_in_the_audit_log(self):
        for name in ("static", "own"):
            with self.subTest(name):
                lease = self.new_lease(name)
                lines = [line for line in json.loads(self.ok("audit", "-o", "json"))
                         if line.get("profile") == name]
                self.assertEqual([line["jti"] for line in lines],
                                 [claims(lease["token"]).get("jti", "")])

    def test_its_details_and_its_early_end(self):
        for name in ("dynamic", "own", "own-dynamic"):
            with self.subTest(name):
                lease = self.new_lease(name)
                shown = self.ok("lease", "show", lease["id"], "--profile", name)
                self.assertIn(lease["subject"], shown)
                self.assertIn(lease["id"], self.ok("lease", "list", "-o", "json"))
                self.ok("lease", "revoke", lease["id"], "--profile", name)
                self.assertFalse(self.works(lease["token"]))

    def test_a_ttl_that_is_changed_holds_for_the_next_lease(self):
        for ttl, life in (("25m", 1500), ("15m", 900)):
            self.ok("profile", "add", "own", "--force", "--from-context", "admin",
                    "--from-kubeconfig", self.box.path("admin"), "--namespace", "ci",
                    "--service-account", "deployer", "--ttl", ttl)
            self.assertAlmostEqual(self.new_lease("own")["ttlSeconds"], life, delta=10)


if __name__ == "__main__":
    main()
