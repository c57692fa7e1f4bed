"""What the tests of this folder share: a sandbox, a stand-in API server, a profile."""

import json

from tests.standin.case import StandinCase
from tests.support.sandbox import PROGRAM, exec_info  # noqa: F401

TOKEN_PATH = "/token$"


class Case(StandinCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.api.clear)
        self.addCleanup(self.api.skew, 0)
        self.box.write("admin", self.admin)

    def fails(self, code, *arguments, **options):
        """The command must fail with this code, an empty stdout and words; answers stderr."""
        said = super().fails(code, *arguments, **options)
        self.assertTrue(said.startswith("leasehold: error: "), said)
        return said

    def setup(self, name="dev", *more):
        return self.ok("setup", name, "--from-context", "admin", "--from-kubeconfig",
                       self.box.path("admin"), "--namespace", "ci", "--service-account",
                       "deployer", *more)

    def profile(self, name="dev", *more):
        """A profile alone: nothing is leased yet."""
        return self.ok("profile", "add", name, "--from-context", "admin", "--from-kubeconfig",
                       self.box.path("admin"), "--namespace", "ci", "--service-account",
                       "deployer", *more)

    def credential(self, name="dev", **options):
        return json.loads(self.ok("credential", "--profile", name, **options))

    def plugin_kubeconfig(self, command, **fields):
        """The text of one whose context `a` is the server, by another exec plugin."""
        plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": command,
                  "interactiveMode": "Never", **fields}
        cluster = {"server": self.api.server, "certificate-authority-data": self.api.ca_data}
        return json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": {"exec": plugin}}]})

    def token_requests(self):
        return self.api.counters()["token-requests"]

    def rewrite_profile(self, name, old, new):
        path = self.box.profile_path(name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))
