"""What the tests of this folder share: a real API server, an identity for each client, a wrapper
that counts plugin runs, and clients that are steered from here."""

import itertools
import json
import os
import re
import subprocess
import time
import unittest

from tests.cluster.real_cluster import RealCluster, wait_for
from tests.support.machine import SLACK
from tests.support.sandbox import PROGRAM
from tests.support.sandbox_case import SandboxCase

RECHECK = 5  # seconds; the shortest that a profile may say
# After the deletion of what a token is bound to, the API server itself remembers it for 10 s.
REVOKED_WITHIN = 10 + SLACK
PATIENCE = 120

WRAPPER = """#!/bin/sh
echo run >>{runs}
if [ -f {ends} ]; then
    # Told to end soon, as a real one does too late for a test.
    {program} "$@" | sed "s/\\"expirationTimestamp\\":\\"[^\\"]*\\"/\\"expirationTimestamp\\":\\"$(
        date -u -d "+$(cat {ends}) seconds" +%Y-%m-%dT%H:%M:%SZ)\\"/"
    exit
fi
exec {program} "$@"
"""


class Steered:
    """A client's process. One line "COUNT PARALLEL" is so many calls; it answers what came of
    them."""

    def __init__(self, argv, environment):
        self.process = subprocess.Popen(argv, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def calls(self, count=1, parallel=1):
        try:
            self.process.stdin.write(f"{count} {parallel}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"ok": 0, "errors": ["it has ended"]}

    def end(self):
        """What it said on stderr."""
        try:
            _, said = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
        return said


class ClientCase(SandboxCase):
    """Each test has a home and a service account of its own; one cluster serves them all."""

    cluster = None
    name = None  # of the client, in the table of docs/clients.md
    accounts = itertools.count(1)

    @classmethod
    def start_cluster(cls):
        """For setUpModule()."""
        ClientCase.cluster = cls.cluster = RealCluster()
        unittest.addModuleCleanup(cls.cluster.stop)
        cls.cluster.kubectl("create", "namespace", "ci")
        cls.cluster.kubectl("create", "role", "reader", "--namespace", "ci", "--verb=get,list,watch",
                            "--resource=configmaps")

    def setUp(self):
        super().setUp()
        with open(self.cluster.facts["kubeconfig"], encoding="utf-8") as file:
            self.box.write("kubeconfig", file.read())
        self.account = f"client-{next(self.accounts)}"
        self.reviewed = self.all_reviews()
        self.cluster.kubectl("create", "serviceaccount", self.account, "--namespace", "ci")
        self.cluster.kubectl("create", "rolebinding", self.account, "--namespace", "ci",
                             "--role=reader", f"--serviceaccount=ci:{self.account}")
        self.wrapper = self.box.write("bin/wrapper", WRAPPER.format(
            runs=self.box.path("runs"), ends=self.box.path("ends"), program=PROGRAM), 0o700)

    def setup(self, *more, requester=()):
        """A profile, no lease, and a kubeconfig entry whose plugin is the wrapper. `more`: flags
        of the entry."""
        self.profile("dev", *requester)
        self.ok("kubeconfig", "add", "dev", "--set-current", *more)
        self.rewrite(r"(command: )\S+", r"\g<1>" + self.wrapper)

    def profile(self, name, *more, admin=None):
        """One for this test's account, whose requester is the administrator, of the cluster's own
        kubeconfig or of `admin`. `more`: further flags, and others than its own."""
        flags = {"--from-context": "admin",
                 "--from-kubeconfig": admin or self.cluster.facts["kubeconfig"],
                 "--namespace": "ci", "--service-account": self.account,
                 "--recheck": f"{RECHECK}s"}
        own = [word for flag in flags if flag not in more for word in (flag, flags[flag])]
        self.ok("profile", "add", name, *own, *more)

    def saw(self, what, value):
        """For table.py."""
        path = os.environ.get("LEASEHOLD_CLIENTS_SEEN")
        if path and self.name:
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps([self.name, what, value]) + "\n")

    def rewrite(self, pattern, by):
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            text = file.read()
        self.assertRegex(text, pattern)
        self.box.write("kubeconfig", re.sub(pattern, by, text))

    def runs(self):
        """Of the plugin, so far."""
        return self.box.lines("runs")

    def token_requests(self):
        return self.cluster.token_requests(self.account)

    def reviews(self):
        """leasehold's SelfSubjectReviews in this test."""
        return self.all_reviews() - self.reviewed

    def all_reviews(self):
        return sum(1 for event in self.cluster.audit()
                   if event.get("objectRef", {}).get("resource") == "selfsubjectreviews"
                   and event.get("userAgent", "").startswith("leasehold"))

    def answered(self, code, account=None):
        """Calls of this account's, or of another, that got this status."""
        return sum(1 for event in self.cluster.audit()
                   if event.get("user", {}).get("username", "").endswith("ci:" + (account or self.account))
                   and event.get("objectRef", {}).get("resource") == "configmaps"
                   and event.get("responseStatus", {}).get("code") == code)

    def revoke(self):
        """Deletes what the leased token is bound to, behind leasehold's back, and waits until the
        API server refuses the token."""
        token = json.loads(self.ok("credential", "--profile", "dev"))["status"]["token"]
        self.cluster.kubectl("delete", "secrets", "--namespace", "ci", "-l",
                             "app.kubernetes.io/managed-by=leasehold")

        def refused():
            result = self.box.run(
                self.cluster.kubectl_path, "--kubeconfig", "/dev/null", "--server",
                self.cluster.server, "--certificate-authority", self.cluster.facts["ca"],
                "--token", token, "auth", "whoami")
            return "Unauthorized" in result.stderr
        wait_for(refused, REVOKED_WITHIN, "401 for a revoked token")

    def make(self, name):
        """An object for clients that watch."""
        self.cluster.kubectl("create", "configmap", f"{self.account}-{name}", "--namespace", "ci")

    def until(self, condition, seconds, what):
        end = time.monotonic() + seconds
        tries = 0
        while not condition():
            tries += 1
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.5)
        return tries
