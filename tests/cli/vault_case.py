"""What the tests with a stand-in for Vault share (tests/vault_standin)."""

import unittest

import case
from tests.support.metadata import Metadata
from tests.vault_standin.server import VaultStandin

LEASE = "POST kubernetes/creds/static"
LOOKUP = "GET auth/token/lookup-self"


class VaultCase(case.Case):
    """Each test has its own server, `vault`."""

    def setUp(self):
        super().setUp()
        self.vault = VaultStandin(self.api)
        self.addCleanup(self.vault.stop)

    def arguments(self, *more):
        return ("--provider", "vault", "--from-context", "admin", "--from-kubeconfig",
                self.box.path("admin"), "--address", self.vault.address,
                "--vault-certificate-authority", self.vault.ca, "--role", "static", *more)

    def with_method(self, method, *more, name="dev"):
        return self.ok("profile", "add", name, *self.arguments("--auth", method, *more, "--force"))

    def lease(self, code=0, name="dev", **environment):
        """Answers what was said by a call that has no lease yet."""
        words = ("lease", "create", "--profile", name)
        if code == 0:
            return self.ok(*words, environment=environment)
        return self.fails(code, *words, environment=environment)

    def metadata(self, answers):
        service = Metadata(answers)
        self.addCleanup(service.stop)
        return service


main = unittest.main
