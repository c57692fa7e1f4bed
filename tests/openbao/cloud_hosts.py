"""AWS and Google Cloud as a server's plugins meet them: the proxy on their way, which answers in
place of the clouds' own hosts."""

import json
import os
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.infisical_server import sigv4
from tests.support.rsa import RsaKey

HOSTS = ("sts.amazonaws.com", "sts.eu-central-1.amazonaws.com", "www.googleapis.com",
         "oauth2.googleapis.com", "compute.googleapis.com", "iam.googleapis.com")
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/robot</Arn>
<UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""
REFUSAL = """<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>
</ErrorResponse>"""
ACCOUNT = "robot@shop.iam.gserviceaccount.com"


class CloudHosts:
    """`environment` leads a Go program to it."""

    def __init__(self, folder):
        self.keys = {}           # AWS's: access key id: secret
        self.asked = []          # (host, method, path)
        self.signer = RsaKey(os.path.join(folder, "google.pem"))
        authority = os.path.join(folder, "clouds.crt")
        key = os.path.join(folder, "clouds.key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=clouds", "-keyout", key, "-out", authority,
             "-addext", "subjectAltName=" + ",".join("DNS:" + host for host in HOSTS)],
            check=True, capture_output=True)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(authority, key)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        credentials = os.path.join(folder, "google.json")
        with open(credentials, "w", encoding="utf-8") as file:
            json.dump({"type": "service_account", "project_id": "shop", "private_key_id": "k",
                       "private_key": self.signer.pem(), "client_email": "vault@shop.example",
                       "client_id": "1", "token_uri": "https://oauth2.googleapis.com/token"}, file)
        self.environment = {
            "HTTPS_PROXY": f"http://127.0.0.1:{self.server.server_port}",
            "SSL_CERT_FILE": authority, "GOOGLE_APPLICATION_CREDENTIALS": credentials}
        self.public = subprocess.run(
            ["openssl", "req", "-x509", "-key", self.signer.path, "-subj", "/CN=google", "-days",
             "2"], check=True, capture_output=True, text=True).stdout

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def machine_jwt(self, audience, instance="vm-1", signer=None, life=3600):
        """What the metadata service of a machine in Google's cloud answers."""
        now = int(time.time())
        return (signer or self.signer).jwt("k1", {
            "iss": "https://accounts.google.com", "sub": "1234", "aud": audience, "iat": now,
            "exp": now + life, "email": ACCOUNT, "google": {"compute_engine": {
                "project_id": "shop", "project_number": 1, "zone": "europe-west1-b",
                "instance_id": "77", "instance_name": instance,
                "instance_creation_timestamp": now}}})

    def _handler(self):
        clouds = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            host = ""

            def log_message(self, format, *arguments):
                pass

            def do_CONNECT(self):
                self.host = self.path.partition(":")[0]
                if self.host not in HOSTS:
                    return self.send_error(502)
                self.send_response(200)
                self.end_headers()
                self.connection = clouds._context.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb")
                self.wfile = socket.SocketIO(self.connection, "w")
                self.close_connection = False

            def finish(self):
                super().finish()
                self.connection.close()  # the server knows the one below TLS alone

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                clouds.asked.append((self.host, self.command, self.path))
                status, kind, text = clouds.answer(self.host, self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = serve

        return Handler

    def answer(self, host, path, headers, body):
        if host.startswith("sts."):
            return self._sts(host, headers, body)
        found = {
            "/oauth2/v1/certs": {"k1": self.public},
            "/token": {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"},
            "/compute/v1/projects/shop/zones/europe-west1-b/instances/vm-1": {
                "name": "vm-1", "status": "RUNNING", "zone": "zones/europe-west1-b",
                "creationTimestamp": "2026-01-01T00:00:00.000Z", "selfLink": "x"},
            "/v1/projects/-/serviceAccounts/1234": {
                "email": ACCOUNT, "uniqueId": "1234", "projectId": "shop"},
        }.get(path.partition("?")[0])
        if found is None:
            return 404, "application/json", json.dumps({"error": {"code": 404, "message": "no"}})
        return 200, "application/json", json.dumps(found)

    def _sts(self, host, headers, body):
        """A host knows the scope of its own region; that without one is us-east-1's."""
        region = host.split(".")[1] if host.count(".") == 3 else "us-east-1"
        scope = headers.get("Authorization", "").split("/")[2:3]
        refused = lambda code, why: (403, "text/xml", REFUSAL % (code, why))  # noqa: E731
        if scope != [region]:
            return refused("SignatureDoesNotMatch", "Credential should be scoped to a valid region")
        if headers.get("X-Amz-Security-Token") == "ended":
            return refused("ExpiredToken", "The security token included in the request is expired")
        try:
            sigv4.check("POST", dict(headers.items()), body, self.keys, time.time())
        except sigv4.Refused as why:
            return refused("SignatureDoesNotMatch", str(why))
        return 200, "text/xml", IDENTITY
