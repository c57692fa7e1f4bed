"""What leasehold says of leases must be so: on the real API server, with the real kubectl."""

import json
import os
import re
import signal
import time
import unittest
import urllib.parse

from case import AdminCase
from slow_wire import SlowWire
from tests.support.sandbox import PROGRAM

SECONDS = range(11)  # of a setup under two seconds of latency


class Truth(AdminCase):
    namespaces = ("ci", "stage")

    def setup_profile(self, name="dev", namespace="ci", *more):
        self.ok("setup", name, "--from-context", "admin", "--namespace", namespace,
                "--service-account", "deployer", *more)

    def secrets(self, namespace="ci"):
        return self.cluster.kubectl("get", "secrets", "--namespace", namespace, "-o",
                                    "name").split()

    def leases(self, *more):
        return json.loads(self.ok("lease", "list", "-o", "json", *more))

    def move_to_stage(self):
        path = self.box.profile_path("dev")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.box.write(os.path.relpath(path, self.box.home),
                       text.replace("namespace: ci", "namespace: stage"))

    def test_a_lease_is_looked_for_where_it_is(self):
        self.setup_profile()
        [lease] = self.leases()
        self.move_to_stage()
        self.assertEqual([row["state"] for row in self.leases()], ["active"])
        self.assertIn("revoked", self.ok("logout", "--profile", "dev"))
        self.assertNotIn("secret/" + lease["id"], self.secrets())

    def test_moving_a_profile_offers_to_end_what_it_leaves(self):
        self.setup_profile()
        [lease] = self.leases()
        moved = self.box.leasehold("setup", "dev", "--from-context", "admin", "--namespace",
                                   "stage", "--service-account", "deployer", "--force")
        self.assertEqual(moved.returncode, 0, moved.stderr)
        hint = re.search("hint: end them with: leasehold (.*)", moved.stderr)
        self.assertIn(lease["id"], hint[1])
        self.ok(*hint[1].split())
        self.assertNotIn("secret/" + lease["id"], self.secrets())
        self.ok("logout", "--profile", "dev")

    def test_a_lease_whose_profile_is_gone_is_shown_and_ended(self):
        self.setup_profile()
        [lease] = self.leases()
        os.unlink(self.box.profile_path("dev"))
        shown = self.box.leasehold("lease", "show", lease["id"], "-o", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(json.loads(shown.stdout)["state"], "active")
        alone = self.box.leasehold("lease", "revoke", lease["id"])
        self.assertNotEqual(alone.returncode, 0)
        self.assertIn("leasehold cache clear " + lease["id"], alone.stderr)
        # Another profile of the cluster may do it.
        self.setup_profile("other", "stage")
        self.assertIn("revoked", self.ok("lease", "revoke", lease["id"]))
        self.assertNotIn("secret/" + lease["id"], self.secrets())
        self.assertEqual([row["profile"] for row in self.leases()], ["other"])
        self.ok("logout", "--profile", "other")

    def test_each_lease_is_one_row(self):
        self.setup_profile("one")
        self.setup_profile("two")
        rows = [row["id"] for row in self.leases("--all-holders")]
        self.assertEqual(len(rows), len(set(rows)), rows)
        self.ok("lease", "revoke", "--all")

    def test_a_role_that_is_not_there_is_no_lease(self):
        for role, words in (("no-such", "check role in"), ("view", "add 'role-type: cluster-role'")):
            with self.subTest(role=role):
                self.ok("profile", "add", "dyn", "--from-context", "admin", "--namespace", "ci",
                        "--credential", "dynamic", "--role", role, "--force")
                made = self.box.leasehold("lease", "create", "--profile", "dyn")
                self.assertEqual((made.returncode, made.stdout), (3, ""), made.stderr)
                self.assertIn('there is no Role "%s" in namespace "ci"' % role, made.stderr)
                self.assertIn(words, made.stderr)
        accounts = self.cluster.kubectl("get", "serviceaccounts", "--namespace", "ci", "-o", "name")
        self.assertNotIn("leasehold-", accounts)

    def test_login_asks_before_it_keeps(self):
        self.ok("profile", "add", "kept", "--server", self.cluster.server,
                "--certificate-authority", self.cluster.facts["ca"], "--namespace", "ci",
                "--service-account", "deployer")
        refused = self.box.leasehold("login", "--profile", "kept", "--token-stdin",
                                     input="nonsense\n")
        self.assertEqual((refused.returncode, refused.stdout), (4, ""), refused.stderr)
        self.assertIn("the token is not kept", refused.stderr)
        token = self.cluster.kubectl("create", "token", "deployer", "--namespace", "stage")
        kept = self.ok("login", "--profile", "kept", "--token-stdin", input=token)
        self.assertRegex(kept, r"knows it as system:serviceaccount:stage:deployer, until 20\d\d-")
        self.ok("logout", "--profile", "kept")
        self.ok("login", "--profile", "kept", "--token-stdin", "--no-check", input="nonsense\n")
        self.ok("logout", "--profile", "kept")

    def test_ctrl_c_at_each_second_of_setup_leaves_nothing(self):
        url = urllib.parse.urlsplit(self.cluster.server)
        wire = SlowWire(url.hostname, url.port, 1)
        self.addCleanup(wire.close)
        rounds = []
        for second in SECONDS:
            namespace = "second-%d" % second
            self.make_namespace(namespace)
            box = self.sandbox()
            with open(box.kubeconfig, encoding="utf-8") as file:
                text = file.read().replace(":%d" % url.port, ":%d" % wire.port)
            box.write("kubeconfig", text)
            rounds.append([second, namespace, box, text])
        begin = time.monotonic()
        for one in rounds:
            _, namespace, box, _ = one
            one.append(box.start(PROGRAM, "setup", "dev", "--from-context", "admin", "--namespace",
                                 namespace, "--service-account", "deployer"))
        for second, _, _, _, process in rounds:
            time.sleep(max(0, begin + second - time.monotonic()))
            process.send_signal(signal.SIGINT)
        interrupted = 0
        for second, namespace, box, text, process in rounds:
            with self.subTest(second=second):
                out, errors = process.communicate(timeout=120)
                with open(box.kubeconfig, encoding="utf-8") as file:
                    now = file.read()
                if process.returncode == 0:  # it was done before
                    self.assertIn("lease", out)
                    self.assertEqual(len(self.secrets(namespace)), 1)
                    continue
                interrupted += 1
                self.assertIn(process.returncode, (130, -signal.SIGINT), errors)
                # Taking back may take a slow machine longer than it is waited for; that is told.
                if "before it was known" not in errors:
                    self.assertEqual(self.secrets(namespace), [], errors)
                self.assertEqual(now, text)
                self.assertFalse(os.path.exists(box.profile_path("dev")))
                # Others of this user have theirs in the same keyring.
                self.assertNotIn(":%s:" % namespace,
                                 box.leasehold("cache", "list", "-o", "json").stdout)
        self.assertGreater(interrupted, 5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
