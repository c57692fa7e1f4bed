"""The logins aws and gcp through Vault's own plugins, in a real OpenBao, leasing from a real
kube-apiserver. AWS's STS and Google's hosts are stand-ins; what is signed is checked."""

import os
import shutil
import tempfile
import unittest

from real_cluster import RealCluster
from tests.openbao import cloud_hosts, plugins, world
from tests.openbao.program import CannotHave, program
from tests.support.machine import leave_all_out
from tests.support.metadata import Metadata
from tests.support.rsa import RsaKey
from tests.support.sandbox import Sandbox

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret/key"}
IDENTITY = "/computeMetadata/v1/instance/service-accounts/default/identity"
LEASE = ("update", "kubernetes/creds/binding")


class VaultCloud(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="leasehold-clouds-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.clouds = cloud_hosts.CloudHosts(cls.folder)
        cls.addClassCleanup(cls.clouds.stop)
        cls.clouds.keys["AKIDEXAMPLE"] = "secret/key"
        cls.cluster = RealCluster()
        cls.addClassCleanup(cls.cluster.stop)
        world.furnish(cls.cluster)
        cls.bao = world.start(cls.cluster, plugins=plugins.plugins(), **cls.clouds.environment)
        cls.addClassCleanup(cls.bao.stop)
        plugins.enable(cls.bao, "aws", iam_server_id_header_value="vault.example", max_retries=0)
        cls.bao.write("auth/aws/role/ci", {
            "auth_type": "iam", "resolve_aws_unique_ids": False, "token_policies": "lease",
            "bound_iam_principal_arn": "arn:aws:iam::123456789012:user/robot", "token_ttl": "1h"})
        plugins.enable(cls.bao, "gcp")
        cls.bao.write("auth/gcp/role/ci", {"type": "gce", "bound_projects": "shop",
                                           "token_policies": "lease", "token_ttl": "1h"})

    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)
        self.seen = len(self.bao.requests())

    def asked(self):
        now = self.bao.requests()
        new, self.seen = now[self.seen:], len(now)
        return new

    def profile(self, method, *more, role="ci"):
        result = self.box.leasehold(
            "profile", "add", "ci", "--provider", "vault", "--server", self.cluster.server,
            "--certificate-authority", self.cluster.facts["ca"], "--address", self.bao.address,
            "--vault-certificate-authority", self.bao.ca, "--role", "binding", "--namespace", "ci",
            "--auth", method, "--auth-role", role, "--force", *more)
        self.assertEqual(result.returncode, 0, result.stderr)

    def lease(self, code=0, **environment):
        result = self.box.leasehold("lease", "create", "--profile", "ci", environment=environment)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def works(self, method, **environment):
        """The real kubectl uses the lease; the next one needs no login."""
        self.asked()
        result = self.box.leasehold("kubeconfig", "add", "ci", environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        who = self.box.run(self.cluster.kubectl_path, "--context", "ci", "auth", "whoami", "-o",
                           "jsonpath={.status.userInfo.username}", environment=environment)
        self.assertRegex(who.stdout, "^system:serviceaccount:ci:v-", who.stderr)
        self.assertEqual(self.asked(), [("update", f"auth/{method}/login"), LEASE])
        self.lease(**environment)
        self.assertEqual(self.asked(), [LEASE])
        result = self.box.leasehold("logout", "--profile", "ci", environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_aws(self):
        self.profile("aws", "--server-id-header", "vault.example")
        # Wherever the client runs, the server asks the STS without a region.
        self.works("aws", AWS_REGION="eu-central-1", **KEYS)
        self.assertEqual(self.clouds.asked[-1], ("sts.amazonaws.com", "POST", "/"))

    def test_aws_refused(self):
        self.profile("aws", "--server-id-header", "vault.example")
        self.assertIn("SignatureDoesNotMatch",
                      self.lease(4, **KEYS | {"AWS_SECRET_ACCESS_KEY": "wrong"}))
        self.assertIn("ExpiredToken", self.lease(4, AWS_SESSION_TOKEN="ended", **KEYS))
        for more, said in (
                ((), "missing header"), (("--server-id-header", "x"), 'expected "vault.example"'),
                (("--server-id-header", "vault.example", "--aws-region", "eu-central-1"),
                 "valid region")):
            with self.subTest(said):
                self.profile("aws", *more)
                self.assertIn(said, self.lease(4, **KEYS))
        self.profile("aws", "--server-id-header", "vault.example", role="nope")
        self.assertIn("role nope", self.lease(4, **KEYS))

    def service(self, **more):
        def identity(headers):
            audience = self.asked_for[-1].partition("audience=")[2]
            return self.clouds.machine_jwt(
                more.get("audience") or audience.replace("%3A", ":").replace("%2F", "/"),
                **{name: value for name, value in more.items() if name != "audience"})
        service = Metadata({("GET", IDENTITY): identity})
        self.addCleanup(service.stop)
        self.asked_for = _Paths(service)
        return service.url

    def test_gcp(self):
        self.profile("gcp", "--metadata-endpoint", self.service())
        self.works("gcp")

    def test_gcp_refused(self):
        other = RsaKey(os.path.join(self.box.home, "other.pem"))
        for more, said in (({"audience": "http://vault/other"}, "'aud' must end in"),
                           ({"signer": other}, "cryptographic"), ({"life": -600}, "expired"),
                           ({"instance": "gone"}, "instance")):
            with self.subTest(said):
                self.profile("gcp", "--metadata-endpoint", self.service(**more))
                self.assertIn(said, self.lease(4))
        self.profile("gcp", "--metadata-endpoint", self.service(), role="nope")
        self.assertIn('"nope" not found', self.lease(4))


class _Paths:
    """The paths that a service was asked for."""

    def __init__(self, service):
        self._service = service

    def __getitem__(self, index):
        return self._service.asked[index][1]


if __name__ == "__main__":
    try:
        program()
        plugins.plugins()
    except CannotHave as reason:
        leave_all_out(f"OpenBao or its plugins cannot be had: {reason}")
    unittest.main()
