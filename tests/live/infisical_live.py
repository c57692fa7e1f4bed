"""One lease from a real Infisical tenant: made, used, listed, shown and revoked (README.md here)."""

import json
import os
import unittest

from tests.support.sandbox import Sandbox

NEEDED = ("SERVER", "PROJECT_SLUG", "ENVIRONMENT", "DYNAMIC_SECRET")


def setting(name, fallback=""):
    return os.environ.get("LEASEHOLD_LIVE_" + name, fallback)


class Live(unittest.TestCase):
    def setUp(self):
        missing = [name for name in NEEDED if not setting(name)]
        if missing:
            self.fail("not set: " + ", ".join("LEASEHOLD_LIVE_" + name for name in missing))
        self.box = Sandbox()
        self.addCleanup(self.box.close)
        passed = {name: value for name, value in os.environ.items()
                  if name.startswith(("INFISICAL_", "ACTIONS_", "AWS_", "HTTPS_PROXY", "NO_PROXY"))}
        self.box.environment.update(passed)

    def leasehold(self, *arguments):
        result = self.box.leasehold(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_a_lease_from_beginning_to_end(self):
        flags = ["--provider", "infisical", "--server", setting("SERVER"), "--project-slug",
                 setting("PROJECT_SLUG"), "--environment", setting("ENVIRONMENT"),
                 "--dynamic-secret", setting("DYNAMIC_SECRET"), "--path", setting("PATH", "/"),
                 "--auth", setting("AUTH", "universal")]
        for name, flag in (("CA", "--certificate-authority"), ("SITE", "--site"),
                           ("NAMESPACE", "--namespace")):
            if setting(name):
                flags += [flag, setting(name)]
        self.leasehold("setup", "live", *flags)
        first = self.leasehold("credential", "--profile", "live")
        self.assertEqual(self.leasehold("credential", "--profile", "live"), first)
        leases = json.loads(self.leasehold("lease", "list", "--profile", "live", "-o", "json"))
        [ours] = [lease for lease in leases if lease["cached"]]
        self.leasehold("lease", "show", ours["id"])
        result = self.box.leasehold("lease", "revoke", ours["id"])
        # 4: of a static credential the record goes, and the token lives on to its end.
        self.assertIn(result.returncode, (0, 4), result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
