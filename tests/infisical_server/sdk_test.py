"""The official Infisical SDK, unchanged, against the Infisical test server: what it does must work.

Its packages, as sdk/package-lock.json pins them, are installed with npm once, below
$LEASEHOLD_TEST_CACHE (default ~/.cache/leasehold-tests). Status 77, with the reason, where that
cannot be done.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from tests.standin import client as standin
from tests.infisical_server.client import (
    InfisicalServer, dynamic_inputs, static_inputs)

SDK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sdk")
CANNOT = 77
UNREACHABLE = re.compile(r"npm (?:ERR!|error) code (?:E(?:AI_AGAIN|NOTFOUND|CONN\w+|TIMEDOUT|"
                         r"NETUNREACH|HOSTUNREACH|40[137]|5\d\d)|ERR_SOCKET_TIMEOUT)")


class CannotInstall(Exception):
    pass


def modules():
    """The directory with node_modules; installs them if need be."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise CannotInstall("node and npm are not installed")
    with open(os.path.join(SDK, "package-lock.json"), "rb") as file:
        key = hashlib.sha256(file.read()).hexdigest()[:16]
    cache = os.environ.get("LEASEHOLD_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "leasehold-tests")
    os.makedirs(cache, exist_ok=True)
    target = os.path.join(cache, f"node-{key}")
    with open(os.path.join(cache, "node.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(target):
            install(cache, target)
    return target


def install(cache, target):
    with tempfile.TemporaryDirectory(prefix="node-", dir=cache) as work:
        place = os.path.join(work, "made")
        os.mkdir(place)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(SDK, name), place)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                              cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=600, check=False)
        if UNREACHABLE.search(done.stderr):
            raise CannotInstall(f"the registry cannot be reached:\n{done.stderr[-2000:]}")
        if done.returncode != 0:
            sys.exit(f"npm ci failed:\n{done.stderr[-2000:]}")
        os.rename(place, target)


class OfficialSdk(unittest.TestCase):
    def setUp(self):
        self.api = standin.Standin()
        self.addCleanup(self.api.stop)
        self.infisical = InfisicalServer()
        self.addCleanup(self.infisical.stop)
        with open(self.api.ca, encoding="ascii") as file:
            self.authority = file.read()

    def test_everything_it_offers_for_leases_works(self):
        settings = self.furnish()
        environment = {
            "PATH": os.environ["PATH"], "HOME": self.infisical.dir,
            "NODE_EXTRA_CA_CERTS": self.infisical.ca, "MODULES": MODULES,
            "CHECK": json.dumps(settings), "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "aws-secret-example",
        }
        self.infisical.rate_limit(path="/leases$", times=1)  # the SDK tries again
        done = subprocess.run(["node", os.path.join(SDK, "check.cjs")], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "the SDK is content\n"), done.stderr)
        self.assertEqual(self.infisical.counters()["troubles"], 0)
        self.assertEqual(self.infisical.leases(), [])

    def furnish(self):
        """Project, identity and definition; answers what check.cjs needs to know."""
        self.infisical.add_project("shop")
        self.infisical.add_environment("shop", "prod", folders=["/k8s"])
        robot = self.infisical.add_identity("robot")["id"]
        universal = self.infisical.add_client_secret(robot)
        self.infisical.set_method(robot, "aws", keys={"AKIDEXAMPLE": "aws-secret-example"})
        self.infisical.grant(robot, "shop", ["lease", "create-root-credential",
                                             "delete-root-credential"])
        reach = (self.api.server, self.api.token(), self.authority, "ci")
        self.infisical.add_definition("shop", "prod", "deployer", path="/k8s",
                                      inputs=static_inputs(*reach, "deployer"))
        with InfisicalServer() as other:
            foreign = other.add_person("a@example.com")["token"]
        return {"site": self.infisical.site, "identityId": robot, "universal": universal,
                "inputs": dynamic_inputs(*reach, "view", "cluster-role"), "foreignToken": foreign}


if __name__ == "__main__":
    try:
        MODULES = modules()
    except CannotInstall as reason:
        print(f"skipped: the official SDK cannot be had: {reason}")
        sys.exit(CANNOT)
    unittest.main()
