"""Whose leases are whose where several profiles use one dynamic secret of Infisical, and what is known
of a lease that no store has a token of."""

import json
import os

from infisical_case import InfisicalCase, gateway_inputs, dynamic_inputs, main


class TwoProfiles(InfisicalCase):
    """`a` and `b` lease from the same dynamic secret, as the same identity."""

    def setUp(self):
        super().setUp()
        self.universal("a", secret="dynamic")
        self.universal("b", "--namespace", "default", secret="dynamic")
        self.tokens = {name: self.credential(name)["status"]["token"] for name in "ab"}

    def ids(self, *words):
        return [row["id"] for row in json.loads(self.ok("lease", "list", *words, "-o", "json"))]

    def b_goes_on(self):
        """Its token works, is still what it is handed, and nothing was leased for it."""
        self.count_from_here()
        self.assertEqual(self.credential("b")["status"]["token"], self.tokens["b"])
        self.assertEqual(self.asked()[3], 0)
        self.assertEqual(len(self.site.leases()), 1)
        self.assertFalse(self.works(self.tokens["a"]))
        self.assertTrue(self.works(self.tokens["b"]))

    def test_each_lists_its_own(self):
        self.assertEqual(len(self.ids("--profile", "a")), 1)
        self.assertEqual(len(self.ids("--profile", "b")), 1)
        self.assertNotEqual(self.ids("--profile", "a"), self.ids("--profile", "b"))
        self.assertEqual(len(self.ids()), 2, "each once, though both profiles' lists have both")
        self.assertEqual(len(self.ids("--profile", "a", "--all-holders")), 2)

    def test_revoke_by_profile_ends_its_own(self):
        self.assertEqual(self.ok("lease", "revoke", "--profile", "a").count(" revoked "), 1)
        self.b_goes_on()

    def test_logout_ends_its_own(self):
        self.ok("logout", "--profile", "a")
        self.b_goes_on()

    def test_removing_a_profile_ends_its_own(self):
        self.ok("profile", "remove", "a")
        self.b_goes_on()

    def test_the_lease_of_another_is_not_ended_by_its_id_either(self):
        [theirs] = self.ids("--profile", "b")
        result = self.leasehold("lease", "revoke", theirs, "--profile", "a")
        self.assertEqual(result.returncode, 4)
        self.assertIn("--all-holders", result.stdout + result.stderr)
        self.ok("lease", "revoke", *self.ids("--profile", "a"))
        self.b_goes_on()

    def test_whoever_ends_it_nobody_is_handed_it_any_more(self):
        [theirs] = self.ids("--profile", "b")
        self.ok("lease", "revoke", theirs, "--profile", "a", "--all-holders")
        self.assertNotEqual(self.credential("b")["status"]["token"], self.tokens["b"])

    def test_everything_is_ended_once(self):
        said = json.loads(self.ok("lease", "revoke", "--all", "-o", "json"))
        self.assertEqual(sorted((one["profile"], one["result"]) for one in said),
                         [("a", "revoked"), ("b", "revoked")])
        self.assertEqual(self.site.leases(), [])


class Created(InfisicalCase):
    """Leases of `lease create` are in no store, and one's own all the same."""

    def setUp(self):
        super().setUp()
        self.universal(secret="dynamic")
        self.made = json.loads(self.ok("lease", "create", "--profile", "dev", "-o", "json"))

    def rows(self, *words):
        return json.loads(self.ok("lease", "list", *words, "-o", "json"))

    def test_they_are_listed_and_shown_with_all_that_is_known(self):
        [row] = self.rows()
        self.assertEqual((row["id"], row["profile"], row["subject"], row["cached"]),
                         (self.made["id"], "dev", self.made["subject"], ""))
        self.assertIn("@", row["holder"])
        shown = json.loads(self.ok("lease", "show", self.made["id"], "-o", "json"))
        self.assertEqual((shown["jti"], shown["holder"]), (self.made["jti"], row["holder"]))

    def test_they_are_ended_with_the_profiles_others(self):
        self.credential()
        self.ok("cache", "clear")
        self.assertEqual(len(self.rows()), 2, "one was made, one was cleared out of the cache")
        self.assertEqual(self.ok("lease", "revoke", "--profile", "dev").count(" revoked "), 2)
        self.assertEqual((self.site.leases(), self.rows()), ([], []))

    def test_logout_ends_them(self):
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.site.leases(), [])
        self.assertFalse(self.works(self.made["token"]))

    def test_no_token_is_in_what_is_kept_of_them(self):
        [file] = [os.path.join(folder, name) for folder, _, names in os.walk(self.box.home)
                  for name in names if name.endswith(".jsonl") and "leases" in folder]
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
        with open(file, encoding="ascii") as lines:
            text = lines.read()
        self.assertIn(self.made["id"], text)
        for canary in self.site.canaries() + [self.made["token"]]:
            self.assertNotIn(canary, text)


class Lost(InfisicalCase):
    """The site finishes what nobody waits for any more."""

    def setUp(self):
        super().setUp()
        gateway = self.site.add_gateway(self.reach[0], self.reach[1], ca=self.reach[2], delay=1.5)
        self.site.add_definition("shop", "prod", "far", gateway_inputs(
            dynamic_inputs(*self.reach, "ci", "view"), gateway["id"]), path="/k8s")
        self.universal("dev", "--deadline", "1s", secret="far")
        self.said = self.fails(6, "lease", "create", "--profile", "dev")
        self.wait_until(lambda: len(self.site.leases()) == 1)

    def test_it_is_said_and_shown(self):
        self.assertIn("may have made the lease", self.said)
        [row] = json.loads(self.ok("lease", "list", "-o", "json"))
        self.assertEqual((row["state"], row["profile"]), ("unused", "dev"))

    def test_the_next_call_ends_it(self):
        [lost] = self.site.leases()
        self.rewrite_profile("dev", 'deadline: "1s"', "deadline: 60s")
        self.ok("lease", "create", "--profile", "dev")
        [left] = self.site.leases()
        self.assertNotEqual(left["id"], lost["id"])

    def test_prune_ends_it_and_leaves_what_is_used(self):
        self.rewrite_profile("dev", 'deadline: "1s"', "deadline: 60s")
        self.assertIn("would remove lease", self.ok("lease", "prune", "--dry-run"))
        self.assertEqual(len(self.site.leases()), 1)
        self.assertIn("removed lease", self.ok("lease", "prune"))
        self.assertEqual(self.site.leases(), [])
        self.assertEqual(self.ok("lease", "prune"), "nothing has expired\n")


if __name__ == "__main__":
    main()
