"""What the tests of Vault's leases share: a real OpenBao, of a real kube-apiserver, and a user."""

import functools
import json
import unittest
import urllib.error

from real_cluster import RealCluster
from tests.openbao import logins, world
from tests.openbao.program import CannotHave, NEWEST, program
from tests.support.machine import leave_all_out
from tests.support.objects import Objects
from tests.support.sandbox import Sandbox

LOGIN = ("update", "auth/approle/login")
LOOK = ("read", "auth/token/lookup-self")
RENEW = ("update", "auth/token/renew-self")


def lease_of(role):
    return ("update", f"kubernetes/creds/{role}")


@functools.cache
def cluster():
    """The one of this program."""
    made = RealCluster()
    unittest.addModuleCleanup(made.stop)
    world.furnish(made)
    return made


class VaultCase(unittest.TestCase):
    """One server serves the class; each test has a home of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = cluster()
        cls.bao = cls.start_server()
        cls.addClassCleanup(cls.bao.stop)
        cls.role_id, cls.secret_id = logins.approle(cls.bao)

    @classmethod
    def start_server(cls):
        return world.start(cls.cluster)

    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)
        self.variables = {"VAULT_SECRET_ID": self.secret_id}
        self.seen = len(self.bao.requests())

    def asked(self):
        """What was asked since the last look."""
        now = self.bao.requests()
        new, self.seen = now[self.seen:], len(now)
        return new

    def leasehold(self, *arguments, code=0, **options):
        result = self.box.leasehold(*arguments, environment=self.variables, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def profile(self, words, role, *more, auth=None, code=0, node=None):
        """`setup NAME` or `profile add NAME`; the login is an AppRole's unless `auth` says."""
        node = self.bao if node is None else node
        auth = ("--auth", "approle", "--role-id", self.role_id) if auth is None else auth
        return self.leasehold(
            *words.split(), "--provider", "vault", "--server", self.cluster.server,
            "--certificate-authority", self.cluster.facts["ca"], "--address", node.address,
            "--vault-certificate-authority", node.ca, "--role", role, *auth, *more, code=code)

    def kubectl(self, *arguments):
        return self.box.run(self.cluster.kubectl_path, *arguments, environment=self.variables)

    def whoami(self, context="ci"):
        result = self.kubectl("--context", context, "auth", "whoami", "-o",
                              "jsonpath={.status.userInfo.username}")
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def credential(self, code=0, name="ci"):
        return self.leasehold("credential", "--profile", name, code=code)

    def lease(self, name="ci"):
        result = self.leasehold("lease", "list", "--profile", name, "-o", "json")
        [lease] = json.loads(result.stdout)
        return lease

    def status_of(self, token):
        """What the API server says to whoever shows it."""
        try:
            Objects(self.cluster.server, self.cluster.facts["ca"], token).call(
                "GET", "/api/v1/namespaces/ci/configmaps")
            return 200
        except urllib.error.HTTPError as error:
            return error.code


def main(*releases):
    """Runs the tests of a program, or leaves them out."""
    try:
        for release in releases or (NEWEST,):
            program(release)
    except CannotHave as reason:
        leave_all_out(f"OpenBao cannot be had: {reason}")
    unittest.main()
