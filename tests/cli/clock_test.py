"""Clocks that are wrong, jump or stood still, around the real program."""

import calendar
import json
import time
import unittest

from case import Case, PROGRAM
from tests.support.clocks import after_boot, by_clock, need_clockwork, why_no_boot
from tests.support.machine import left_out

MINUTE, HOUR, DAY, TEN_YEARS = 60, 3600, 86400, 3652 * 86400
LIFE = HOUR


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


class ClockCase(Case):
    @classmethod
    def setUpClass(cls):
        need_clockwork()
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.profile("dev", "--ttl", "1h", "--no-revocable")
        self.before = self.token_requests()

    def by_clock(self, realtime, boottime=0, boot=None):
        """One call by that clock; it must give a token that is good by that clock."""
        argv = by_clock(realtime, boottime, PROGRAM, "credential", "--profile", "dev")
        if boot is not None:
            argv = after_boot(boot, *argv)
        result = self.box.run(*argv)
        self.assertEqual(result.returncode, 0, result.stderr)
        status = json.loads(result.stdout)["status"]
        left = seconds(status["expirationTimestamp"]) - (time.time() + realtime)
        self.assertGreater(left, 0, "it printed a token that has ended by the caller's clock")
        self.assertLessEqual(left, LIFE, "it promises more than the server gave")
        return status["token"]

    def leases(self):
        return self.token_requests() - self.before


class SkewTest(ClockCase):
    def test_CACHE_4_one_lease_by_any_clock(self):
        for skew in (-HOUR, -MINUTE, MINUTE, HOUR, TEN_YEARS):
            with self.subTest(skew=skew):
                self.ok("cache", "clear")
                self.before = self.token_requests()
                tokens = {self.by_clock(skew) for _ in range(3)}
                self.assertEqual((len(tokens), self.leases()), (1, 1))

    def test_CACHE_4_before_the_servers_certificate_it_says_that_it_may_be_the_clock(self):
        argv = by_clock(-TEN_YEARS, 0, PROGRAM, "credential", "--profile", "dev")
        result = self.box.run(*argv)
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)
        self.assertIn("is not valid yet\nhint: check the clock of this machine", result.stderr)

    def test_CACHE_4_the_clock_of_the_boot_carries_a_token_over(self):
        """A wall clock ten years back reaches no server; the boot's clock knows the lease's end."""
        token = self.by_clock(0)
        self.assertEqual(self.by_clock(-TEN_YEARS), token)
        argv = by_clock(-TEN_YEARS, HOUR, PROGRAM, "credential", "--profile", "dev")
        result = self.box.run(*argv)
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)

    def test_CACHE_4_a_check_says_how_far_the_clocks_are_apart(self):
        result = self.box.run(*by_clock(-HOUR, 0, PROGRAM, "profile", "check", "dev"))
        self.assertRegex(result.stdout + result.stderr, r"the server's clock is 3(600|599|601) s")


# What the wall clock jumps by, and the leases that this costs.
JUMPS = ((1, 0), (HOUR, 1), (DAY, 1), (TEN_YEARS, 1), (-MINUTE, 1), (-HOUR, 1), (-DAY, 1))


class JumpTest(ClockCase):
    """A lease, a jump, two calls: is there one lease more, or none?"""

    def jump(self, more, realtime, boottime=0, boot=None):
        self.by_clock(0)
        self.assertEqual(self.leases(), 1)
        self.by_clock(realtime, boottime, boot)
        self.assertEqual(self.leases(), 1 + more, "leases after the jump")
        self.by_clock(realtime, boottime, boot)
        self.assertEqual(self.leases(), 1 + more, "the second call after the jump is no hit")

    def each(self, rows, suspended=0, boot=None):
        for realtime, more in rows:
            with self.subTest(realtime=realtime):
                self.ok("cache", "clear")
                self.before = self.token_requests()
                self.jump(more, realtime + suspended, suspended if boot is None else 1 - UPTIME,
                          boot)

    def test_CACHE_5_same_boot(self):
        self.each(JUMPS)

    def test_CACHE_5_suspended_for_eight_hours(self):
        # Whatever the wall clock says of it: the machine knows how long it stood still.
        self.each(((0, 1), (1, 1), (HOUR, 1), (DAY, 1), (-8 * HOUR, 1), (-9 * HOUR, 1)), 8 * HOUR)

    def test_CACHE_5_suspended_for_a_minute(self):
        self.each(((0, 0),), MINUTE)

    def test_CACHE_5_new_boot(self):
        boot = self.box.write("boot_id", "6f1e2d3c-0000-4000-8000-000000000001\n", 0o644)
        if why_no_boot(boot):
            left_out(why_no_boot(boot))
        self.each(JUMPS, boot=boot)

    def test_CACHE_5_there_and_back(self):
        self.by_clock(0)
        self.by_clock(HOUR)
        self.by_clock(0)  # the lease of an hour from now is of no use
        self.by_clock(0)
        self.assertEqual(self.leases(), 3)


UPTIME = int(time.clock_gettime(time.CLOCK_BOOTTIME))

if __name__ == "__main__":
    unittest.main()
