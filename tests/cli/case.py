"""What the tests of this folder share: a sandbox, a stand-in API server, a profile."""

import json
import unittest

from tests.standin.client import Standin
from tests.support.sandbox import PROGRAM, Sandbox, exec_info  # noqa: F401

TOKEN_PATH = "/token$"


class Case(unittest.TestCase):
    """Each test has its own home; one server serves the class."""

    @classmethod
    def setUpClass(cls):
        cls.api = Standin()

    @classmethod
    def tearDownClass(cls):
        cls.api.stop()

    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)
        self.addCleanup(self.api.clear)
        self.addCleanup(self.api.skew, 0)
        with open(self.api.kubeconfig, encoding="utf-8") as file:
            self.box.write("admin", file.read())

    def leasehold(self, *arguments, **options):
        return self.box.leasehold(*arguments, **options)

    def ok(self, *arguments, **options):
        result = self.leasehold(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def fails(self, code, *arguments, **options):
        """The command must fail with this code, an empty stdout and words; answers stderr."""
        result = self.leasehold(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout), (code, ""),
                         result.stderr or "it did not fail")
        self.assertTrue(result.stderr.startswith("leasehold: error: "), result.stderr)
        return result.stderr

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

    def token_requests(self):
        return self.api.counters()["token-requests"]

    def rewrite_profile(self, name, old, new):
        path = self.box.profile_path(name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))
