"""Servers with certificates of every kind, judged by leasehold and by kubectl."""

import shutil
import ssl
import tempfile
import unittest

from authority import Authority
from tests.support.listener import Listener
from tests.support.sandbox import Sandbox

NAME = "api.test.local"
ANSWER = (b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
          b"Connection: close\r\n\r\n%s")
BODY = b'{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","code":401}'


class TlsServer(Listener):
    """Answers every request with 401 and remembers what it read after the handshake."""

    def __init__(self, certificate, key, versions=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # The server's own standards are not what is tested.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(certificate, key)
        if versions:
            context.minimum_version, context.maximum_version = versions
        self.context = context
        self.received = b""
        super().__init__()

    def handle(self, client):
        client.settimeout(60)
        with self.context.wrap_socket(client, server_side=True) as stream:
            self.received += stream.recv(65536)
            stream.sendall(ANSWER % (len(BODY), BODY))


class TlsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="leasehold-tls-")
        cls.ca = Authority(cls.directory)
        cls.ca.authority("root")
        cls.ca.authority("stranger")
        cls.ca.authority("middle", "root")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)
        self.token = self.box.write("token", "CANARY-TOKEN")

    def leaf(self, name, san="DNS:" + NAME, issuer="root", subject="/CN=leaf", extra=(), **more):
        extensions = ["basicConstraints=CA:FALSE", *extra]
        if san:
            extensions.append("subjectAltName=" + san)
        return self.ca.make(name, subject, extensions, issuer, **more)

    def lease(self, url, trust, server_name, requester=None):
        arguments = list(requester or ["--requester-token-file", self.token])
        arguments += ["--certificate-authority", trust] if trust else []
        arguments += ["--tls-server-name", server_name] if server_name else []
        result = self.box.leasehold("profile", "add", "p", "--force", "--server", url,
                                    "--namespace", "ci", "--service-account", "deployer",
                                    "--deadline", "10s", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.box.leasehold("lease", "create", "--profile", "p")

    def lease_error(self, url, trust, requester=None):
        result = self.lease(url, trust, NAME, requester)
        self.assertNotEqual(result.returncode, 0)
        return result.stderr

    def judge(self, accepted, certificate, key, server_name=NAME, trusted="root", versions=None,
              kubectl=True):
        """Both programs must accept, or refuse, the server; refused, it gets no token."""
        server = TlsServer(certificate, self.ca.path(key + ".key"), versions)
        self.addCleanup(server.close)
        url = "https://127.0.0.1:%d" % server.port
        trust = self.ca.path(trusted + ".crt")
        result = self.lease(url, trust, server_name)
        self.assertEqual(result.returncode, 4 if accepted else 5, result.stderr)
        self.assertIn("401" if accepted else "TLS", result.stderr)
        self.assertEqual(b"CANARY" in server.received, accepted, "who got the token?")
        if not kubectl:
            return
        arguments = ["--tls-server-name=" + server_name] if server_name else []
        theirs = self.box.run("kubectl", "--kubeconfig=/dev/null", "--server=" + url,
                              "--certificate-authority=" + trust, "--token=x", "get", "--raw",
                              "/version", *arguments)
        refused = "x509" in theirs.stderr or "tls:" in theirs.stderr
        self.assertEqual(refused, not accepted, "kubectl sees it otherwise: " + theirs.stderr)

    def simple(self, accepted, name, **options):
        judge = {key: options.pop(key) for key in ("server_name", "versions", "kubectl")
                 if key in options}
        self.leaf(name, **options)
        self.judge(accepted, self.ca.path(name + ".crt"), name, **judge)
