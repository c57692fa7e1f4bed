"""What Vault answers when it does not lease, in the words of Vault 1.14 and OpenBao 2.7: each has its
message, its next step and its exit code. The real server shows most of them in tests/cluster; a
scripted one shows all, also those that it cannot be made to show."""

import base64
import itertools
import json
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.sandbox_case import SandboxCase

CREDS = "/v1/kubernetes/creds/deployer"
LOOK, LOGIN, UNWRAP = "/v1/auth/token/lookup-self", "/v1/auth/approle/login", "/v1/sys/wrapping/unwrap"
IN_THE_CLUSTER = "the server could not do it in the cluster (500)"
NO_RIGHT = "1 error occurred:\n\t* permission denied\n\n"
TOKEN_REQUEST = "1 error occurred:\n\t* failed to create a service account token for ci/deployer: "


class Scripted(ThreadingHTTPServer):
    """Gives the answers of a list in turn, the last again and again; keeps what was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked = [], []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # pylint: disable=invalid-name
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.path)
        answers = self.server.answers
        status, body, headers = answers.pop(0) if len(answers) > 1 else answers[0]
        if status == 0:
            time.sleep(30)  # it hangs
            return
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def says(status, *errors, **headers):
    return status, {"errors": list(errors)}, {name.replace("_", "-"): value
                                              for name, value in headers.items()}


def look(**data):
    return 200, {"data": {"ttl": 7200, "num_uses": 0, "policies": ["default", "dev"], **data}}, {}


def lease(account="deployer", token=None, **more):
    now = int(time.time())
    claims = {"iss": "x", "aud": ["y"], "iat": now, "exp": now + 3600, "jti": "z",
              "sub": "system:serviceaccount:ci:deployer",
              "kubernetes.io": {"namespace": "ci", "serviceaccount": {"name": "deployer"}}}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
             for part in ({"alg": "RS256"}, claims)]
    data = {"service_account_name": account, "service_account_namespace": "ci",
            "service_account_token": token if token is not None else ".".join([*parts, "c2ln"])}
    return 200, {"lease_id": "kubernetes/creds/deployer/abc", "lease_duration": 3600,
                 "data": data, "warnings": None, **more}, {}


class VaultFaults(SandboxCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.server = Scripted()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self):
        super().setUp()
        self.variables = {"VAULT_TOKEN": "s.given", "VAULT_SECRET_ID": "secret"}
        self.add()

    def add(self, *auth, address=None):
        self.ok("profile", "add", "ci", "--force", "--provider", "vault", "--server",
                "https://cluster.example:6443", "--address", address or self.server.url, "--role",
                "deployer", "--namespace", "ci", *auth)

    def refused(self, code, answers, *said, asked):
        """A lease is, with this code and these words; the server was asked so often."""
        self.server.answers, self.server.asked = list(answers), []
        text = self.fails(code, "lease", "create", "--profile", "ci",
                          environment=self.variables)
        text = " ".join(text.split())
        for words in said:
            self.assertIn(words, text)
        self.assertEqual(self.server.asked, asked)

    def creds(self, code, answer, *said, times=1):
        """With a token that is new and well, the engine answers so."""
        self.variables["VAULT_TOKEN"] = f"s.{next(self.numbers)}"
        self.refused(code, [look(), answer], *said, asked=[LOOK] + [CREDS] * times)

    def test_the_lease_is_wrong(self):
        for answer, what, hint in (
                (says(400, "role 'deployer' does not exist"), "the role is not there (400)",
                 "(--role, --mount)"),
                (says(400, "kubernetes_namespace 'ci' is not present in role's "
                           "allowed_kubernetes_namespaces or does not match"),
                 "the role is not for this namespace (400)", "(--namespace)"),
                (says(400, "a ClusterRoleBinding cannot ref a Role"),
                 "the role is no ClusterRole (400)", "leave cluster-role-binding out"),
                (says(400, "error converting input x for field \"ttl\""),
                 "the server takes a value for wrong (400)", "check the values in the profile"),
                (says(500, "1 error occurred:\n\t* error verifying namespace: "
                           "'kubernetes_namespace' is required unless the Vault role has a single "
                           "namespace specified\n\n"),
                 "the role is for more than one namespace (500)", "set namespace in the profile"),
                (says(404, "no handler for route \"kubernetes/creds/x\". route entry not found."),
                 "there is no such thing (404)", "(--mount, --role, --vault-namespace)"),
                (says(404, "namespace not found"), "the server has no such namespace (404)",
                 "(--vault-namespace)")):
            with self.subTest(what):
                self.creds(3, answer, "cannot lease from kubernetes/creds/deployer", what,
                           "the server says: ", hint)

    def test_somebody_says_no(self):
        for answer, what, hint in (
                (says(400, "Secret cannot be returned; token had one use left, so leased "
                           "credentials were immediately revoked."),
                 "the login's token has too few uses (400)", "token_num_uses 0"),
                (says(500, TOKEN_REQUEST + "Unauthorized\n\n"), IN_THE_CLUSTER,
                 "another service_account_jwt"),
                (says(500, TOKEN_REQUEST + "serviceaccounts \"x\" not found\n\n"), IN_THE_CLUSTER,
                 "whoever keeps the engine's role can mend"),
                (says(500, TOKEN_REQUEST + "may not specify a duration less than 10 minutes\n\n"),
                 IN_THE_CLUSTER, "Kubernetes' floor of 10m"),
                (says(500, "1 error occurred:\n\t* failed to create RoleBinding/"
                           "ClusterRoleBinding 'a' for b: \"a\" already exists\n\n"),
                 IN_THE_CLUSTER, "it must have a random part"),
                (says(500, "1 error occurred:\n\t* could not load backend configuration\n\n"),
                 "the engine is not set up (500)", "write its config"),
                (says(403, NO_RIGHT), "permission denied (403)",
                 'path "kubernetes/creds/deployer" { capabilities = ["update"] }')):
            with self.subTest(hint):
                self.creds(4, answer, "cannot lease from kubernetes/creds/deployer", what,
                           "the server says: ", hint)

    def test_it_is_away(self):
        for answer, times, what, hint in (
                (says(500, TOKEN_REQUEST + "Post \"https://10.0.0.1/api\": dial tcp 10.0.0.1:443: "
                           "connect: connection refused\n\n"), 1, IN_THE_CLUSTER,
                 "kubernetes_host and CA"),
                (says(500, TOKEN_REQUEST + "Post \"https://10.0.0.1/api\": net/http: TLS handshake "
                           "timeout\n\n"), 1, IN_THE_CLUSTER, "kubernetes_host and CA"),
                (says(500, "internal error"), 1, "the server failed (500)", "try again"),
                (says(412, "missing \"X-Vault-Request\" header"), 3,
                 "the server does not have its state yet, or an agent lacks a header (412)",
                 "try again"),
                (says(429, "request path \"kubernetes/creds/deployer\": rate limit quota exceeded",
                      Retry_After="60"), 1, "too many requests (429)", "try again in 60 s"),
                (says(502, "third party"), 1, "the server is not serving (502)", "operators"),
                ((502, "<html>bad gateway</html>", {}), 1, "something before the server failed",
                 "look at the proxy"),
                (says(503, "Vault is sealed"), 3, "the server is sealed (503)",
                 "an operator must unseal it"),
                ((307, "", {"Location": "https://10.0.0.7:8200" + CREDS}), 1,
                 "is a standby that does not forward; it points to \"10.0.0.7:8200\"",
                 "give the address of the cluster itself")):
            with self.subTest(what):
                self.creds(5, answer, what, hint, times=times)

    def test_it_answers_something_else(self):
        for answer, what in (
                (says(405, "unsupported operation"), "something unexpected (405)"),
                (says(413, "http: request body too large"), "something unexpected (413)"),
                ((404, "<html>not here</html>", {}), "looks like neither Vault nor OpenBao"),
                ((200, "<html>hello</html>", {}), "something unusable"),
                ((200, {"wrap_info": {"token": "s.wrapping"}, "data": None}, {}), "it is wrapped"),
                (lease(lease_id=""), "it has no lease id")):
            with self.subTest(what):
                self.creds(7, answer, what)

    # It is given back: nobody would use it, and its account would stay for an hour.
    def test_what_is_not_what_was_asked_for(self):
        for answer, what in ((lease(account="other"),
                              'not for "system:serviceaccount:ci:other"'),
                             (lease(token="a.b.c"), "no usable signature"),
                             (lease(token=""), "it holds no token")):
            with self.subTest(what):
                self.variables["VAULT_TOKEN"] = f"s.{next(self.numbers)}"
                self.refused(7, [look(), answer, (204, "", {})], what, asked=[
                    LOOK, CREDS, "/v1/sys/leases/revoke/kubernetes/creds/deployer/abc"])

    def test_a_token_that_ended(self):
        self.refused(4, [says(403, "permission denied")], "does not take the token (403)",
                     "leasehold login --profile ci", "VAULT_TOKEN", asked=[LOOK])

    # As newer Vaults say it; what they say of a policy has another form.
    def test_a_session_that_ended_while_it_was_kept(self):
        ended = says(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n")
        self.creds(4, says(403, NO_RIGHT))
        self.refused(4, [ended], "does not take the token (403)", asked=[CREDS, LOOK, LOOK])

    def test_policies_are_named(self):
        self.creds(4, says(403, NO_RIGHT))
        self.refused(4, [says(403, NO_RIGHT), look()], "the login's policies (default, dev)",
                     asked=[CREDS, LOOK])

    def test_logins(self):
        approle = ("--auth", "approle", "--role-id", "robot")
        for auth, code, answers, what, hint, asked in (
                ((), 4, [says(400, "invalid role or secret ID")],
                 "the server does not accept the login (400)", "make a new secret id", [LOGIN]),
                ((), 4, [says(403, "permission denied")],
                 "the server does not let this login in (403)", "locked for 15 minutes", [LOGIN]),
                ((), 3, [says(500, "missing role_id")], "the login lacks a value (500)",
                 "check auth of the profile", [LOGIN]),
                ((), 3, [says(404, "namespace not found")], "the server has no such namespace",
                 "--auth-vault-namespace", [LOGIN]),
                ((), 4, [(200, {"auth": {"client_token": "s.x", "num_uses": 2}}, {})],
                 "may be used 2 times only", "token_num_uses 0", [LOGIN]),
                ((), 4, [(200, {"auth": {"client_token": "", "mfa_requirement": {
                    "mfa_request_id": "x", "mfa_constraints": {}}}}, {})],
                 "wants a second factor", "leasehold login --profile ci", [LOGIN]),
                ((), 7, [(200, {"auth": None, "wrap_info": {"token": "s.w"}}, {})],
                 "it is wrapped", "", [LOGIN]),
                (("--secret-id-wrapped",), 4,
                 [says(400, "wrapping token is not valid or does not exist")],
                 "the wrapping token is used or has ended (400)", "someone else did", [UNWRAP])):
            with self.subTest(what):
                self.add(*approle, *auth)
                self.variables["VAULT_SECRET_ID"] = f"secret {next(self.numbers)}"
                self.refused(code, answers, what, hint, asked=asked)

    def test_nobody_is_there(self):
        gone = Scripted()
        gone.shutdown()
        gone.server_close()
        self.add(address=gone.url)
        self.refused(5, [look()], "connect", asked=[])

    def test_it_speaks_no_tls(self):
        self.add(address=self.server.url.replace("http:", "https:"))
        self.refused(5, [look()], "TLS", asked=[])

    def test_it_hangs(self):
        self.add("--deadline", "2s")
        self.refused(6, [look(), (0, "", {})], "did not answer in time",
                     "has the profile a shorter deadline?", asked=[LOOK, CREDS])


if __name__ == "__main__":
    unittest.main()
