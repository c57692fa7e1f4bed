#!/usr/bin/env python3
"""The vectors of x509-limbo (https://x509-limbo.com), judged by leasehold, by Go and by what they
say themselves. They are not part of this repository; by hand, with `cmake --build … --target
judge_chains clockwork`:

    . build/release/tests/environment
    python3 tests/integration/x509_limbo.py limbo.json

What `bettertls export-tests` of https://github.com/Netflix/bettertls writes is taken as well, soon
after it was written: the times in its certificates are about then.

Prints each that leasehold judges otherwise than Go or than the vector expects, and the counts.
Exits with 1 if leasehold believes one that Go does not believe. Left out are clients' certificates,
revocation lists and limits on the length that a verifier sets itself, none of which leasehold has."""

import collections
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time

from tests.support.clocks import by_clock

HERE = os.path.dirname(os.path.abspath(__file__))
JUDGE = os.environ.get("JUDGE_CHAINS", "judge_chains")
NOT_OURS = {"has-crl": "revocation lists", "max-chain-depth": "a limit on the length"}


def why_left_out(vector):
    if vector["validation_kind"] != "SERVER":
        return "clients' certificates"
    if not vector["expected_peer_name"]:
        return "no name that the server is called by"
    return next((NOT_OURS[one] for one in vector["features"] or () if one in NOT_OURS), None)


def moment(vector):
    """In seconds; of those that name none, now."""
    named = vector["validation_time"]
    return int(datetime.datetime.fromisoformat(named).timestamp() if named else time.time())


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False,
                          **options)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr}")
    return done.stdout.splitlines()


def write_scenes(directory, vectors):
    with open(os.path.join(directory, "scenes"), "w", encoding="utf-8") as index:
        for number, vector in enumerate(vectors):
            print(vector["id"], vector["expected_peer_name"]["value"], "", sep="\t", file=index)
            shown = [vector["peer_certificate"], *vector["untrusted_intermediates"]]
            for kind, blocks in (("shown", shown), ("trusted", vector["trusted_certs"])):
                with open(os.path.join(directory, f"{number}.{kind}"), "w",
                          encoding="ascii") as file:
                    file.write("\n".join(blocks))


def verdicts(chains, at, vectors):
    """(vector, leasehold's, Go's) of each."""
    directory = tempfile.mkdtemp(prefix="leasehold-limbo-")
    try:
        write_scenes(directory, vectors)
        ours = run(*by_clock(at - int(time.time()), 0, JUDGE, directory))
        return zip(vectors, ours, run(chains, directory, str(at)), strict=True)
    finally:
        shutil.rmtree(directory)


def build_chains(directory):
    chains = os.path.join(directory, "chains")
    go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
    if go is None:
        sys.exit("Go is wanted, which judges the same chains")
    run(go, "build", "-o", chains, ".", cwd=os.path.join(HERE, "chains"),
        env=dict(os.environ, GOFLAGS="", GOTOOLCHAIN="local", GOWORK="off", CGO_ENABLED="0"))
    return chains


def judged(vectors):
    by_time = collections.defaultdict(list)
    for vector in vectors:
        by_time[moment(vector)].append(vector)
    with tempfile.TemporaryDirectory(prefix="leasehold-limbo-") as directory:
        chains = build_chains(directory)
        for at, those in sorted(by_time.items()):
            yield from verdicts(chains, at, those)


def pem(base64_text):
    return ("-----BEGIN CERTIFICATE-----\n" + "\n".join(textwrap.wrap(base64_text, 64)) +
            "\n-----END CERTIFICATE-----\n")


def from_bettertls(export):
    """Its cases in the form of x509-limbo's vectors."""
    for name, suite in export["suites"].items():
        for case in suite["testCases"]:
            shown = [pem(one) for one in case["certificates"]]
            yield {"id": f"bettertls::{name}::tc{case['id']}", "validation_kind": "SERVER",
                   "expected_peer_name": {"value": case["hostname"]}, "validation_time": None,
                   "features": case["requiredFeatures"], "peer_certificate": shown[0],
                   "untrusted_intermediates": shown[1:], "trusted_certs": [pem(export["trustRoot"])],
                   "expected_result": "SUCCESS" if case["expected"] == "ACCEPT" else "FAILURE"}


def read_vectors(path):
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    return list(from_bettertls(content)) if "suites" in content else content["testcases"]


def main(path):
    vectors = read_vectors(path)
    counts = collections.Counter()
    wanted = []
    for vector in vectors:
        why = why_left_out(vector)
        counts["left out: " + why if why else "judged"] += 1
        if not why:
            wanted.append(vector)
    for vector, ours, theirs in judged(wanted):
        says = {"leasehold": ours == "accepted", "Go": theirs == "accepted",
                "the vector": vector["expected_result"] == "SUCCESS"}
        believing = [who for who, believes in says.items() if believes]
        agreed = len(believing) in (0, 3)
        counts[f"believed by {' and '.join(believing) or 'none'}"] += 1
        if not agreed:
            print(f"{vector['id']} {' '.join(vector['features'] or ())}\n    leasehold: {ours}\n"
                  f"    Go: {theirs}\n    expected: {vector['expected_result']}")
    print(*(f"{count:6} {what}" for what, count in sorted(counts.items())), sep="\n")
    worse = [what for what in counts if "leasehold" in what and what.startswith("believed")
             and "Go" not in what]
    return 1 if worse else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
