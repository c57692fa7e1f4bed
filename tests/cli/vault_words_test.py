"""What OpenBao 2.7.2 and Vault 1.14.8 say, word for word as they were heard, and what a user is told:
exit code, next step, and how often the server was asked. Their statuses mislead: 500 is as often a
user's mistake as not, 403 is four things, and a 200 may hold nothing."""

import datetime
import json

from vault_case import LEASE, LOOKUP, VaultCase, main

POLICY = "1 error occurred:\n\t* permission denied\n\n"
NEWER = "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"  # Vault since 1.16
CREDS = "kubernetes/creds/static"


def cluster(text):
    """As the server wraps what the cluster said."""
    return f"1 error occurred:\n\t* {text}\n\n"


def token_of(account, text):
    return cluster(f"failed to create a service account token for {account}: {text}")


def post(text):
    return token_of("ci/deployer", 'Post "https://127.0.0.1:1/api/v1/namespaces/ci/serviceaccounts/'
                                   f'deployer/token": {text}')


# (status, error, exit code, part of the hint)
LEASING = (
    (400, "role 'none' does not exist", 3, "--role"),
    (400, "kubernetes_namespace 'dev' is not present in role's allowed_kubernetes_namespaces or "
          "does not match role's label selector allowed_kubernetes_namespace_selector",
     3, "--namespace"),
    (400, "a ClusterRoleBinding cannot ref a Role", 3, "cluster-role-binding"),
    (400, "Secret cannot be returned; token had one use left, so leased credentials were "
          "immediately revoked.", 4, "token_num_uses 0"),
    (400, 'Field validation failed: error converting input for field "ttl": time: invalid duration '
          '"soon"', 3, "check the values"),
    (400, 'Field validation failed: error converting input for field "ttl": cannot provide negative '
          "value '-5'", 3, "check the values"),
    (400, 'Field validation failed: error converting input for field "kubernetes_namespace": \'\' '
          "expected type 'string', got unconvertible type 'map[string]interface {}'", 3, "values"),
    (400, "failed to decode JSON input: invalid character 'o' in literal null (expecting 'u')",
     3, "check the values"),
    (400, "refused JSON input due to high complexity: exceeded maximum number of strings", 3, ""),
    (404, 'no handler for route "nomount/creds/static". route entry not found.', 3, "--mount"),
    (404, "namespace not found", 3, "--vault-namespace"),
    (404, cluster("unsupported path"), 3, "--mount"),
    (405, cluster("unsupported operation"), 7, ""),
    (413, "http: request body too large", 7, ""),
    (500, cluster("could not load backend configuration"), 4, "config"),
    (500, cluster("error verifying namespace: 'kubernetes_namespace' is required unless the OpenBao "
                  "role has a single namespace specified"), 3, "--namespace"),
    (500, cluster("error verifying namespace: 'kubernetes_namespace' is required unless the Vault "
                  "role has a single namespace specified"), 3, "--namespace"),
    (500, cluster('error verifying namespace: namespaces "ci" is forbidden: User '
                  '"system:serviceaccount:ci:deployer" cannot get resource "namespaces" in API '
                  'group "" in the namespace "ci"'), 4, "engine's role"),
    (500, cluster('error verifying namespace: namespaces "nonexist" not found'), 4, "engine's"),
    (500, cluster("failed to create RoleBinding/ClusterRoleBinding 'v-token-binding-1795624513-"
                  "5mhmuatkonas2e7qviggitbk' for pod-reader: Unauthorized"),
     4, "service_account_jwt"),
    (500, cluster("failed to create RoleBinding/ClusterRoleBinding 'fixed-fixed' for pod-reader: "
                  'rolebindings.rbac.authorization.k8s.io "fixed-fixed" already exists'),
     4, "name_template"),
    (500, cluster("failed to create RoleBinding/ClusterRoleBinding 'Bad_badname' for pod-reader: "
                  'RoleBinding.rbac.authorization.k8s.io "Bad_badname" is invalid: subjects[0].name: '
                  'Invalid value: "Bad_badname": a lowercase RFC 1123 subdomain must consist of '
                  "lower case alphanumeric characters, '-' or '.', and must start and end with an "
                  "alphanumeric character (e.g. 'example.com', regex used for validation is "
                  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"),
     4, "engine's role"),
    (500, cluster("failed to create RoleBinding/ClusterRoleBinding 'v-token-cluster-1795623900-"
                  "vhxyeon2jutchgiqoo1cvgl2' for view: namespaces \"nonexist\" not found"),
     4, "engine's role"),
    (500, token_of("ci/deployer", "Unauthorized"), 4, "service_account_jwt"),
    (500, token_of("ci/deployer", 'serviceaccounts "deployer" is forbidden: User '
                   '"system:serviceaccount:ci:deployer" cannot create resource '
                   '"serviceaccounts/token" in API group "" in the namespace "ci"'), 4, "role"),
    (500, token_of("ci/ghost", 'serviceaccounts "ghost" not found'), 4, "role"),
    (500, token_of("ci/deployer", 'TokenRequest.authentication.k8s.io "" is invalid: '
                   "spec.expirationSeconds: Invalid value: 599: may not specify a duration less "
                   "than 10 minutes"), 4, "floor of 10m"),
    (500, post("net/http: TLS handshake timeout"), 5, "kubernetes_host"),
    (500, post("dial tcp 127.0.0.1:1: connect: connection refused"), 5, "kubernetes_host"),
    (500, post("tls: failed to verify certificate: x509: certificate signed by unknown authority"),
     5, "CA"),
)

# (method, its login, status, error, exit code, part of the hint)
LOGGING_IN = (
    ("approle", "", 400, "invalid role or secret ID", 4, "15 minutes"),
    ("approle", "", 400, "missing secret_id", 4, "secret id"),
    ("approle", "", 403, "permission denied", 4, "auth.mount"),  # locked, or no such mount
    ("approle", "", 404, "namespace not found", 3, "--vault-namespace"),
    ("approle", "", 500, "missing role_id", 3, "auth"),
    ("userpass", "/ann", 400, "invalid username or password", 4, "leasehold login"),
    ("userpass", "/ann", 403, "permission denied", 4, "locked for 15 minutes"),
    ("userpass", "/ann", 500, "missing password", 3, "auth"),
    ("ldap", "/ann", 400, "ldap operation failed: failed to bind as user", 4, "leasehold login"),
    ("jwt", "", 400, "error validating token: invalid audience (aud) claim: audience claim does not "
     "match any expected audience", 4, "--jwt-audience"),
    ("jwt", "", 400, 'error validating claims: claim "project_path" does not match any associated '
     "bound claim values", 4, "--auth-role"),
    ("jwt", "", 400, "error validating token: invalid expiration time (exp) claim: token is expired",
     4, "--jwt-audience"),
    ("jwt", "", 400, "error validating token: error verifying token signature: go-jose/go-jose: "
     "compact JWS format must have three parts", 4, ""),
    ("jwt", "", 400, "error validating token: error verifying token signature: no known key "
     "successfully validated the token signature", 4, ""),
    ("jwt", "", 400, "error validating token: invalid issuer (iss) claim", 4, ""),
    ("jwt", "", 400, "missing role", 4, "--auth-role"),
    ("jwt", "", 400, 'role "nope" could not be found', 4, "--auth-role"),
    ("kubernetes", "", 403, "service account name not authorized", 4, "auth.mount"),
    ("kubernetes", "", 400, 'invalid role name "none"', 4, "--auth-role"),
)
SECRETS = {"VAULT_SECRET_ID": "a-secret-id", "VAULT_PASSWORD": "a-password", "JOB": "a.b.c"}


class Words(VaultCase):
    def setUp(self):
        super().setUp()
        self.vault.sessions["hvs.mine"] = "me"
        self.mine = {"VAULT_TOKEN": "hvs.mine"}
        self.with_method("token")

    def lease_with_mine(self, code=0):
        return self.lease(code, **self.mine)

    def assert_told(self, said, error, hint):
        """The server's own words in one line, marked as such and capped; then what to do."""
        line, _, rest = said.rstrip().partition("\nhint: ")
        start = error.strip().splitlines()[-1].removeprefix("\t* ")[:60]
        start = start.replace('\\', '\\\\')
        self.assertIn("the server says: " + start, line)
        self.assertNotIn("\n", line)
        self.assertLess(len(line), 800)
        self.assertIn(hint, rest)

    def test_what_is_said_of_a_lease(self):
        self.lease_with_mine()
        for status, error, code, hint in LEASING:
            with self.subTest(error, status=status):
                self.vault.paths()
                self.vault.answer("POST", CREDS, status, [error])
                self.assert_told(self.lease_with_mine(code), error, hint)
                self.assertEqual(self.vault.paths(), [LEASE], "it was tried again")

    def test_what_is_said_of_a_login(self):
        robot = self.box.write("robot.jwt", "a.b.c")
        flags = {"approle": ("--role-id", "r"), "userpass": ("--username", "ann"),
                 "ldap": ("--username", "ann"), "jwt": ("--auth-role", "r", "--jwt-variable", "JOB"),
                 "kubernetes": ("--auth-role", "r", "--jwt-file", robot)}
        for method, below, status, error, code, hint in LOGGING_IN:
            with self.subTest(error, method=method, status=status):
                name = f"{method}{LOGGING_IN.index((method, below, status, error, code, hint))}"
                self.with_method(method, *flags[method], "--auth-mount", name, name=name)
                self.vault.answer("POST", f"auth/{name}/login{below}", status, [error])
                self.vault.paths()
                self.assert_told(self.lease(code, name=name, **SECRETS), error, hint)
                self.assertEqual(self.vault.paths(), [f"POST auth/{name}/login{below}"])

    def test_403_is_a_policys_or_a_tokens(self):
        self.lease_with_mine()
        self.vault.paths()
        self.vault.answer("POST", CREDS, 403, [POLICY])
        said = self.lease_with_mine(4)
        self.assertIn(f'path "{CREDS}" {{ capabilities = ["update"] }}', said)
        self.assertEqual(self.vault.paths(), [LEASE, LOOKUP])
        for error in ("permission denied", NEWER):
            with self.subTest(error):
                self.vault.answer("POST", CREDS, 403, [error])
                self.vault.answer("GET", "auth/token/lookup-self", 403, [error])
                # The variable may have another token by now.
                self.lease_with_mine()
                self.assertEqual(self.vault.paths(), [LEASE, LOOKUP, LOOKUP, LEASE])

    def test_a_200_may_hold_nothing(self):
        self.lease_with_mine()
        wrapped = {"data": None, "auth": None, "lease_id": "", "wrap_info": {
            "token": "s.wrapping", "accessor": "a", "ttl": 60, "creation_path": CREDS}}
        for body, said in ((wrapped, "wrapped"), ({"data": {}}, "unusable"), ({}, "unusable"),
                           ([], "unusable"), ("<html>no</html>", "unusable"), ("", "unusable")):
            with self.subTest(said, body=str(body)[:30]):
                self.vault.answer("POST", CREDS, 200, {} if body == [] else body)
                told = self.lease_with_mine(7)
                self.assertIn(said, told)
                self.assertNotIn("s.wrapping", told)
        wrapped["wrap_info"]["creation_path"] = "auth/approle/login"
        self.with_method("approle", "--role-id", "r", name="login")
        self.vault.answer("POST", "auth/approle/login", 200, wrapped)
        self.assertIn("wrapped", self.lease(7, name="login", **SECRETS))
        self.with_method("approle", "--role-id", "s", name="login")
        second = {"auth": {"client_token": "", "accessor": "", "mfa_requirement": {
            "mfa_request_id": "q", "mfa_constraints": {"e": {"any": [
                {"type": "totp", "id": "m", "uses_passcode": True}]}}}}}
        self.vault.answer("POST", "auth/approle/login", 200, second)
        self.assertIn("leasehold login", self.lease(4, name="login", **SECRETS))

    def test_what_was_cut_is_told(self):
        words = "ttl of 10h0m0s is greater than the role's token_max_ttl of 2h0m0s; capping accordingly"
        unknown = "Endpoint ignored these unrecognized parameters: [bogus]"
        self.vault.lease_changes = {"warnings": [words, unknown], "mount_type": "kubernetes"}
        result = self.leasehold("lease", "create", "--profile", "dev", "-v", environment=self.mine)
        self.assertEqual(result.returncode, 0, result.stderr)
        for warning in (words, unknown):
            self.assertIn("the server warns: " + warning, result.stderr)

    def test_a_lease_that_is_shorter_than_its_token_ends_with_the_lease(self):
        self.vault.lease_changes = {"lease_duration": 1800}  # a batch token's, which says no word
        lease = json.loads(self.ok("lease", "create", "--profile", "dev", "-o", "json",
                                   environment=self.mine))
        self.assertLessEqual(seconds(lease["expires"]) - seconds(lease["issued"]), 1800)

    def test_a_server_that_is_not_ready_is_asked_again(self):
        self.lease_with_mine()
        for status, errors, headers in (
                (412, ["required index state not present"], {}),
                (503, ["Vault is sealed"], {}),
                (429, [f'request path "{CREDS}": rate limit quota exceeded'], {}),
                (429, [f'request path "{CREDS}": rate limit quota exceeded'], {"Retry-After": "1"}),
                (429, [], {"Retry-After": "1"})):
            with self.subTest(status, headers=headers):
                self.vault.paths()
                self.vault.answer("POST", CREDS, status, errors, headers)
                self.lease_with_mine()
                self.assertEqual(self.vault.paths(), [LEASE, LEASE])

    def test_one_that_stays_so(self):
        self.with_method("token", "--deadline", "3s")
        self.lease_with_mine()
        for status, errors, code, hint in (
                (503, ["Vault is sealed"], 5, "unseal"),
                (412, ['missing "X-Vault-Request" header'], 5, ""),
                (429, ["rate limit quota exceeded"], 5, "try again in"),
                (502, "<html>bad gateway</html>", 5, "proxy"),
                (504, "<html>gateway timeout</html>", 6, "proxy")):
            with self.subTest(status):
                self.vault.paths()
                headers = {"Retry-After": "19"} if status == 429 else {}
                for _ in range(9):
                    self.vault.answer("POST", CREDS, status, errors, headers)
                self.assertIn(hint, self.lease_with_mine(code))
                self.vault.forget_answers()
                self.assertLessEqual(len(self.vault.paths()), 3)

    def test_a_redirect_is_named_and_not_followed(self):
        self.lease_with_mine()
        self.vault.paths()
        self.vault.answer("POST", CREDS, 307, None,
                          {"Location": f"https://127.0.0.1:39410/v1/{CREDS}"})
        said = self.lease_with_mine(5)
        self.assertIn('"127.0.0.1:39410"', said)
        self.assertIn("vault.address", said)
        self.assertEqual(self.vault.paths(), [LEASE])

    def test_what_health_says(self):
        state = {"initialized": True, "sealed": False, "standby": False, "version": "2.7.2"}
        for status, change, said in (
                (200, {}, "answers"), (429, {"standby": True}, "as a standby"),
                (472, {"standby": True}, "as a standby"), (473, {"standby": True}, "as a standby"),
                (503, {"sealed": True}, "is sealed"),
                (501, {"initialized": False, "sealed": True}, "is not initialised")):
            with self.subTest(status):
                self.vault.answer("GET", "sys/health", status, state | change)
                result = self.leasehold("profile", "check", "dev", environment=self.mine)
                self.assertEqual(result.returncode, 0 if status < 500 else 5, result.stderr)
                self.assertIn(said, result.stdout + result.stderr)

    def test_what_revoking_says(self):
        for status, errors, code, said in (
                (403, [POLICY], 4, "sys/leases/revoke/"),
                (400, ["failed to revoke entry: resp: (*logical.Response)(nil) err: 1 error occurred:"
                       "\n\t* failed to delete ServiceAccount 'ci/v-token-binding-1': Unauthorized"
                       "\n\n"], 5, "try again later")):
            with self.subTest(status):
                self.ok("credential", "--profile", "dev", environment=self.mine)
                [lease] = json.loads(self.ok("lease", "list", "--profile", "dev", "-o", "json",
                                             environment=self.mine))
                self.vault.answer("POST", "sys/leases/revoke/" + lease["id"], status, errors)
                self.vault.answer("POST", "sys/leases/revoke", status, errors)
                result = self.leasehold("lease", "revoke", lease["id"], environment=self.mine)
                self.assertEqual(result.returncode, code, result.stdout + result.stderr)
                self.assertIn(said, result.stderr)
                self.vault.forget_answers()

    def test_a_browsers_login_that_the_server_refuses(self):
        self.with_method("oidc", "--auth-role", "dev", "--callback-mode", "direct", name="person")
        start = "auth/oidc/oidc/auth_url"
        for status, body, code, said in (
                (200, {"data": {"auth_url": ""}}, 4, "redirect"),
                (400, ['role "none" could not be found'], 4, "could not be found"),
                (400, ["missing client_nonce"], 4, "missing client_nonce")):
            with self.subTest(said):
                self.vault.answer("POST", start, status, body)
                result = self.leasehold("login", "--profile", "person")
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(said, result.stderr)
        page = {"data": {"auth_url": "https://idp.example/?state=s1", "state": "s1",
                         "poll_interval": "1"}}
        poll = "auth/oidc/oidc/poll"
        for errors, said in ((["OpenBao login failed. Expired or missing OAuth state."], "Expired"),
                             (["invalid client_nonce"], "invalid client_nonce")):
            with self.subTest(said):
                self.vault.answer("POST", start, 200, page)
                self.vault.answer("POST", poll, 400, ["authorization_pending"])
                self.vault.answer("POST", poll, 400, errors)
                result = self.leasehold("login", "--profile", "person")
                self.assertEqual(result.returncode, 4, result.stderr)
                self.assertIn(said, result.stderr)


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


if __name__ == "__main__":
    main()
