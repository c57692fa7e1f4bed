#!/usr/bin/env python3
"""Times kubectl with leasehold as its plugin (a hit) beside kubectl with the same token as a static
one, against the real API server. They take turns, and so does who begins. By hand:

    PYTHONPATH=. LEASEHOLD=build/release/bin/leasehold tests/bench/kubectl_pairs.py [PAIRS]

tests/cluster/build must have run."""

import json
import statistics
import sys
import time

from tests.cluster.real_cluster import RealCluster
from tests.support.sandbox import PROGRAM, Sandbox

CALL = ("get", "--raw", "/api/v1/namespaces/ci/configmaps")


def main(pairs=100):
    with RealCluster() as cluster, Sandbox() as box:
        cluster.kubectl("create", "namespace", "ci")
        cluster.kubectl("create", "serviceaccount", "deployer", "--namespace", "ci")
        cluster.kubectl("create", "rolebinding", "view", "--namespace", "ci", "--clusterrole", "view",
                        "--serviceaccount", "ci:deployer")
        made = box.run(PROGRAM, "setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                       cluster.facts["kubeconfig"], "--namespace", "ci", "--service-account",
                       "deployer")
        assert made.returncode == 0, made.stderr
        said = box.run(PROGRAM, "credential", "--profile", "dev")
        static = box.write("static", json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": cluster.server,
                                                   "certificate-authority-data": cluster.ca_data}}],
            "users": [{"name": "c", "user": {"token": json.loads(said.stdout)["status"]["token"]}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}]}))
        contestants = {"leasehold": box.kubeconfig, "static token": static}
        times = {name: [] for name in contestants}
        for number in range(pairs):
            for name in sorted(contestants, reverse=number % 2 == 1):
                begin = time.monotonic()
                done = box.run(cluster.kubectl_path, "--kubeconfig", contestants[name], *CALL)
                times[name].append(time.monotonic() - begin)
                assert done.returncode == 0, done.stderr
        medians = {name: statistics.median(taken) for name, taken in times.items()}
        for name, median in medians.items():
            print(f"{name:13} {median * 1000:7.1f} ms, median of {pairs}")
        ratios = [a / b for a, b in zip(times["leasehold"], times["static token"])]
        print(f"ratio of medians {medians['leasehold'] / medians['static token']:.3f}, "
              f"median of ratios {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
