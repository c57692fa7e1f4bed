"""Kept sessions of Infisical's logins: worth less than a lease, no longer kept than a day, gone with
the last profile of their identity; and many profiles with the small key quota of a user."""

import datetime
import json
import os
import pwd
import shutil
import tempfile

from tests.support import everybody
from tests.support.machine import need_root
from tests.support.sandbox import PROGRAM, Sandbox

from infisical_case import InfisicalCase, main

tempfile.tempdir = "/tmp"  # TMPDIR may be one user's alone


class Kept(InfisicalCase):
    def sessions(self):
        return [entry for entry in json.loads(self.ok("cache", "list", "-o", "json"))
                if entry["kind"] == "session"]

    def ended_at_the_site(self):
        return sum(request["path"].endswith("/token/revoke") for request in self.site.requests())

    def other_identity(self):
        other = self.site.add_identity("other")["id"]
        self.site.grant(other, "shop")
        return self.site.add_client_secret(other)

    def test_they_are_shown_and_ended_with_the_cache(self):
        self.universal()
        self.credential()
        [session] = self.sessions()
        self.assertEqual((session["server"], session["subject"]),
                         (self.site.site, self.login["clientId"]))
        table = self.ok("cache", "list")
        self.assertRegex(table, r"(?m)^- .*session")
        self.assertIn("ended 1 session\n", self.ok("cache", "clear"))
        self.assertEqual((self.sessions(), self.ended_at_the_site()), ([], 1))
        self.assertEqual(self.ok("cache", "list"), "the cache is empty\n")

    def test_a_site_that_is_gone_keeps_none_from_being_forgotten(self):
        self.universal()
        self.credential()
        self.rewrite_profile("dev", self.site.site, "https://127.0.0.1:1")
        self.ok("cache", "clear")
        self.assertEqual(self.sessions(), [])

    def test_they_are_kept_for_a_day_unless_more_is_asked_for(self):
        for name, more, days in (("a", (), 1), ("b", ("--keep-session", "720h"), 30)):
            self.universal(name, *more)
            self.credential(name)
            [session] = self.sessions()
            times = [datetime.datetime.fromisoformat(session[key].replace("Z", "+00:00"))
                     for key in ("issued", "expires")]
            self.assertAlmostEqual((times[1] - times[0]).total_seconds(), days * 86400, delta=60)
            self.ok("cache", "clear")

    def test_they_go_with_the_last_profile_of_their_identity(self):
        self.universal("a")
        self.universal("b", secret="dynamic")
        self.credential("a")
        self.credential("b")
        result = self.leasehold("logout", "--profile", "a")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("profile b logs in as the same identity", result.stderr)
        self.ok("profile", "remove", "a")
        self.assertEqual((len(self.sessions()), self.ended_at_the_site()), (1, 0))
        self.ok("profile", "remove", "b")
        self.assertEqual((self.sessions(), self.ended_at_the_site()), ([], 1))

    def test_they_go_when_a_profile_is_written_anew_for_another_identity(self):
        self.universal()
        self.credential()
        self.login = self.other_identity()
        self.universal("dev", "--force")
        self.assertEqual((self.sessions(), self.ended_at_the_site()), ([], 1))
        self.credential()
        self.universal("dev", "--force", "--ttl", "2h")
        self.assertEqual(len(self.sessions()), 1, "the identity is the same")

    def test_a_login_that_is_limited_in_uses_is_not_spent_to_log_out(self):
        self.universal()
        self.ok("lease", "list", "--profile", "dev")
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.asked(), (0, 0, 0, 0))


class Many(InfisicalCase):
    """300 profiles with 20 identities, as a user whose keys may take 20,000 bytes."""

    PROFILES, IDENTITIES = 300, 20
    LOOP = 'for name in $1; do "$0" credential --profile $name >/dev/null || echo "$name failed"; done'

    def setUp(self):
        need_root()
        super().setUp()
        self.nobody = pwd.getpwnam("nobody")
        self.program = everybody.copy_of(PROGRAM)
        self.theirs = Sandbox()
        self.addCleanup(self.theirs.close)
        self.addCleanup(self.as_nobody, self.program, "cache", "clear")
        self.as_nobody("keyctl", "session", "-", "sh", "-c",
                       "keyctl clear @u; keyctl clear $(keyctl get_persistent @s)")
        self.names = [f"p{number}" for number in range(self.PROFILES)]
        self.write_profiles()

    def as_nobody(self, *words):
        return self.theirs.run("setpriv", "--reuid", str(self.nobody.pw_uid), "--regid",
                               str(self.nobody.pw_gid), "--clear-groups", *words)

    def write_profiles(self):
        logins = []
        for number in range(self.IDENTITIES):
            identity = self.site.add_identity(f"robot{number}")["id"]
            self.site.grant(identity, "shop")
            logins.append(self.site.add_client_secret(identity))
        authority = self.theirs.path("site.pem")
        shutil.copy(self.site.ca, authority)
        self.universal("model")
        with open(self.box.profile_path("model"), encoding="utf-8") as file:
            model = file.read().replace(self.site.ca, authority)
        for number, name in enumerate(self.names):
            login = logins[number % self.IDENTITIES]
            secret = self.theirs.write(f"{name}.secret", login["clientSecret"])
            path = self.theirs.profile_path(name)
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(model.replace(self.box.path("model.secret"), secret)
                           .replace(self.login["clientId"], login["clientId"]))
        for folder, _, names in os.walk(self.theirs.home):
            for place in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(place, self.nobody.pw_uid, self.nobody.pw_gid)
        os.chown(self.theirs.runtime, self.nobody.pw_uid, self.nobody.pw_gid)

    def round(self):
        """Every profile's credential once; (requests, logins, leases)."""
        self.count_from_here()
        result = self.as_nobody("sh", "-c", self.LOOP, self.program, " ".join(self.names))
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr[-2000:])
        return self.asked()[1:]

    def test_each_has_one_lease_and_each_identity_one_login(self):
        self.assertEqual(self.round(), (320, 20, 300))
        self.assertEqual(self.round(), (0, 0, 0))
        listed = json.loads(self.as_nobody(self.program, "cache", "list", "-o", "json").stdout)
        kinds = [entry["kind"] for entry in listed]
        self.assertEqual((kinds.count("lease"), kinds.count("session")), (300, 20))
        self.assertIn("bytes", self.as_nobody(self.program, "doctor", "--offline").stdout)


if __name__ == "__main__":
    main()
