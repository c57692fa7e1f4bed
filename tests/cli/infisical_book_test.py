"""Whose leases are whose where several profiles use one dynamic secret of Infisical, and what is
known of a lease that no store has a token of."""

import json
import os
import sys

import case
from infisical_case import (
    SECRET, InfisicalCase, dynamic_inputs, gateway_inputs, main, static_inputs)
from tests.support.machine import need_plain_programs


class TwoProfiles(InfisicalCase):
    """`a` and `b` lease from the same dynamic secret, as the same identity."""

    def setUp(self):
        super().setUp()
        kind = ("--credential-type", "dynamic")
        self.universal("a", *kind, secret="dynamic")
        self.universal("b", *kind, "--namespace", "default", secret="dynamic")
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

    def test_uninstalling_leaves_nothing_here_or_there(self):
        self.ok("lease", "create", "--profile", "a")
        said = self.ok("uninstall", "--user", "--yes")
        self.assertIn("forgot 1 token", said)
        self.assertNotIn("forgot 0", said)
        self.assertEqual(self.site.leases(), [])
        for path, folders, _ in os.walk(self.box.home):
            self.assertNotIn("leasehold", folders, path)

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
        self.universal("dev", "--credential-type", "dynamic", secret="dynamic")
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


class Revocable(InfisicalCase):
    """Whether a lease can be revoked is the definition's matter, and no account's name tells it."""

    def setUp(self):
        super().setUp()
        self.site.add_definition("shop", "prod", "named", dynamic_inputs(*self.reach, "ci", "view"),
                                 path="/k8s", username_template="ci-{{randomUsername}}")
        self.site.add_definition("shop", "prod", "posing", static_inputs(
            *self.reach, "ci", "dynamic-secret-sa-x"), path="/k8s", test=False)
        self.add_account("ci", "dynamic-secret-sa-x")

    def revoke(self, secret, *more, code=0):
        """What came of ending a lease that is in the cache, and what was said of it before."""
        self.universal("dev", *more, secret=secret)
        token = self.credential()["status"]["token"]
        [listed] = json.loads(self.ok("lease", "list", "-o", "json"))
        result = self.leasehold("lease", "revoke", listed["id"], "-o", "json")
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        [ending] = json.loads(result.stdout)
        self.assertEqual(self.works(token), ending["result"] != "revoked")
        return listed["revocable"], ending["result"], ending["detail"]

    def test_the_profile_says_it(self):
        self.assertEqual(self.revoke("named", "--credential-type", "dynamic"),
                         (True, "revoked", ""))
        self.ok("profile", "remove", "dev")
        revocable, result, detail = self.revoke("posing", "--credential-type", "static", code=4)
        self.assertEqual((revocable, result), (False, "forgotten"))
        self.assertIn("its token works until", detail)

    def test_where_nobody_says_it_the_cluster_is_asked(self):
        self.assertEqual(self.revoke("named"), (None, "revoked", ""))
        self.ok("profile", "remove", "dev")
        revocable, result, detail = self.revoke("posing", code=4)
        self.assertEqual((revocable, result), (None, "forgotten"))
        self.assertIn("the cluster takes its token", detail)

    def test_without_the_token_nobody_can_tell(self):
        self.universal("dev", secret="named")
        made = json.loads(self.ok("lease", "create", "--profile", "dev", "-o", "json"))
        self.assertIsNone(made["revocable"])
        result = self.leasehold("lease", "revoke", made["id"])
        self.assertEqual(result.returncode, 4)
        self.assertIn("is not known", result.stdout)

    def test_setup_learns_it_where_the_identity_may(self):
        words = (*self.arguments("--client-id", self.login["clientId"], secret="named"),)
        secret = {SECRET: self.login["clientSecret"]}
        self.ok("setup", "ci", *words, environment=secret)
        self.assertNotIn("credential-type", self.profile_text("ci"))
        self.site.grant(self.robot, "shop", ["lease", "read-root-credential",
                                             "edit-root-credential"])
        self.ok("setup", "other", *words, environment=secret)
        self.assertIn("\n  credential-type: dynamic\n", self.profile_text("other"))
        before = self.profile_text("other")
        self.ok("setup", "other", *words, environment=secret)
        self.assertEqual(self.profile_text("other"), before, "the same again is the same")
        [listed] = json.loads(self.ok("lease", "list", "--profile", "other", "-o", "json"))
        self.assertIs(listed["revocable"], True)
        for canary in self.site.canaries():
            self.assertNotIn(canary, before)

    def profile_text(self, name):
        with open(self.box.profile_path(name), encoding="utf-8") as file:
            return file.read()


class Ttls(InfisicalCase):
    def setUp(self):
        super().setUp()
        self.site.add_definition("shop", "prod", "short", dynamic_inputs(*self.reach, "ci", "view"),
                                 path="/k8s", default_ttl="15m", max_ttl="30m")

    def create(self, *more):
        result = self.leasehold("lease", "create", "--profile", "dev", "-o", "json", *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["ttlSeconds"], result.stderr

    def test_the_definitions_own(self):
        self.universal("dev", "--ttl", "server", secret="short")
        self.assertIn("ttl: server", self.ok("profile", "show", "dev", "-o", "yaml").replace(
            "value: server", "ttl: server"))
        life, said = self.create()
        self.assertAlmostEqual(life, 900, delta=5)
        self.assertEqual(said, "")
        self.credential()
        self.assertIn("server", self.ok("profile", "list"))

    def test_a_maximum_below_the_profiles_ttl(self):
        self.universal("dev", secret="short")
        life, said = self.create()
        self.assertAlmostEqual(life, 900, delta=5)
        self.assertIn("30m", said)
        life, said = self.create()
        self.assertAlmostEqual(life, 1800, delta=5)
        self.assertEqual(said, "", "it was said once")

    def test_a_default_beyond_what_the_profile_allows_is_given_back(self):
        self.universal("dev", "--ttl", "server", "--max-ttl", "12m", secret="short")
        self.assertIn("max-ttl", self.fails(4, "lease", "create", "--profile", "dev"))
        self.assertEqual(self.site.leases(), [])


class Long(InfisicalCase):
    """A book of 10,000 leases, nearly all of them others'."""

    def setUp(self):
        super().setUp()
        self.universal("dev", "--credential-type", "dynamic", secret="dynamic")
        self.token = self.credential()["status"]["token"]
        self.site.fill("shop", "prod", "dynamic", 9_999, path="/k8s")

    def test_everything_goes_on_with_it(self):
        [mine] = json.loads(self.ok("lease", "list", "--profile", "dev", "-o", "json"))
        everybodys = self.ok("lease", "list", "--profile", "dev", "--all-holders", "-o", "json")
        self.assertEqual(len(json.loads(everybodys)), 10_000)
        self.assertIn("10000 leases", self.ok("profile", "check", "dev"))
        self.assertIn("10000 leases", self.leasehold("doctor", "--profile", "dev").stdout)
        self.ok("lease", "revoke", "--expired", "--profile", "dev")
        self.count_from_here()
        self.assertIn(mine["id"], self.ok("lease", "revoke", "--all"))
        self.assertLessEqual(self.asked()[1], 3, "the list, and one lease")
        self.assertEqual(len(self.site.leases()), 9_999)
        self.ok("lease", "create", "--profile", "dev")
        self.ok("logout", "--profile", "dev")
        self.assertEqual(len(self.site.leases()), 9_999)

    def test_memory_does_not_grow_with_what_is_not_shown(self):
        need_plain_programs("memory")

        def peak(name):
            """In KiB, as a small process sees it of its only child."""
            code = ("import resource, subprocess, sys; "
                    "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
                    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
            result = self.box.run(sys.executable, "-S", "-c", code, case.PROGRAM, "lease", "list",
                                  "--profile", name)
            return int(result.stdout)
        self.universal("small")
        self.credential("small")
        self.assertLess(peak("dev") - peak("small"), 2048, "the answer alone is 4 MiB")


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
