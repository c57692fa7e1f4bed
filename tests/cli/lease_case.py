"""What the tests of leases share: profiles of each kind, and a look at the cluster's objects."""

import json

from case import Case, PROGRAM, exec_info  # noqa: F401
from tests.support.objects import Objects

SOON = 3 * 3600  # past the expiry of every lease of these tests


class LeaseCase(Case):
    def setUp(self):
        super().setUp()
        with open(self.api.admin_token_file, encoding="ascii") as file:
            self.objects = Objects(self.api.server, self.api.ca, file.read().strip())
        self.addCleanup(self.sweep)

    def sweep(self):
        """What a test leaves in the shared server."""
        self.api.clear()
        for found in self.objects.ours("ci", "default"):
            kind, name = found.split("/")
            for namespace in ("ci", "default"):
                try:
                    self.objects.delete(kind, namespace, name)
                except Exception:  # pylint: disable=broad-except
                    pass

    def dynamic(self, name="dyn", *more, role=("--role", "reader")):
        return self.ok("profile", "add", name, "--from-context", "admin", "--from-kubeconfig",
                       self.box.path("admin"), "--namespace", "ci", "--credential", "dynamic",
                       *role, *more)

    def create(self, name, *more, **options):
        return json.loads(self.ok("lease", "create", "--profile", name, "-o", "json", *more,
                                  **options))

    def ours(self):
        return self.objects.ours("ci", "default")

    def leases(self, *more):
        return json.loads(self.ok("lease", "list", "-o", "json", *more))
