"""A lease whose making fails at any request, or whose maker is killed: what is left is named, can be
found, and is removed by prune, and nothing else is (LEASE-1 to LEASE-5)."""

import signal
import unittest

from lease_case import PROGRAM, SOON, LeaseCase
from tests.support.sessions import wait_for

WRITES = "POST|PATCH"
RULES = """rules:
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get]
"""

# The objects of each kind of lease, in the order in which they are made.
KINDS = {
    "role": (("--role", "reader"), ["serviceaccounts", "rolebindings"]),
    "rules": (("--rules-file", "rules"), ["serviceaccounts", "roles", "rolebindings"]),
    "cluster": (("--role-type", "cluster-role", "--binding", "cluster", "--role", "view"),
                ["clusterrolebindings", "serviceaccounts"]),
    "cluster-rules": (("--rules-file", "rules", "--binding", "cluster"),
                      ["clusterroles", "clusterrolebindings", "serviceaccounts"]),
    "several": (("--role-in", "ci/reader", "--cluster-role-in", "ci/view", "--cluster-role-in",
                 "default/view"), ["serviceaccounts"] + 3 * ["rolebindings"]),
}


class LeaseFaults(LeaseCase):
    def setUp(self):
        super().setUp()
        self.rules = self.box.write("rules", RULES)

    def make_profile(self, kind, *more):
        role = [self.rules if word == "rules" else word for word in KINDS[kind][0]]
        self.dynamic(kind, *more, role=role)
        return len(KINDS[kind][1])

    def prune(self, *more):
        self.api.clear()
        self.api.skew(SOON)
        text = self.ok("lease", "prune", *more)
        self.api.skew(0)
        return text

    def decoys(self):
        """Objects that prune must not touch, each lacking one of the marks."""
        past = {"leasehold.dev/expires-at": "2020-01-01T00:00:00Z"}
        label = {"app.kubernetes.io/managed-by": "leasehold"}
        name = "leasehold-0123456789abcdef"
        metas = [{"name": name, "annotations": past},
                 {"name": "leasehold-1123456789abcdef", "labels": label},
                 {"name": "important", "labels": label, "annotations": past},
                 {"name": "leasehold-2123456789abcdef", "labels": label,
                  "annotations": {"leasehold.dev/expires-at": "2099-01-01T00:00:00Z"}},
                 {"name": "leasehold-3123456789abcdef", "labels": label,
                  "annotations": {"leasehold.dev/expires-at": "soon"}}]
        for meta in metas:
            self.objects.create("serviceaccounts", "ci", {"metadata": meta})
            self.addCleanup(self.objects.delete, "serviceaccounts", "ci", meta["name"])
        return sorted(meta["name"] for meta in metas)

    def test_every_request_failing_in_every_way(self):
        # A token request is made twice where the first one got no answer.
        faults = [("reset", {"when": "before", "times": 2}),
                  ("reset", {"when": "after", "times": 2}), ("answer", {"status": 403}), ("answer", {"status": 409}),
                  ("answer", {"status": 500})]
        for kind in KINDS:
            count = self.make_profile(kind)
            for step in range(count + 1):  # each object, then the token
                for do, fields in faults:
                    with self.subTest(kind=kind, step=step, fault=do, **fields):
                        self.api.clear()
                        self.api.fault(do, method="POST", path="/(serviceaccounts|.*roles|"
                                       ".*rolebindings|token)$", skip=step,
                                       **{"times": 1} | fields)
                        result = self.leasehold("lease", "create", "--profile", kind)
                        self.assertNotEqual(result.returncode, 0)
                        self.assertEqual(result.stdout, "")
                        self.assertEqual(self.ours(), [], result.stderr)

    def test_each_profile_s_server_has_its_own_time(self):
        """Together they take longer than any of them may."""
        for name in ("one", "two"):
            self.profile(name)
        self.api.fault("latency", method="GET", path="/secrets$", seconds=4.2)
        listed = self.leasehold("lease", "list")
        self.assertEqual((listed.returncode, listed.stdout, listed.stderr), (0, "no leases\n", ""))

    def test_a_server_that_does_not_answer_is_waited_for_once(self):
        for name in ("one", "two", "three"):
            self.profile(name)
        self.api.fault("reset", method="GET", path="/secrets$", when="before")
        listed = self.leasehold("lease", "list")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertEqual(listed.stderr.count("is left out"), 3, listed.stderr)
        self.assertEqual(listed.stderr.count("did not answer a moment ago"), 2, listed.stderr)

    def test_a_server_that_hangs_up_after_each_answer(self):
        """A load balancer may, without having said so in the answer."""
        self.profile("s", "--revocable")
        self.make_profile("role")
        self.api.fault("hang-up")
        for profile in "s", "role":
            self.assertNotIn("cannot be revoked", self.ok("lease", "create", "--profile", profile))
            self.ok("lease", "revoke", "--profile", profile)
            self.assertEqual(self.ours(), [])

    def test_a_kept_connection_that_ends_without_an_answer(self):
        self.profile("s", "--revocable")
        for when in "before", "after":
            for method, path in (("POST", "/token$"), ("PATCH", "/secrets/")):
                with self.subTest(when=when, path=path):
                    self.api.clear()
                    self.api.fault("reset", method=method, path=path, when=when, times=1)
                    self.ok("lease", "create", "--profile", "s")
                    self.assertEqual(len(self.ours()), 1)
                    self.ok("lease", "revoke", "--profile", "s")
                    self.assertEqual(self.ours(), [])

    def test_a_token_is_asked_for_twice_at_most(self):
        self.profile("s", "--revocable")
        self.api.fault("reset", method="POST", path="/token$", when="after")
        before = self.api.counters()["tokens-issued"]
        self.fails(5, "lease", "create", "--profile", "s")
        self.assertEqual(self.api.counters()["tokens-issued"], before + 2)
        self.assertEqual(self.ours(), [])

    def test_what_creates_is_not_repeated(self):
        self.make_profile("rules")
        self.api.fault("reset", method="POST", path="/roles$", when="after", times=1)
        self.fails(5, "lease", "create", "--profile", "rules")
        self.assertEqual(self.ours(), [])

    def test_a_time_out_at_every_request(self):
        count = self.make_profile("role", "--deadline", "3s")
        for step in range(count + 1):
            with self.subTest(step=step):
                self.api.clear()
                self.api.fault("hang", method="POST", path="/(serviceaccounts|rolebindings|token)$",
                               skip=step, times=1)
                self.fails(6, "lease", "create", "--profile", "role")
                self.assertEqual(self.ours(), [])

    def test_what_cannot_be_taken_back_is_named_and_pruned(self):
        for kind in KINDS:
            count = self.make_profile(kind)
            with self.subTest(kind=kind):
                self.api.clear()
                self.api.fault("answer", method="POST", path="/token$", status=500)
                self.api.fault("answer", method="DELETE", status=500)
                error = self.fails(5, "lease", "create", "--profile", kind)
                self.assertIn("left behind in the cluster", error)
                left = self.ours()
                self.assertEqual(len(left), count)
                for found in left:
                    self.assertIn(found.split("/")[1], error)
                self.assertIn("leasehold lease prune", error)
                self.api.clear()
                self.assertEqual(self.ok("lease", "prune"), "nothing has expired\n")
                self.assertEqual(self.ours(), left)
                self.assertIn("would remove", self.prune("--dry-run"))
                self.assertEqual(self.ours(), left)
                self.prune()
                self.assertEqual(self.ours(), [])

    def test_a_prune_that_is_stopped_tells_how_far_it_came(self):
        self.make_profile("role")
        self.ok("lease", "create", "--profile", "role")
        left = self.ours()
        for skip, removed in (0, 0), (1, 1):
            with self.subTest(skip=skip):
                self.api.clear()
                self.api.fault("answer", method="DELETE", status=500, skip=skip)
                self.api.skew(SOON)
                result = self.leasehold("lease", "prune")
                self.assertEqual(result.returncode, 5, result.stderr)
                self.assertEqual(result.stdout.count("removed "), removed)
                self.assertNotIn("nothing has expired", result.stdout)
                # What the removed one owns goes with it.
                self.assertLessEqual(len(self.ours()), len(left) - removed)
        self.prune()
        self.assertEqual(self.ours(), [])

    def test_killed_after_every_request(self):
        decoys = self.decoys()
        before = self.ours()
        for kind in KINDS:
            count = self.make_profile(kind)
            for step in range(count + 2):  # the objects, the token, the record's dates
                with self.subTest(kind=kind, step=step):
                    self.api.clear()
                    slow = self.api.fault("latency", seconds=1, method=WRITES, skip=step, times=1)
                    sent = len(self.api.requests())
                    process = self.box.start(PROGRAM, "lease", "create", "--profile", kind)
                    self.assertTrue(wait_for(lambda: self.api.taken(slow)),
                                    "the program did not send its requests")
                    process.send_signal(signal.SIGKILL)
                    process.communicate(timeout=60)
                    self.wait_for_writes(sent, step + 1)  # what was under way is committed, too
                    made = [found for found in self.ours() if found not in before]
                    self.assertLessEqual(len(made), count)
                    self.prune()
                    self.assertEqual(self.ours(), before, "left: step %d" % step)
        listed = self.objects.list("serviceaccounts", "ci", "")
        self.assertEqual([name for name in decoys
                          if name not in [item["metadata"]["name"] for item in listed]], [])

    def wait_for_writes(self, sent, count):
        """Until `count` writes were carried out after the first `sent` requests."""
        def written():
            return len([one for one in self.api.requests()[sent:]
                        if one["method"] in ("POST", "PATCH")])
        self.assertTrue(wait_for(lambda: written() >= count), "the server did not finish")

    def test_a_taken_name_is_another_name(self):
        self.make_profile("role")
        self.api.fault("answer", method="POST", path="/serviceaccounts$", status=409,
                       reason="AlreadyExists", times=1)
        self.create("role")
        self.assertEqual(len(self.ours()), 2)
        self.sweep()
        # Once, not for ever.
        self.api.fault("answer", method="POST", path="/serviceaccounts$", status=409,
                       reason="AlreadyExists")
        self.fails(7, "lease", "create", "--profile", "role")
        self.assertEqual(self.ours(), [])

    def test_a_record_that_hangs_costs_no_token(self):
        for name, more in (("dev", ()), ("held", ("--revocable",))):
            self.profile(name, "--deadline", "6s", *more)
        self.api.fault("hang", method="POST", path="/secrets$")
        lease = self.create("dev")
        self.assertEqual(lease["revocable"], False, lease)
        self.fails(6, "lease", "create", "--profile", "held")
        self.api.clear()
        self.assertEqual(self.ours(), [])

    def test_a_revocable_lease_fails_without_leftovers(self):
        self.profile("dev", "--revocable")
        for fields in ({"status": 500}, {"status": 403}):
            self.api.clear()
            self.api.fault("answer", method="POST", path="/token$", **fields)
            self.leasehold("lease", "create", "--profile", "dev")
            self.assertEqual(self.ours(), [], fields)
        self.api.clear()
        self.api.fault("reset", when="after", method="POST", path="/secrets$", times=1)
        self.fails(5, "lease", "create", "--profile", "dev")
        self.assertEqual(self.ours(), [])


if __name__ == "__main__":
    unittest.main()
