"""A person's day with ten clusters, the clock moved: what leasehold asks of the servers on top of
what the person does."""

import collections
import random
import unittest

from case import Case, PROGRAM, exec_info
from tests.support.clocks import by_clock, need_clockwork

CLUSTERS = ["c%d" % number for number in range(10)]
MINUTE, HOURS = 60, 8
LUNCH = range(4 * 60, 5 * 60)  # minutes
LIFE = 60  # minutes
CALLS = 480


def day(seed):
    """(minute, cluster) of each call: bursts in few clusters, now and then another, and lunch."""
    chance = random.Random(seed)
    minutes = [minute for minute in range(HOURS * 60) if minute not in LUNCH]
    calls, cluster = [], CLUSTERS[0]
    while len(calls) < CALLS:
        if chance.random() < 0.1:
            cluster = chance.choice(CLUSTERS[:3] if chance.random() < 0.7 else CLUSTERS)
        calls.append((chance.choice(minutes), cluster))
    return sorted(calls)


class Workday(Case):
    @classmethod
    def setUpClass(cls):
        need_clockwork()
        super().setUpClass()

    def test_ten_clusters(self):
        for name in CLUSTERS:
            self.profile(name, "--ttl", "%dm" % LIFE, "--no-revocable")
        self.api.clear()
        leased = self.token_requests()
        info = exec_info(self.api.server, self.api.ca_data)
        calls = day(4711)
        for minute, name in calls:
            self.api.skew(minute * MINUTE)
            result = self.box.run(*by_clock(minute * MINUTE, minute * MINUTE, PROGRAM, "credential",
                                            "--profile", name),
                                  environment={"KUBERNETES_EXEC_INFO": info})
            self.assertEqual(result.returncode, 0, result.stderr)
        leased = self.token_requests() - leased
        asked = collections.Counter(request["path"].rsplit("/", 1)[1]
                                    for request in self.api.requests())
        checks = asked["selfsubjectreviews"]
        visits = len(set(calls))
        print("%d calls in %d h: %d leases, %d checks" % (len(calls), HOURS, leased, checks))
        # A lease is renewed in its later half at the earliest, and only where somebody calls.
        most = sum(min(len({minute for minute, name in calls if name == one}), 2 * HOURS)
                   for one in CLUSTERS)
        self.assertLessEqual(leased, most)
        self.assertLessEqual(checks, visits, "more than one check a key a minute")
        self.assertLess(leased + checks, len(calls), "a plain client asks once a call")


if __name__ == "__main__":
    unittest.main()
