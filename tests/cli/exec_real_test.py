"""The clouds' own exec plugins, those that are on this machine, wrapped and called by the real
kubectl. The clouds are not there: keys are made up, Google's token endpoint and the API server are
stubs, and the API server answers with the token that it was sent."""

import http.server
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest

from case import PROGRAM  # noqa: F401
from tests.standin.certificates import Authority
from tests.support.installed import CannotInstall, kept, need, run
from tests.support.machine import left_out, need_program
from tests.support.sandbox import Sandbox

CONFIG = """apiVersion: v1
kind: Config
clusters:
- name: cloud
  cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}
users:
- name: cloud
  user:
    exec: %s
contexts:
- name: cloud
  context: {cluster: cloud, user: cloud}
current-context: cloud
"""
HERE = os.path.dirname(os.path.abspath(__file__))
# Programs that minutes of building give once.
AUTHENTICATOR = "sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator@v0.6.13"
KUBELOGIN = "github.com/Azure/kubelogin@v0.2.19"
KEYS = ("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")


def built(package):
    """The path of a program of a Go module; ends the test if it cannot be had."""
    name = package.partition("@")[0].rpartition("/")[2]
    try:
        need("go")
        place = kept(os.path.join(HERE, name), lambda place: run(
            place, "go", "install", "-trimpath", package, GOBIN=place, CGO_ENABLED="0",
            GOTOOLCHAIN="local", GOFLAGS="-mod=mod"), package)
    except CannotInstall as trouble:
        left_out("no %s: %s" % (name, trouble))
    return os.path.join(place, name)


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if "/.well-known/openid-configuration" in self.path:
            here = "https://" + self.headers["Host"] + "/tenant"
            self.answer({"issuer": here + "/v2.0", "token_endpoint": here + "/token",
                         "authorization_endpoint": here + "/authorize"})
        else:
            self.answer({"sent": self.headers.get("Authorization", "")})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer({"access_token": "ya29.stub", "expires_in": 3599, "token_type": "Bearer"})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):  # pylint: disable=redefined-builtin
        pass


class Clouds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.mkdtemp(prefix="leasehold-clouds-")
        authority = Authority(cls.place)
        certificate, key = (os.path.join(cls.place, name) for name in ("tls.pem", "tls.key"))
        authority.issue("server", "/CN=127.0.0.1", certificate, key)
        cls.ca = authority.certificate
        cls.servers = []
        for secure in (True, False):
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
            if secure:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate, key)
                server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            cls.servers.append(server)

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers:
            server.shutdown()
            server.server_close()
        shutil.rmtree(cls.place)

    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)

    def call(self):
        """The Authorization header that kubectl sends."""
        result = self.box.run("kubectl", "get", "--raw", "/version", timeout=120)
        return json.loads(result.stdout)["sent"] if result.returncode == 0 else result.stderr

    def goes_in_and_out(self, name, arguments, begins, **more):
        """`name`: a path, or looked up in ours."""
        for program in (name, "kubectl"):
            need_program(program, path=None)
        found = shutil.which(name)
        entry = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": found,
                 "args": arguments, **more}
        self.box.write("kubeconfig", CONFIG % (self.servers[0].server_port, self.ca,
                                               json.dumps(entry)))
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            text = file.read()
        plain = self.call()
        if begins not in plain:
            left_out("%s does not work here by itself: %s" % (name, plain))
        wrapped = self.box.leasehold("kubeconfig", "wrap", "cloud")
        self.assertEqual(wrapped.returncode, 0, wrapped.stderr)
        sent = {self.call() for _ in range(3)}
        self.assertEqual(len(sent), 1, "each call had a credential of its own")
        self.assertIn("Bearer " + begins, sent.pop())
        checked = self.box.leasehold("profile", "check", "cloud")
        self.assertIn("known as", checked.stdout)
        self.assertEqual(self.box.leasehold("kubeconfig", "unwrap", "cloud").returncode, 0)
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertEqual(file.read(), text)

    def test_aws_eks_get_token(self):
        self.box.write(".aws/credentials", KEYS)
        self.goes_in_and_out("aws", ["--region", "eu-west-1", "eks", "get-token",
                                     "--cluster-name", "prod"], "k8s-aws-v1.")

    def test_aws_iam_authenticator(self):
        self.box.write(".aws/credentials", KEYS)
        self.goes_in_and_out(built(AUTHENTICATOR), ["token", "-i", "prod"], "k8s-aws-v1.",
                             env=[{"name": "AWS_REGION", "value": "eu-west-1"},
                                  {"name": "AWS_STS_REGIONAL_ENDPOINTS", "value": "regional"}])

    def test_azure_kubelogin(self):
        proof = self.box.write("proof", "e30.e30.e30")
        host = "https://127.0.0.1:%d/" % self.servers[0].server_port
        self.goes_in_and_out(
            built(KUBELOGIN), ["get-token", "--login", "workloadidentity", "--server-id", "s",
                               "--client-id", "c", "--tenant-id", "tenant", "--authority-host",
                               host, "--disable-instance-discovery", "--federated-token-file",
                               proof],
            "ya29.stub", env=[{"name": "SSL_CERT_FILE", "value": self.ca}])

    def test_gke_gcloud_auth_plugin(self):
        key = subprocess.run(("openssl", "genrsa", "2048"), capture_output=True, text=True,
                             check=True).stdout
        account = {"type": "service_account", "project_id": "p", "private_key_id": "1",
                   "private_key": key, "client_email": "a@p.iam.gserviceaccount.com",
                   "token_uri": "http://127.0.0.1:%d/token" % self.servers[1].server_port}
        path = self.box.write("account.json", json.dumps(account))
        self.goes_in_and_out("gke-gcloud-auth-plugin", ["--use_application_default_credentials"],
                             "ya29.stub", provideClusterInfo=True,
                             env=[{"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": path}])


if __name__ == "__main__":
    unittest.main()
