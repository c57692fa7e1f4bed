"""Issuers of JWTs as CI platforms run them, for the real API server to trust: one HTTPS server with
a discovery document and a key set for each, and the service at which a GitHub job asks for its JWT."""

import base64
import json
import os
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.integration.authority import Authority

DISCOVERY = "/.well-known/openid-configuration"
# "//" as in the addresses that GitHub gives to its runners.
JOB = "/24//idtoken/0b2d8a3c/7f1e4c55"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuers:
    """`names`: paths below one address, each an issuer with a key of its own."""

    def __init__(self, directory, *names):
        self.directory = directory
        self.jobs = {}  # by the runner's token: the subject of the JWTs that it may ask for
        self.asked = []
        authority = Authority(directory)
        self.ca = authority.authority("issuers-ca")
        authority.make("issuers", "/CN=issuers", ["subjectAltName=IP:127.0.0.1",
                                                  "extendedKeyUsage=serverAuth"], "issuers-ca")
        for name in names:
            authority.key(name, "2048")
        self._keys = {name: self._modulus(name) for name in names}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.path("issuers.crt"), authority.path("issuers.key"))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address = "https://127.0.0.1:%d" % self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def url(self, name):
        return self.address + "/" + name

    def _modulus(self, name):
        key = os.path.join(self.directory, name + ".key")
        text = subprocess.run(["openssl", "rsa", "-in", key, "-noout", "-modulus"], check=True,
                              capture_output=True, text=True, timeout=60).stdout
        return base64url(bytes.fromhex(text.strip().removeprefix("Modulus=")))

    def jwt(self, name, subject, audience, ends_in=300, **claims):
        """A JWT of that issuer, each time another one."""
        now = int(time.time())
        claims = {"iss": self.url(name), "sub": subject, "aud": audience, "iat": now - 600,
                  "nbf": now - 600, "exp": now + ends_in, "jti": os.urandom(8).hex(), **claims}
        text = ".".join(base64url(json.dumps(part).encode())
                        for part in ({"alg": "RS256", "typ": "JWT", "kid": name}, claims))
        key = os.path.join(self.directory, name + ".key")
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], check=True,
                                   input=text.encode(), capture_output=True, timeout=60).stdout
        return text + "." + base64url(signature)

    def github_job(self, runner):
        """What the environment of a job with `id-token: write` holds."""
        return {"ACTIONS_ID_TOKEN_REQUEST_URL": self.address + JOB + "?api-version=2.0",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": runner}

    def _answer(self, path, query, bearer):
        if path == JOB:
            subject = self.jobs.get(bearer.removeprefix("Bearer "))
            audience = query.get("audience", [""])[0]
            self.asked.append(audience)
            return subject and {"count": 1, "value": self.jwt("github", subject, audience)}
        for name, modulus in self._keys.items():
            if path == "/" + name + DISCOVERY:
                return {"issuer": self.url(name), "jwks_uri": self.url(name) + "/keys",
                        "response_types_supported": ["id_token"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["RS256"]}
            if path == "/" + name + "/keys":
                return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": name,
                                  "n": modulus, "e": "AQAB"}]}
        return None

    def _handler(issuers):  # pylint: disable=no-self-argument
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format, *arguments):
                pass

            def do_GET(self):
                target = urlsplit("https://here" + self.path)
                answer = issuers._answer(target.path, parse_qs(target.query),
                                         self.headers.get("Authorization", ""))
                data = json.dumps(answer or {"message": "not for you"}).encode()
                self.send_response(200 if answer else 403)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
        return Handler
