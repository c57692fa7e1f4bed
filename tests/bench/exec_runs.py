#!/usr/bin/env python3
"""Runs `leasehold exec` many times against the stand-in API server and counts what is left: leases
and objects in the cluster, files, processes. By hand:

    PYTHONPATH=. LEASEHOLD=build/release/bin/leasehold tests/bench/exec_runs.py [RUNS] [AT-ONCE]

The audit log stays and is no leftover. Of three runs one ends with 0, one with 7, and one is killed by a signal of its own. Exits with 1 if
anything is left, or if a run ended otherwise than its command."""

import collections
import concurrent.futures
import os
import shutil
import sys
import tempfile
import time

from tests.standin.client import Standin
from tests.support.objects import Objects
from tests.support.sandbox import PROGRAM, Sandbox

COMMANDS = ((("true",), 0), (("sh", "-c", "exit 7"), 7), (("sh", "-c", "kill -TERM $$"), 143))


def processes(home):
    """Those that have this home: leasehold's, and what it started."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if f"HOME={home}".encode() in file.read().split(b"\0"):
                    found.append(int(pid))
        except OSError:
            continue
    return found


def files(*roots):
    return sorted(os.path.join(place, name) for root in roots
                  for place, _, names in os.walk(root) for name in names if not name.startswith("audit.jsonl"))


def main(runs=10000, at_once=2):
    with Sandbox() as box, Standin() as api:
        with open(api.admin_token_file, encoding="ascii") as file:
            objects = Objects(api.server, api.ca, file.read().strip())
        with open(api.kubeconfig, encoding="utf-8") as file:
            box.write("admin", file.read())
        place = tempfile.mkdtemp(prefix="leasehold-exec-runs-", dir="/dev/shm")
        box.environment["LEASEHOLD_RUNTIME_DIR"] = place
        added = box.run(PROGRAM, "profile", "add", "dev", "--from-context", "admin",
                        "--from-kubeconfig", box.path("admin"), "--namespace", "ci",
                        "--service-account", "deployer", "--revocable")
        assert added.returncode == 0, added.stderr

        def run(number):
            command, wanted = COMMANDS[number % len(COMMANDS)]
            result = box.run(PROGRAM, "exec", "--profile", "dev", "--", *command)
            return "as its command" if result.returncode == wanted else result.stderr
        run(0)  # what a first run makes, such as the audit log, is not a run's
        before = files(box.home, place)
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            ends = collections.Counter(pool.map(run, range(runs)))
        took = time.monotonic() - begin
        time.sleep(2)  # for what may be on its way out
        left = {"leases": objects.ours("ci"), "files": [
            one for one in files(box.home, place) if one not in before],
            "processes": processes(box.home)}
        shutil.rmtree(place)
        print("%d runs in %.0f s, %d at once; tokens issued: %d" %
              (runs, took, at_once, api.counters()["tokens-issued"]))
        print("ended:", dict(ends))
        print("left:", {what: len(those) for what, those in left.items()}, *sum(left.values(), [])[:9])
        return 0 if ends == {"as its command": runs} and not any(left.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
