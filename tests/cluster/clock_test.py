"""A real kubectl whose clock is wrong or jumps, against a real kube-apiserver whose clock is right."""

import unittest

from case import AdminCase, SUBJECT, WHOAMI
from tests.support.clocks import by_clock, need_clockwork

MINUTE, HOUR = 60, 3600
# The certificate of the cluster is an hour old: kubectl cannot live further back.
SKEWS = (-50 * MINUTE, -MINUTE, MINUTE, HOUR)


class KubectlByAnotherClock(AdminCase):
    @classmethod
    def setUpClass(cls):
        need_clockwork()
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.ok("setup", "dev", "--from-context", "admin", "--namespace", "ci",
                "--service-account", "deployer", "--ttl", "1h")
        self.before = self.cluster.token_requests()

    def forget(self):
        self.ok("cache", "clear")
        self.before = self.cluster.token_requests()

    def whoami_by(self, realtime, boottime=0):
        result = self.box.run(*by_clock(realtime, boottime, self.cluster.kubectl_path, *WHOAMI))
        self.assertEqual((result.returncode, result.stdout), (0, SUBJECT), result.stderr)

    def leases(self):
        return self.cluster.token_requests() - self.before

    def test_CACHE_4_three_commands_are_one_lease(self):
        for skew in SKEWS:
            with self.subTest(skew=skew):
                self.forget()
                for _ in range(3):
                    self.whoami_by(skew)
                self.assertEqual(self.leases(), 1)

    def test_CACHE_5_the_clock_jumps_between_commands(self):
        for realtime, boottime, more in ((1, 0, 0), (HOUR, 0, 1), (-50 * MINUTE, 0, 1),
                                         (8 * HOUR, 8 * HOUR, 1), (0, 8 * HOUR, 1)):
            with self.subTest(realtime=realtime, boottime=boottime):
                self.forget()
                self.whoami_by(0)
                self.assertEqual(self.leases(), 1)
                self.whoami_by(realtime, boottime)
                self.whoami_by(realtime, boottime)
                self.assertEqual(self.leases(), 1 + more)

    def test_the_clock_of_kubectl_itself_is_the_other_one(self):
        """Else all of this shows nothing: a year back, the cluster's certificate is not valid yet."""
        result = self.box.run(*by_clock(-365 * 24 * HOUR, 0, self.cluster.kubectl_path, "get",
                                        "--raw", "/version"))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("is before", result.stderr)


if __name__ == "__main__":
    unittest.main()
