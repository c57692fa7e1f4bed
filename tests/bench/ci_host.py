#!/usr/bin/env python3
"""A host that runs one CI job after the other, each of which leases anew: what is left on it.

    cmake --build --preset release --target bench
    . build/release/tests/environment
    tests/bench/ci_host.py [JOBS] [AT-ONCE]

Half of the jobs have a configuration and a runtime directory of their own, as jobs in containers
have that share a home, and call `credential`; the others make a lease by `lease create` with the
host's profile. A tenth of all at a time; a line after each, and with exit code 1 if a job failed or
the directories grow beyond their bounds. A job's own directories go with it, as its runner would
do."""

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

from tests.standin.certificates import Authority
from tests.support.sandbox import PROGRAM, Sandbox
from tests.support.scales import sizes

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVER, RACE = (os.path.join(ROOT, "build/release/tests/bench", name)
                for name in ("bench_token_server", "bench_race"))
# Two audit logs of 4 MiB, and 4000 notes of each of three kinds before they are swept
# (helper/providers/audit_log.hpp, helper/upkeep/gone_profiles.hpp).
MOST_BYTES = 2 * (4 << 20) + (1 << 20)
MOST_FILES = 3 * 4000 + 100
BATCH = 50
# Process by process, since starting them from Python costs more than the leases do.
JOBS = """
failed=0
for job in $(seq "$1" "$2"); do
    if [ $((job % 2)) = 0 ]; then
        place=$5/job-$job
        mkdir -p "$place/profiles" "$place/run" && chmod 700 "$place" "$place/run" &&
            cp "$3/.config/leasehold/profiles/job.yaml" "$place/profiles" &&
            LEASEHOLD_CONFIG_DIR=$place XDG_RUNTIME_DIR=$place/run \\
                "$4" credential --profile job >"$place/token" || failed=$((failed + 1))
        rm -rf "$place"
    else
        "$4" lease create host -o token >/dev/null 2>"$3/said-$1" || failed=$((failed + 1))
        rm -f "$3/said-$1"
    fi
done
exit $failed
"""


def start_server(place):
    authority = Authority(place)
    certificate, key = os.path.join(place, "tls.pem"), os.path.join(place, "tls.key")
    authority.issue("server", "/CN=bench", certificate, key)
    server = subprocess.Popen([SERVER, certificate, key], text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    return server, f"https://127.0.0.1:{server.stdout.readline().strip()}", authority.certificate


def add_profile(box, name, url, authority, *more):
    done = box.leasehold("profile", "add", name, "--server", url, "--certificate-authority",
                         authority, "--namespace", "ci", "--service-account", "deployer",
                         "--requester-token-file", box.write("token", "bench-requester"), *more)
    if done.returncode:
        sys.exit(done.stderr)


def peak_memory(box, *words):
    """Of one call and what it starts and waits for, in KiB."""
    done = box.run(RACE, "1", "--", "one", PROGRAM, *words)
    if done.returncode:
        sys.exit(done.stderr)
    return int(done.stdout.splitlines()[1].split()[2])


def run_jobs(box, memory, first, last):
    """How many failed; `memory` is where the jobs' own directories are."""
    return box.run("sh", "-c", JOBS, "sh", str(first), str(last), box.home, PROGRAM,
                   memory, timeout=3600).returncode


def run_all(box, memory, jobs, at_once):
    """How many failed, and whether what is left stays within its bounds."""
    failed, within = 0, True
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for part in range(10):
            end = jobs * (part + 1) // 10
            starts = range(jobs * part // 10, end, BATCH)
            failed += sum(pool.map(lambda at, last=end: run_jobs(
                box, memory, at, min(at + BATCH, last) - 1), starts))
            found = sizes(box)
            print(f"{end:8} jobs: {found}", flush=True)
            within = within and found.state.files <= MOST_FILES and \
                found.state.bytes <= MOST_BYTES
    return failed, within


def main(jobs=100000, at_once=4):
    place = tempfile.mkdtemp(prefix="leasehold-ci-host-")
    server, url, authority = start_server(place)
    with Sandbox() as box, tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        add_profile(box, "job", url, authority, "--store", "memory")
        add_profile(box, "host", url, authority, "--revocable")
        print("peak of a call at first: %d KiB" % peak_memory(box, "lease", "create", "host"))
        failed, within = run_all(box, memory, jobs, at_once)
        print("peak of a call at last: %d KiB" % peak_memory(box, "lease", "create", "host"))
    server.stdin.close()
    print(f"{failed} jobs failed; the server answered {server.stdout.read().strip()}")
    server.wait(10)
    shutil.rmtree(place)
    return 0 if within and not failed else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
