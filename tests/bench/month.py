#!/usr/bin/env python3
"""A month of a laptop that works, sleeps, travels, changes networks and starts anew.

    . build/release/tests/environment
    tests/bench/month.py [WORKING-DAYS]

Prints what its calls came to and what they left. Exits with 1 if a token was handed out that had
ended by its server's clock or is another cluster's, if more was leased than the margins allow, or
if `lease prune` leaves something."""

import sys

from tests.support.clocks import need_clockwork
from tests.support.laptop import Laptop


def main(days=22):
    need_clockwork()
    laptop = Laptop()
    try:
        for number in range(days):
            laptop.day(number)
        left = laptop.end()
        requests = sum(c.api.counters()["requests"] for c in laptop.clusters)
        most = sum(cluster.most for cluster in laptop.clusters)
    finally:
        laptop.close()
    print(f"{days} working days, {laptop.boots} boots; {requests} requests; "
          f"at most {most} leases by the margins")
    for what, count in sorted(laptop.found.items()):
        print(f"{count:6} {what}")
    print(f"the token nearest to its end had {laptop.least_left:.0f} s\nleft: {left}")
    print(*laptop.wrong, sep="\n")
    return 1 if laptop.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
