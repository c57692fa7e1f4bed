#!/usr/bin/env python3
"""Very many hits in a row: what they leave.

    . build/release/tests/environment
    tests/bench/hits.py [HITS]

Prints what there is of files, keys and audit log before and after, and what the server was asked.
Exits with 1 if anything has grown, or a call failed. A thousand calls have one parent each, as the
calls of a long-running client have."""

import sys

from tests.standin.client import Standin
from tests.support.hits import many_hits
from tests.support.sandbox import Sandbox


def main(count=100000):
    with Sandbox() as box, Standin() as api:
        before, after, right = many_hits(box, api, count)
        asked = api.counters()
    print(f"before: {before}\nafter:  {after}")
    print(f"{count} hits: {asked['tokens-issued']} lease, {asked['requests']} requests")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
