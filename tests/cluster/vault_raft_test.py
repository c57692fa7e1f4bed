"""Leases from a cluster of two real OpenBaos: a standby that forwards and one that cannot, a sealed
node, and an active one that steps down in the middle of work."""

import json
import time
import urllib.parse

from tests.openbao import world
from tests.openbao.raft import Raft
from vault_case import LOGIN, VaultCase, lease_of, main

NOT_FOLLOWED = "redirects are not followed"


class VaultRaft(VaultCase):
    """Each test leaves the first node active, and the second as its standby."""

    @classmethod
    def start_server(cls):
        cls.raft = Raft()
        cls.addClassCleanup(cls.raft.stop)
        world.mount(cls.raft.first, cls.cluster)
        return cls.raft.first

    def setUp(self):
        super().setUp()
        self.first, self.second = self.raft.first, self.raft.second

    def at(self, node):
        """A profile whose address is that node's."""
        self.profile("profile add ci", "binding", "--namespace", "ci", "--force", node=node)

    def cold(self):
        """A call that finds no lease in a store, and what came of it."""
        self.leasehold("cache", "clear", "--profile", "ci")
        return self.box.leasehold("credential", "--profile", "ci", environment=self.variables)

    def check(self, code):
        """The steps of `profile check`, which `doctor` must repeat."""
        result = self.leasehold("profile", "check", "ci", "-o", "json", code=code)
        steps = {step["check"]: step for step in json.loads(result.stdout)}
        doctor = self.box.leasehold("doctor", environment=self.variables).stdout
        self.assertIn(steps["server"]["finding"], doctor)
        return steps

    def restore(self):
        """Two nodes again, the first active."""
        for node in (self.first, self.second):
            if node.process.poll() is not None:
                node.start()
            if node.health() == 503:
                node.unseal(self.raft.key)
        self.first.wait_until(lambda: self.first.health() == 200, "active node")
        self.second.wait_until(lambda: self.second.health() == 429, "standby")

    def test_a_standby_forwards(self):
        self.at(self.second)
        self.credential()
        self.assertEqual(self.asked(), [LOGIN, lease_of("binding")])
        self.assertEqual(self.second.requests(), [], "the standby did it itself")
        self.assertEqual(self.cold().returncode, 0)
        self.assertEqual(self.asked(), [lease_of("binding")])
        lease = self.lease()
        self.leasehold("lease", "revoke", lease["id"])
        self.assertNotIn(lease["subject"].split(":")[-1],
                         self.cluster.kubectl("get", "serviceaccounts", "-n", "ci", "-o", "name"))
        server = self.check(0)["server"]
        self.assertEqual(server["state"], "ok")
        self.assertRegex(server["finding"], r"^https://127\.0\.0\.1:\d+ \(version [\d.]+\) answers, "
                                            "as a standby$")

    def test_a_standby_without_its_active_node_is_named(self):
        self.at(self.second)
        self.credential()
        self.addCleanup(self.restore)
        self.first.kill()
        self.credential()  # a hit asks nobody
        gone = urllib.parse.urlsplit(self.first.address).netloc
        result = self.cold()
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn(f'"{self.second.address}" is a standby that does not forward; it points to '
                      f'"{gone}"', result.stderr)
        self.assertIn(NOT_FOLLOWED, result.stderr)
        steps = self.check(5)
        self.assertIn("as a standby", steps["server"]["finding"])
        self.assertNotIn("policy", steps)

    def test_a_sealed_node_is_named(self):
        self.at(self.second)
        self.credential()
        self.addCleanup(self.restore)
        self.second.kill()
        self.second.start()
        result = self.cold()
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn("the server is sealed (503); the server says: Vault is sealed",
                      result.stderr)
        self.assertIn("hint: an operator must unseal it", result.stderr)
        server = self.check(5)["server"]
        self.assertEqual((server["state"], server["hint"]), ("failed", "an operator must unseal it"))
        self.assertRegex(server["finding"], r"^https://127\.0\.0\.1:\d+ \(version .*\) is sealed$")

    # The server takes ten seconds until a node is active again.
    def test_the_active_node_steps_down_in_the_middle_of_work(self):
        for node, name in ((self.first, "first"), (self.second, "second")):
            self.profile(f"profile add {name}", "binding", "--namespace", "ci", node=node)
            self.credential(name=name)
        self.asked()
        self.first.write("sys/step-down")
        said, end = [], time.monotonic() + 60
        while self.first.health() != 200 and time.monotonic() < end:
            for name in ("first", "second"):
                self.credential(name=name)  # a hit asks nobody
                result = self.box.leasehold("lease", "create", "--profile", name,
                                            environment=self.variables)
                if result.returncode != 0:
                    said.append((result.returncode, result.stderr))
        self.assertEqual({code for code, _ in said}, {5}, said)
        self.assertNotIn("could not do it in the cluster", str(said))
        for name in ("first", "second"):
            self.leasehold("lease", "create", "--profile", name)
        self.assertNotIn(LOGIN, self.asked(), "the session was given up")


if __name__ == "__main__":
    main()
