"""The official Infisical SDKs for Node, Python and Go, unchanged, against the Infisical test server:
what they do must work.

Their packages, as sdk/package-lock.json, sdk/python/requirements.txt and sdk/go/go.sum pin them, are
fetched once, below $LEASEHOLD_TEST_CACHE (default ~/.cache/leasehold-tests). An SDK that cannot be
had here is left out, with the reason.
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
from tests.support.machine import leave_all_out, left_out
from tests.support.rsa import RsaKey

SDK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sdk")
UNREACHABLE = re.compile(r"npm (?:ERR!|error) code (?:E(?:AI_AGAIN|NOTFOUND|CONN\w+|TIMEDOUT|"
                         r"NETUNREACH|HOSTUNREACH|40[137]|5\d\d)|ERR_SOCKET_TIMEOUT)|"
                         r"No module named pip|NewConnectionError|No matching distribution|ConnectTimeoutError|"
                         r"ProxyError|dial tcp|no such host|i/o timeout|proxyconnect")


class CannotInstall(Exception):
    pass


class Kit:
    """How one SDK is had: files that pin it, programs that fetch and build it, where `made` is the
    directory that is kept."""

    def __init__(self, name, pins, programs, fetch, command):
        self.name = name
        self.pins = [os.path.join(SDK, pin) for pin in pins]
        self.programs = programs
        self.fetch = fetch
        self.command = command

    def obtain(self):
        """The directory that is kept; makes it if need be."""
        for program in self.programs:
            if not shutil.which(program):
                raise CannotInstall(f"{program} is not installed")
        digest = hashlib.sha256(sys.version.encode())
        for pin in self.pins:
            with open(pin, "rb") as file:
                digest.update(file.read())
        cache = os.environ.get("LEASEHOLD_TEST_CACHE") or os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "leasehold-tests")
        os.makedirs(cache, exist_ok=True)
        target = os.path.join(cache, f"infisical-{self.name}-{digest.hexdigest()[:16]}")
        with open(os.path.join(cache, f"infisical-{self.name}.lock"), "w",
                  encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.isdir(target):
                self._make(cache, target)
        return target

    def _make(self, cache, target):
        with tempfile.TemporaryDirectory(prefix=f"{self.name}-", dir=cache) as work:
            made = os.path.join(work, "made")
            os.mkdir(made)
            for pin in self.pins:
                shutil.copy(pin, made)
            done = subprocess.run(self.fetch(made), cwd=made, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=1500, check=False)
            said = done.stdout + done.stderr
            if done.returncode != 0 and UNREACHABLE.search(said):
                raise CannotInstall(f"the registry cannot be reached:\n{said[-2000:]}")
            if done.returncode != 0:
                sys.exit(f"the SDK for {self.name} cannot be made ready:\n{said[-2000:]}")
            os.rename(made, target)


KITS = {
    "node": Kit("node", ("package.json", "package-lock.json"), ("node", "npm"),
                lambda made: ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                lambda made: ["node", os.path.join(SDK, "check.cjs")]),
    "python": Kit("python", ("python/requirements.txt",), (),
                  lambda made: [sys.executable, "-m", "pip", "install", "--quiet", "--target", made,
                                "--no-deps", "--only-binary", ":all:", "--requirement",
                                "requirements.txt"],
                  lambda made: [sys.executable, os.path.join(SDK, "python", "check.py")]),
    "go": Kit("go", ("go/go.mod", "go/go.sum", "go/main.go"), ("go",),
              lambda made: ["go", "build", "-o", "check", "."],
              lambda made: [os.path.join(made, "check")]),
}
MADE, LACKING = {}, {}


class OfficialSdks(unittest.TestCase):
    def setUp(self):
        self.api = standin.Standin()
        self.addCleanup(self.api.stop)
        self.infisical = InfisicalServer()
        self.addCleanup(self.infisical.stop)
        with open(self.api.ca, encoding="ascii") as file:
            self.authority = file.read()

    def satisfy(self, name):
        if name in LACKING:
            left_out(LACKING[name])
        settings = self.furnish()
        environment = {
            "PATH": os.environ["PATH"], "HOME": self.infisical.dir,
            "NODE_EXTRA_CA_CERTS": self.infisical.ca, "MODULES": MADE[name],
            "PYTHONPATH": MADE[name], "PYTHONDONTWRITEBYTECODE": "1",
            "REQUESTS_CA_BUNDLE": self.infisical.ca,
            "CHECK": json.dumps(settings), "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "aws-secret-example",
        }
        if name == "node":
            self.infisical.rate_limit(path="/leases$", times=1)  # this SDK tries again
        done = subprocess.run(KITS[name].command(MADE[name]), env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "the SDK is content\n"), done.stderr)
        self.assertEqual(self.infisical.counters()["troubles"], 0)
        self.assertEqual(self.infisical.leases(), [])

    def test_node(self):
        self.satisfy("node")

    def test_python(self):
        self.satisfy("python")

    def test_go(self):
        self.satisfy("go")

    def furnish(self):
        """Project, identity and definition; answers what the checks need to know."""
        self.infisical.add_project("shop")
        self.infisical.add_environment("shop", "prod", folders=["/k8s"])
        robot = self.infisical.add_identity("robot")["id"]
        universal = self.infisical.add_client_secret(robot)
        self.infisical.set_method(robot, "aws", keys={"AKIDEXAMPLE": "aws-secret-example"})
        key = RsaKey(os.path.join(self.infisical.dir, "oci-key.pem"))
        oracle = {"TenancyID": "ocid1.tenancy.oc1..t", "UserID": "ocid1.user.oc1..u",
                  "Fingerprint": "20:3b:97", "Region": "eu-frankfurt-1", "PrivateKey": key.pem()}
        self.infisical.set_method(robot, "oci", tenancyOcid=oracle["TenancyID"],
                                  userOcid=oracle["UserID"], fingerprint=oracle["Fingerprint"],
                                  modulus=key.modulus)
        self.infisical.grant(robot, "shop", ["lease", "create-root-credential",
                                             "delete-root-credential"])
        reach = (self.api.server, self.api.token(), self.authority, "ci")
        self.infisical.add_definition("shop", "prod", "deployer", path="/k8s",
                                      inputs=static_inputs(*reach, "deployer"))
        with InfisicalServer() as other:
            foreign = other.add_person("a@example.com")["token"]
        with open(self.infisical.ca, encoding="ascii") as file:
            authority = file.read()
        return {"site": self.infisical.site, "authority": authority, "identityId": robot,
                "universal": universal, "oracle": oracle, "foreignToken": foreign,
                "inputs": dynamic_inputs(*reach, "view", "cluster-role")}


if __name__ == "__main__":
    for kit in KITS.values():
        try:
            MADE[kit.name] = kit.obtain()
        except CannotInstall as reason:
            LACKING[kit.name] = f"the SDK for {kit.name} cannot be had: {reason}"
    if not MADE:
        leave_all_out("; ".join(LACKING.values()))
    unittest.main()
