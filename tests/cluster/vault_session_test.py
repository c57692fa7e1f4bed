"""Logins at a real OpenBao own the leases that they take: nobody is ever handed a token whose account
is gone, whatever kind the login's token is of."""

import json
import time
from datetime import datetime

from real_cluster import claims, wait_for
from tests.openbao import logins
from tests.support.clocks import by_clock, need_clockwork
from tests.support.objects import Objects
from tests.support.sandbox import PROGRAM
from vault_case import LOGIN, LOOK, RENEW, VaultCase, lease_of, main

MINUTE, HOUR = 60, 3600


class SessionCase(VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.cluster.kubectl("create", "token", "vault", "--namespace", "vault").strip()
        cls.objects = Objects(cls.cluster.server, cls.cluster.facts["ca"], admin)

    def role(self, name, **role):
        """A profile whose login is of this AppRole."""
        self.role_id, secret = logins.approle(self.bao, name, **role)
        self.variables = {"VAULT_SECRET_ID": secret}
        self.profile("profile add ci", "binding", "--namespace", "ci", "--force")
        self.asked()

    def given(self, **token):
        """A profile with a token that was brought along; answers the token."""
        made = self.bao.token(policies=["lease"], **token)
        self.variables = {"VAULT_TOKEN": made}
        self.profile("profile add ci", "binding", "--namespace", "ci", "--force", auth=())
        self.asked()
        return made

    def accounts(self):
        """The names of those that live in the cluster."""
        return {item["metadata"]["name"] for item in self.objects.list("serviceaccounts", "ci", "")}

    def call(self, by=0, code=0):
        """`credential`, by a clock that is so many seconds ahead; answers token and end."""
        result = self.box.run(*by_clock(by, by, PROGRAM, "credential", "--profile", "ci"),
                              environment=self.variables)
        self.assertEqual(result.returncode, code, result.stderr)
        status = json.loads(result.stdout)["status"]
        return status["token"], datetime.fromisoformat(status["expirationTimestamp"]).timestamp()


def account_of(token):
    return claims(token)["kubernetes.io"]["serviceaccount"]["name"]


class Expiry:
    """Ends logins by the simulation's clock, as the server does by its own: their leases go along."""

    def __init__(self, bao, life):
        self.bao, self.life = bao, life
        self.ends = dict.fromkeys(self.accessors(), float("inf"))

    def accessors(self):
        return self.bao.call("LIST", "auth/token/accessors")[1]["data"]["keys"]

    def note_logins(self, now):
        """Whoever has come since the last time logged in at this time."""
        for accessor in self.accessors():
            self.ends.setdefault(accessor, now + self.life)

    def come_to(self, now):
        for accessor in [one for one, end in self.ends.items() if end <= now]:
            self.bao.write("auth/token/revoke-accessor", {"accessor": accessor})
            self.ends[accessor] = float("inf")


class ShortSessions(SessionCase):
    MINUTES, LIFE, STEP = 20, 60, 15

    def setUp(self):
        super().setUp()
        need_clockwork()
        self.role("minute", token_ttl=f"{self.LIFE}s", token_max_ttl=f"{self.LIFE}s")

    # A client keeps a token until the end that it was told.
    def test_twenty_minutes_of_calls(self):
        expiry, held, calls, now = Expiry(self.bao, self.LIFE), {}, 0, time.time()
        before = len(self.refusals())
        for shift in range(0, self.MINUTES * MINUTE, self.STEP):
            # Behind the call before this one somebody may have logged in.
            expiry.note_logins(now)
            now = time.time() + shift
            expiry.come_to(now)
            alive = self.accounts()
            for token, end in held.items():
                if end > now:
                    self.assertIn(account_of(token), alive, f"{end - now} s before its end")
            now = time.time() + shift
            token, end = self.call(shift)
            expiry.note_logins(now)
            self.assertGreater(end, now)
            self.assertIn(account_of(token), self.accounts())
            # Its rights come a moment later; its account is there at once.
            wait_for(lambda t=token: self.status_of(t) == 200, 30, "the role's rights")
            held[token], calls = end, calls + 1
        self.assertEqual(len(self.refusals()) - before, 0)
        asked = self.asked()
        counts = {what: asked.count(what) for what in (LOGIN, RENEW, lease_of("binding"))}
        self.assertEqual(sum(counts.values()), len(asked), set(asked))
        print(f"{self.MINUTES} minutes, {calls} calls, sessions of {self.LIFE} s: "
              f"{counts[LOGIN]} logins, {counts[RENEW]} renewals, {len(held)} leases, 0 refusals")
        # One that ends within 30 s is not used for another request.
        self.assertLessEqual(counts[LOGIN], self.MINUTES * MINUTE // 30 + 1)
        self.assertLessEqual(counts[lease_of("binding")], self.MINUTES * MINUTE // 15)

    def refusals(self):
        """401 at the API server."""
        return [event for event in self.cluster.audit()
                if event.get("responseStatus", {}).get("code") == 401]

    def test_the_simulation_can_fail(self):
        """Else it shows nothing: who holds on to a token past its end is refused."""
        expiry = Expiry(self.bao, self.LIFE)
        token, _ = self.call()
        expiry.note_logins(time.time())
        self.assertIn(account_of(token), self.accounts())
        expiry.come_to(time.time() + self.LIFE)
        wait_for(lambda: account_of(token) not in self.accounts(), 30, "the account's end")


class KindsOfTokens(SessionCase):
    def assert_ends_within(self, end, seconds):
        self.assertLessEqual(end, time.time() + seconds + 1)
        self.assertGreater(end, time.time() + seconds - 2 * MINUTE)

    def test_one_with_few_uses_takes_no_lease(self):
        self.role("few", token_num_uses=5)
        for _ in range(3):
            said = self.credential(code=4).stderr
            self.assertIn("may be used 5 times only, and its last use ends every lease", said)
            self.assertIn("token_num_uses 0", said)
        self.assertEqual(self.asked(), [LOGIN])
        self.given(num_uses=9, ttl="1h")
        self.assertIn("may be used 8 times only", self.credential(code=4).stderr)
        self.assertEqual(self.asked(), [LOOK])

    # Its renewals are cut, as those at its end would be, and yet there is no end.
    def assert_goes_on(self):
        _, end = self.call()
        self.assert_ends_within(end, 20 * MINUTE)
        self.assertEqual(self.asked()[-2:], [RENEW, lease_of("binding")])
        for minutes in (15, 30, 45, 60):
            self.leasehold("cache", "clear", "--profile", "ci")
            _, end = self.call(minutes * MINUTE)
            self.assert_ends_within(end - minutes * MINUTE, 20 * MINUTE)
            self.assertEqual(self.asked(), [RENEW, lease_of("binding")])

    def test_a_periodic_one_of_a_machine_goes_on(self):
        need_clockwork()
        self.role("periodic", token_period="20m")
        self.assert_goes_on()

    def test_a_periodic_one_of_a_person_goes_on(self):
        need_clockwork()
        logins.userpass(self.bao, "iris", "correct-horse", token_period="20m")
        self.variables = {}
        self.profile("profile add ci", "binding", "--namespace", "ci", "--force",
                     auth=("--auth", "userpass", "--username", "iris"))
        self.leasehold("login", "--profile", "ci", "--password-stdin", input="correct-horse\n")
        self.assert_goes_on()

    # The server cuts the lease and not the token, and says nothing.
    def test_a_batch_one_cuts_the_lease(self):
        self.role("batch", token_type="batch", token_ttl="30m")
        token, end = self.call()
        self.assertEqual(self.asked(), [LOGIN, lease_of("binding")])
        self.assertEqual(claims(token)["exp"] - claims(token)["iat"], HOUR)
        self.assert_ends_within(end, 30 * MINUTE)
        self.leasehold("logout", "--profile", "ci")
        wait_for(lambda: account_of(token) not in self.accounts(), 30, "the account's end")

    def test_one_that_is_brought_along_is_its_owners(self):
        token = self.given(ttl="20m")
        _, end = self.call()
        self.assert_ends_within(end, 20 * MINUTE)
        self.assertEqual(self.asked(), [LOOK, lease_of("binding")])
        self.leasehold("logout", "--profile", "ci")
        self.assertEqual(self.bao.call("GET", "auth/token/lookup-self", token=token)[0], 200)

    def test_one_of_root_never_ends(self):
        token = self.bao.token(policies=["root"])
        self.variables = {"VAULT_TOKEN": token}
        self.profile("profile add ci", "binding", "--namespace", "ci", auth=())
        leased, end = self.call()
        self.assert_ends_within(end, HOUR)
        self.assertEqual(self.status_of(leased), 200)
        self.leasehold("logout", "--profile", "ci")
        self.assertEqual(self.bao.call("GET", "auth/token/lookup-self", token=token)[0], 200)

    def test_a_child_goes_with_its_parent_and_an_orphan_does_not(self):
        self.bao.policy("parent", {"auth/token/create": ["update"],
                                   "auth/token/create-orphan": ["update", "sudo"],
                                   "kubernetes/creds/*": ["update"]})
        for path, status in (("create", 401), ("create-orphan", 200)):
            with self.subTest(path):
                parent = self.bao.token(policies=["parent"], ttl="2h")
                self.variables = {"VAULT_TOKEN": self.bao.write(
                    f"auth/token/{path}", {"policies": ["parent"], "ttl": "2h"},
                    token=parent)["auth"]["client_token"]}
                self.profile("profile add ci", "binding", "--namespace", "ci", "--force", auth=())
                token, _ = self.call()
                self.bao.write("auth/token/revoke", {"token": parent})
                wait_for(lambda t=token, s=status: self.status_of(t) == s, 30, f"a {status}")
                self.leasehold("cache", "clear", "--profile", "ci")
                said = self.credential(code=4 if status == 401 else 0).stderr
                if status == 401:
                    self.assertIn("has ended, was revoked, or is another server's", said)
                    self.assertIn("VAULT_TOKEN", said)

    def test_a_session_that_was_revoked_is_replaced_once(self):
        self.role("revoked")
        expiry = Expiry(self.bao, 0)
        self.call()
        expiry.note_logins(0)
        expiry.come_to(1)
        self.leasehold("cache", "clear", "--profile", "ci")
        self.asked()
        token, _ = self.call()
        self.assertEqual(self.asked(), [lease_of("binding"), LOOK, LOGIN, lease_of("binding")])
        self.assertEqual(self.status_of(token), 200)


if __name__ == "__main__":
    main()
