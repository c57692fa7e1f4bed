"""What docs/vault.md says of leases, held against a real OpenBao and the API server: how many requests
a call takes, when a revoked token ends, and what each refusal comes to."""

import contextlib
import json
import time

from real_cluster import wait_for
from tests.openbao import logins, world
from tests.support.sandbox import PROGRAM
from vault_case import LOGIN, LOOK, VaultCase, lease_of, main


class VaultTruth(VaultCase):
    def add(self, role="binding", *more, auth=None, namespace="ci"):
        where = ("--namespace", namespace) if namespace else ()
        self.profile("profile add ci", role, *where, "--force", *more, auth=auth)
        self.asked()

    def token(self, name="ci"):
        return json.loads(self.credential(name=name).stdout)["status"]["token"]

    def refused(self, code, *said):
        """The next lease is; nothing that was remembered answers."""
        result = self.leasehold("lease", "create", "--profile", "ci", code=code)
        text = " ".join(result.stderr.split())
        for words in said:
            self.assertIn(words, text)

    @contextlib.contextmanager
    def engine(self, **config):
        """The engine with this in its config."""
        before = self.bao.read("kubernetes/config")
        self.bao.write("kubernetes/config", {**before, "service_account_jwt": self.jwt, **config})
        try:
            yield
        finally:
            self.bao.write("kubernetes/config", {**before, "service_account_jwt": self.jwt})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jwt = cls.cluster.kubectl("create", "token", "vault", "--namespace", "vault").strip()

    # Counts.

    def test_a_cold_call_is_one_connection(self):
        self.add()
        before = len(self.bao.exchanges())
        self.credential()
        ports = {line["request"]["remote_port"] for line in self.bao.exchanges()[before:]}
        self.assertEqual((len(self.asked()), len(ports)), (2, 1))

    def test_many_cold_calls_are_one_login_and_one_lease(self):
        self.add()
        calls = [self.box.start(PROGRAM, "credential", "--profile", "ci",
                                environment=self.variables)
                 for _ in range(40)]
        for call in calls:
            said, complained = call.communicate(timeout=120)
            self.assertEqual(call.returncode, 0, complained)
            self.assertIn("token", said)
        self.assertEqual(self.asked(), [LOGIN, lease_of("binding")])

    def test_a_policy_that_refuses_is_remembered(self):
        _, secret = logins.approle(self.bao, "poor", token_policies=["default"])
        role_id = self.bao.read("auth/approle/role/poor/role-id")["role_id"]
        self.variables = {"VAULT_SECRET_ID": secret}
        self.add(auth=("--auth", "approle", "--role-id", role_id))
        self.credential(code=4)
        self.assertEqual(self.asked(), [LOGIN, lease_of("binding")])
        self.credential(code=4)
        self.assertEqual(self.asked(), [])
        # The session is not new any more: it is looked at.
        self.refused(4, "permission denied (403)", "the login's policies (default) do not allow it",
                     'path "kubernetes/creds/binding" { capabilities = ["update"] }')
        self.assertEqual(self.asked(), [lease_of("binding"), LOOK])

    # Revocation.

    # Of the second role neither the profile says what it is, nor may who leases read it: the cluster
    # is asked for 11 s. By then it has forgotten that it ever took the first one's token.
    def test_when_a_revoked_token_ends_and_that_one_of_an_account_that_stays_does_not(self):
        self.add()
        dynamic = self.token()
        wait_for(lambda: self.status_of(dynamic) == 200, 30, "the role's rights")
        self.leasehold("lease", "revoke", "--profile", "ci")
        begin = time.monotonic()
        self.assertIn(self.status_of(dynamic), (401, 403))
        self.add("static")
        static = self.token()
        self.assertIsNone(self.lease()["revocable"])
        said = self.leasehold("lease", "revoke", "--profile", "ci", code=4)
        self.assertIn("the cluster takes its token: its token works until", said.stdout)
        self.assertEqual(self.status_of(dynamic), 401)
        print(f"a revoked token: refused at once, 401 within {time.monotonic() - begin:.0f} s")
        self.assertNotEqual(self.status_of(static), 401)

    def test_a_lease_that_no_store_knows(self):
        self.add()
        made = json.loads(self.leasehold("lease", "create", "--profile", "ci", "-o", "json").stdout)
        said = self.leasehold("lease", "revoke", made["id"], code=4).stdout
        self.assertIn("whether that ended the token is not known", said)
        self.assertIn(self.status_of(made["token"]), (401, 403))
        self.assertIn("was gone", self.leasehold("lease", "revoke", made["id"]).stdout)
        self.add("binding", "--credential", "dynamic")
        made = json.loads(self.leasehold("lease", "create", "--profile", "ci", "-o", "json").stdout)
        self.leasehold("lease", "revoke", made["id"])

    def test_the_cluster_refuses_a_revocation(self):
        self.add("binding", "--credential", "dynamic")
        token = self.token()
        lease = self.lease()["id"]
        with self.engine(service_account_jwt="x.y.z"):
            result = self.leasehold("lease", "revoke", "--profile", "ci", code=5)
            self.assertIn("the server could not remove it from the cluster (400)", result.stdout)
            self.assertIn("try again later, by its id", result.stderr)
            self.assertEqual(self.status_of(token), 200)
        self.leasehold("lease", "revoke", lease)
        self.assertIn(self.status_of(token), (401, 403))

    def test_a_policy_without_revocation(self):
        self.bao.policy("only-lease", {"kubernetes/creds/*": ["update"]})
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["only-lease"], ttl="2h")}
        self.add(auth=())
        self.token()
        said = self.leasehold("lease", "revoke", "--profile", "ci", code=4).stderr
        self.assertIn("the policy 'default' does not allow it", said)
        self.assertIn('\n  path "sys/leases/revoke/kubernetes/creds/binding/*" '
                      '{ capabilities = ["update"] }\n', said)

    # Places.

    def test_a_mount_with_slashes(self):
        at = "teams/blue/kube"
        world.mount(self.bao, self.cluster, at, policy="blue")
        role_id, secret = logins.approle(self.bao, "blue", token_policies=["blue"])
        self.variables = {"VAULT_SECRET_ID": secret}
        self.check_everything("--mount", at, mount=at,
                              auth=("--auth", "approle", "--role-id", role_id))

    def test_a_namespace_of_the_server(self):
        self.bao.write("sys/namespaces/team")
        self.bao.inside("team").write("sys/namespaces/app")
        there = self.bao.inside("team/app")
        world.mount(there, self.cluster)
        role_id, secret = logins.approle(there)
        self.variables = {"VAULT_SECRET_ID": secret}
        self.check_everything("--vault-namespace", "team/app",
                              auth=("--auth", "approle", "--role-id", role_id))

    def test_the_login_in_another_namespace_than_the_engine(self):
        self.bao.write("sys/namespaces/engine")
        there = self.bao.inside("engine")
        world.mount(there, self.cluster)
        self.bao.policy("into", {f"engine/{path}": what for path, what in world.LEASES.items()})
        role_id, secret = logins.approle(self.bao, "into", token_policies=["into"])
        self.variables = {"VAULT_SECRET_ID": secret}
        self.check_everything("--vault-namespace", "engine", "--auth-vault-namespace", "root",
                              auth=("--auth", "approle", "--role-id", role_id))

    def check_everything(self, *more, auth=None, mount="kubernetes"):
        """Lease, list, check, revoke and logout."""
        self.add("binding", *more, auth=auth)
        token = self.token()
        lease = self.lease()
        self.assertTrue(lease["id"].startswith(f"{mount}/creds/binding/"), lease)
        wait_for(lambda: self.status_of(token) == 200, 30, "the role's rights")
        self.leasehold("profile", "check", "ci")
        self.leasehold("lease", "revoke", lease["id"])
        self.assertIn(self.status_of(token), (401, 403))
        self.token()
        self.leasehold("logout", "--profile", "ci")

    # Refusals: message, next step, exit code.

    def test_what_the_engine_refuses(self):
        self.add("nope")
        self.refused(3, "the role is not there (400)", "role 'nope' does not exist",
                     "check role and mount of the profile (--role, --mount)")
        self.add("static", namespace="stage")
        self.refused(3, "the role is not for this namespace (400)", "--namespace")
        self.add("binding", namespace="")
        self.refused(3, "the role is for more than one namespace (500)", "'kubernetes_namespace'",
                     "set namespace in the profile (--namespace)")
        self.add("binding", "--cluster-role-binding")
        self.refused(3, "the role is no ClusterRole (400)", "leave cluster-role-binding out")
        self.add("binding", "--audience", "nobody")
        self.leasehold("profile", "check", "ci")
        self.add("binding", "--mount", "nowhere")
        self.refused(4, "permission denied (403)", 'path "nowhere/creds/binding"')
        self.add("binding", "--vault-namespace", "nowhere")
        self.refused(3, "the server has no such namespace (404)", "--vault-namespace")

    def test_what_root_is_told(self):
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["root"])}
        self.add("binding", "--mount", "nowhere", auth=())
        self.refused(3, "there is no such thing (404)", "no handler for route", "--mount")

    def test_what_the_cluster_refuses(self):
        self.add("static")
        with self.engine(service_account_jwt="x.y.z"):
            self.refused(4, "the server could not do it in the cluster (500)", "Unauthorized",
                         "another service_account_jwt")
        with self.engine(kubernetes_host="https://127.0.0.1:1"):
            self.refused(5, "the server could not do it in the cluster (500)",
                         "connection refused", "kubernetes_host and CA")
        with open(self.bao.ca, encoding="ascii") as another, \
                self.engine(kubernetes_ca_cert=another.read()):
            self.refused(5, "x509: ", "kubernetes_host and CA")
        self.bao.write("kubernetes/roles/ghost", {"service_account_name": "ghost",
                                                  "allowed_kubernetes_namespaces": ["ci"]})
        self.add("ghost")
        self.refused(4, 'serviceaccounts "ghost" not found', "whoever keeps the engine's role")
        self.bao.write("kubernetes/roles/same", {
            "kubernetes_role_name": "reader", "allowed_kubernetes_namespaces": ["ci"],
            "name_template": "same-name"})
        self.add("same")
        self.token()
        self.refused(4, "already exists", "it must have a random part")
        self.bao.write("kubernetes/roles/short", {
            "service_account_name": "deployer", "allowed_kubernetes_namespaces": ["ci"],
            "token_default_ttl": "5m", "token_max_ttl": "5m"})
        self.add("short")
        self.refused(4, "less than 10 minutes", "the role's own maximum is below Kubernetes' floor")

    def test_an_engine_without_config(self):
        self.bao.write("sys/mounts/bare", {"type": "kubernetes"})
        self.bao.write("bare/roles/static", {"service_account_name": "deployer",
                                             "allowed_kubernetes_namespaces": ["ci"]})
        self.bao.policy("bare", {"bare/creds/*": ["update"]})
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["bare"])}
        self.add("static", "--mount", "bare", auth=())
        self.refused(4, "the engine is not set up (500)", "write its config: kubernetes_host")

    def test_a_quota(self):
        self.add("rules")
        self.bao.write("sys/quotas/rate-limit/q", {"path": "kubernetes/creds/rules", "rate": 1,
                                                   "interval": "1h"})
        self.addCleanup(self.bao.call, "DELETE", "sys/quotas/rate-limit/q")
        self.token()
        self.asked()
        self.refused(5, "too many requests (429)", "rate limit quota exceeded",
                     "try again in a few seconds")

    def with_policy(self, *rules):
        """A token with these lines for the path of the leases, in the profile's variables."""
        self.bao.write("sys/policies/acl/odd", {"policy": 'path "kubernetes/creds/binding" {\n' +
                                                '\n'.join(rules) + '\n}'})
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["odd"], ttl="2h")}

    # It compares what is sent as it is written.
    def test_a_policy_that_names_the_ttl(self):
        self.with_policy('capabilities = ["update"]', 'allowed_parameters = {',
                         '"ttl" = ["15m"]', '"kubernetes_namespace" = []', '}')
        self.add("binding", "--ttl", "15m", auth=())
        self.token()
        self.add("binding", "--ttl", "900s", auth=())
        self.refused(4, "permission denied (403)")

    def test_a_policy_that_wants_answers_wrapped(self):
        self.with_policy('capabilities = ["update"]', 'min_wrapping_ttl = "1s"',
                         'max_wrapping_ttl = "90s"')
        self.add(auth=())
        self.refused(4, "permission denied (403)")

    def test_what_the_role_cuts_is_told(self):
        self.add("binding", "--max-ttl", "8h")
        result = self.leasehold("lease", "create", "--profile", "ci", "--ttl", "3h", "-o", "json")
        self.assertRegex(result.stderr, "the server warns: .*ttl")
        self.assertLessEqual(json.loads(result.stdout)["ttlSeconds"], 2 * 3600)

    def test_less_than_ten_minutes_is_not_sent(self):
        self.add()
        self.leasehold("lease", "create", "--profile", "ci", "--ttl", "9m", code=2)
        self.assertEqual(self.asked(), [])
        result = self.profile("profile add short", "binding", "--ttl", "9m", code=2)
        self.assertIn("10m", result.stderr)

    def test_what_a_login_is_refused(self):
        self.add("static", "--auth-mount", "nowhere")
        self.refused(4, "the server does not let this login in (403)", "are auth.mount and")
        self.variables = {"VAULT_SECRET_ID": "wrong"}
        self.add("static")
        self.refused(4, "the server does not accept the login (400)", "invalid role or secret ID",
                     "make a new secret id")
        wrapped = logins.secret_id(self.bao, wrapped="5m")
        self.bao.write("sys/wrapping/unwrap", token=wrapped)
        self.variables = {"VAULT_SECRET_ID": wrapped}
        self.add("static", auth=("--auth", "approle", "--role-id", self.role_id,
                                 "--secret-id-wrapped"))
        self.refused(4, "the wrapping token is used or has ended (400)",
                     "if you did not use it, someone else did")
        self.variables = {"VAULT_TOKEN": "s.ended"}
        self.add("static", auth=())
        self.refused(4, "does not take the token (403)", "leasehold login --profile ci",
                     "VAULT_TOKEN")

    # A wrong answer of somebody else's is no wrong proof.
    def test_five_wrong_logins_lock_the_role(self):
        _, secret = logins.approle(self.bao, "locked")
        role_id = self.bao.read("auth/approle/role/locked/role-id")["role_id"]
        for _ in range(6):
            self.bao.call("POST", "auth/approle/login", {"role_id": role_id, "secret_id": "x"})
        self.variables = {"VAULT_SECRET_ID": secret}
        self.add("static", auth=("--auth", "approle", "--role-id", role_id))
        self.refused(4, "the server does not let this login in (403)",
                     "locked for 15 minutes, with the right secret too")

    def test_a_token_for_another_server_is_not_sent(self):
        self.variables = {"VAULT_TOKEN": self.bao.token(policies=["lease"]),
                          "VAULT_ADDR": "https://other.example:8200"}
        self.add("static", auth=())
        self.refused(3, "other.example")
        self.assertEqual(self.asked(), [])


if __name__ == "__main__":
    main()
