"""The lease book over Infisical: the site's view and the local one, and what ending a lease means
there."""

import json

from infisical_case import InfisicalCase, main


class Book(InfisicalCase):
    def lease_of(self, secret):
        kind = "dynamic" if secret == "dynamic" else "static"
        self.universal("dev", "--credential-type", kind, secret=secret)
        self.credential()
        [lease] = json.loads(self.ok("lease", "list", "--profile", "dev", "-o", "json"))
        return lease

    def test_list_and_show_join_both_views(self):
        lease = self.lease_of("dynamic")
        self.assertEqual((lease["state"], lease["cached"], lease["revocable"]),
                         ("active", "fresh", True))
        shown = json.loads(self.ok("lease", "show", lease["id"], "-o", "json"))
        self.assertEqual((shown["id"], shown["profile"]), (lease["id"], "dev"))
        self.assertTrue(shown["jti"])
        self.assertEqual([one["id"] for one in self.site.leases()], [lease["id"]])

    def test_a_lease_that_was_ended_at_the_site_is_not_shown_as_active(self):
        lease = self.lease_of("dynamic")
        self.ok("lease", "revoke", lease["id"], "--profile", "dev")
        self.assertEqual(json.loads(self.ok("lease", "list", "-o", "json")), [])
        self.assertIn("was gone", self.ok("lease", "revoke", lease["id"], "--profile", "dev"))

    def test_renew_postpones_the_record_and_makes_no_token(self):
        lease = self.lease_of("dynamic")
        token = self.credential()["status"]["token"]
        result = self.leasehold("lease", "renew", lease["id"], "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        renewed = json.loads(result.stdout)
        self.assertEqual(renewed["expires"], lease["expires"], "the token ends when it would have")
        self.assertGreater(renewed["recordExpires"], lease["expires"])
        self.assertNotIn("token", renewed)
        self.assertIn("the token itself still ends", result.stderr)
        self.assertEqual(self.credential()["status"]["token"], token)
        self.ok("cache", "clear")
        [listed] = json.loads(self.ok("lease", "list", "-o", "json"))
        self.assertEqual(listed["expires"], lease["expires"])

    def test_a_dynamic_lease_is_revoked(self):
        lease = self.lease_of("dynamic")
        self.assertIn("revoked", self.ok("lease", "revoke", lease["id"]))
        self.assertEqual(self.site.leases(), [])

    def test_the_token_of_a_static_lease_lives_on_and_that_is_said(self):
        lease = self.lease_of("deployer")
        result = self.leasehold("lease", "revoke", lease["id"])
        self.assertEqual(result.returncode, 4, result.stdout)
        self.assertIn("its token works until", result.stdout)
        self.assertEqual(self.site.leases(), [], "the record is gone all the same")
        self.assertEqual(json.loads(self.ok("lease", "list", "-o", "json")), [])

    def test_failed_to_delete_is_not_revoked(self):
        lease = self.lease_of("dynamic")
        # The site cannot reach into the cluster any more.
        self.api.fault("answer", method="DELETE", status=500, message="no way")
        result = self.leasehold("lease", "revoke", lease["id"], "-o", "json")
        self.assertIn(result.returncode, (4, 7), result.stdout + result.stderr)
        [ending] = json.loads(result.stdout)
        self.assertEqual(ending["result"], "not revoked")
        self.assertIn("the server says:", ending["detail"])
        self.assertEqual(len(self.site.leases()), 1)
        [listed] = json.loads(self.ok("lease", "list", "--all-holders", "--profile", "dev", "-o",
                                      "json"))
        self.assertEqual(listed["state"], "failed-to-revoke")
        result = self.leasehold("lease", "revoke", lease["id"], "--profile", "dev", "--force")
        self.assertEqual(result.returncode, 4, "the token lives on")
        self.assertEqual(self.site.leases(), [])

    def test_events_are_in_the_audit_log(self):
        lease = self.lease_of("dynamic")
        self.ok("lease", "renew", lease["id"])
        self.ok("lease", "revoke", lease["id"])
        lines = json.loads(self.ok("audit", "-o", "json"))
        self.assertEqual([(line["event"], line["provider"], line["lease"]) for line in lines],
                         [(event, "infisical", lease["id"])
                          for event in ("lease", "renewal", "revocation")])
        text = json.dumps(lines)
        for canary in self.site.canaries():
            self.assertNotIn(canary, text)


if __name__ == "__main__":
    main()
