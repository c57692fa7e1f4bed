"""A Vault for what the real server of tests/openbao cannot be made to show: the logins of clouds, and
answers that are given word by word. Its leases are real tokens of an API server.

    vault = VaultStandin(api)         # of tests/standin
    vault.clouds.keys["AKID"] = "secret"
    vault.answer("POST", "kubernetes/creds/static", 412, {"errors": ["not yet"]})
"""

import collections
import json
import shutil
import ssl
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.infisical_server.cluster import Cluster
from tests.standin.certificates import Authority
from tests.vault_standin.clouds import Clouds, Refused

LIFE = 3600  # seconds of a login's token


class VaultStandin:
    """Serves in threads of this process, with TLS, until stop()."""

    def __init__(self, api):
        self.clouds = Clouds()
        self.sessions = {}          # token: display name
        self.asked = []             # (method, path below /v1/, body, headers)
        self.account = ("ci", "deployer")
        self.held = {}              # path: an Event that its answers wait for
        self.issued = []            # tokens of its leases
        self.lease_changes = {}     # what the next leases' answers have otherwise; None: not at all
        self._answers = collections.defaultdict(list)
        with open(api.ca, encoding="ascii") as file:
            self._cluster = Cluster(api.server, api.token(), file.read())
        self._folder = tempfile.mkdtemp(prefix="leasehold-vault-")
        authority = Authority(self._folder)
        certificate, key = f"{self._folder}/server.pem", f"{self._folder}/server.key"
        authority.issue("server", "/CN=vault", certificate, key)
        self.ca = authority.certificate
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.address = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def answer(self, method, path, status, body, headers=None):
        """The next request of that kind gets this answer; text is sent as it is, anything else as
        JSON, and a list as what the server calls errors."""
        body = {"errors": body} if isinstance(body, list) else body
        self._answers[method, path].append((status, body, headers or {}))

    def forget_answers(self):
        self._answers.clear()

    def paths(self):
        """What was asked since the last look, as `METHOD path`."""
        asked, self.asked = self.asked, []
        return [f"{method} {path}" for method, path, _, _ in asked]

    def end_sessions(self):
        self.sessions.clear()

    def _handler(self):
        vault = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format, *arguments):
                pass

            def serve(self):
                length = int(self.headers.get("Content-Length") or 0)
                text = self.rfile.read(length).decode()
                path = self.path.partition("?")[0].removeprefix("/v1/")
                status, body, headers = vault.serve(self.command, path,
                                                    json.loads(text) if text else {}, self.headers)
                data = body if isinstance(body, str) else json.dumps(body)
                data = b"" if body is None else data.encode()
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json",
                                     "Content-Length": str(len(data))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = serve

        return Handler

    def serve(self, method, path, body, headers):
        self.asked.append((method, path, body, headers))
        if path in self.held:
            self.held[path].wait(60)
        if self._answers[method, path]:
            return self._answers[method, path].pop(0)
        try:
            status, answer = self._route(method, path, body, headers)
        except Refused as refusal:
            status, answer = refusal.status, {"errors": [str(refusal)]}
        return status, answer, {}

    def _route(self, method, path, body, headers):
        kind, _, rest = path.partition("/")
        if path == "sys/health":
            return 200, {"version": "1.21.0", "sealed": False, "initialized": True}
        if kind == "auth" and rest.endswith("/login"):
            return 200, {"auth": self._log_in(rest.removesuffix("/login"), body)}
        if headers.get("X-Vault-Token") not in self.sessions:
            raise Refused("permission denied", 403)
        return self._with_token(method, path, body, headers["X-Vault-Token"])

    def _log_in(self, method, body):
        known = {"aws": self.clouds.aws, "gcp": self.clouds.gcp, "azure": self.clouds.azure}
        if method not in known:
            raise Refused("permission denied", 403)
        found = known[method](body)
        token = f"hvs.{method}{len(self.sessions)}-{id(found)}"
        self.sessions[token] = found["display_name"]
        return {"client_token": token, "lease_duration": LIFE, "renewable": True, "num_uses": 0,
                "policies": ["default", "lease"], "orphan": True, "token_type": "service"}

    def _with_token(self, method, path, body, token):
        if path == "auth/token/lookup-self":
            return 200, {"data": {"ttl": LIFE, "num_uses": 0, "policies": ["default", "lease"],
                                  "display_name": self.sessions[token]}}
        if path == "auth/token/revoke-self":
            del self.sessions[token]
            return 204, None
        if path == "sys/capabilities-self":
            return 200, {"data": {name: ["update"] for name in body["paths"]}}
        if path.startswith("sys/leases/revoke/"):
            return 204, None
        if method == "POST" and path.startswith("kubernetes/creds/"):
            return 200, self._lease(path, body)
        raise Refused("1 error occurred:\n\t* permission denied\n\n", 403)

    def _lease(self, path, body):
        namespace, name = self.account
        seconds = 3600
        token = self._cluster.token(namespace, name, seconds, body.get("audiences"))
        self.issued.append(token)
        answer = {"lease_id": f"{path}/{len(self.asked):024}", "lease_duration": seconds,
                "renewable": False, "warnings": None, "wrap_info": None, "data": {
                    "service_account_name": name, "service_account_namespace": namespace,
                    "service_account_token": token}}
        answer |= self.lease_changes
        return {name: value for name, value in answer.items() if value is not None}
