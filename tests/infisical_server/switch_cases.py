"""What goes wrong on demand: the bugs of real servers, faults, the log and the canaries."""

import http.client
import ssl
import time

from case import LEASES, PLACE, Case, claims
from lease_cases import LeaseCase, moment

CHECK = "/api/v1/auth/checkAuth"


class Bugs(LeaseCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.sweep)

    def test_b1_ten_minutes_are_too_short_and_leak(self):
        self.add_dynamic()
        self.create(400, "BadRequest", "599: may not specify a duration less than 10 minutes",
                    {"dynamicSecretName": "dynamic", "ttl": "10m"})
        self.assertEqual(len(self.remains()), 2, "account and binding stay")
        self.infisical.switch(B1=False)
        token = self.lease(self.bearer, "dynamic", ttl="10m")["data"]["TOKEN"]
        self.assertEqual(claims(token)["exp"] - claims(token)["iat"], 600)

    def test_b2_switched_off_rolls_back(self):
        self.add_dynamic()
        self.infisical.switch(B2=False)
        self.create(400, "BadRequest", "10 minutes", {"dynamicSecretName": "dynamic", "ttl": "5m"})
        self.assertEqual(self.remains(), [])

    def expired_elsewhere(self, **switches):
        """A lease in the second namespace has expired; what the job has done."""
        self.add_dynamic()
        self.infisical.switch(**switches)
        made = self.lease(self.bearer, "dynamic", config={"namespace": "default"})["lease"]
        self.infisical.skew(3601)
        return made, self.infisical.expire()

    def test_b3_the_job_forgets_the_namespace(self):
        made, done = self.expired_elsewhere()
        self.assertEqual(done, {"gone": 0, "stay": 1})
        self.assertEqual(len(self.remains("default")), 2)
        kept = self.infisical.leases()[0]
        self.assertEqual((kept["id"], kept["status"]), (made["id"], "Failed to delete"))
        self.assertIn("Failed to revoke lease from provider", kept["statusDetails"])
        self.assertEqual(self.infisical.expire(retry=True), {"gone": 0, "stay": 1})

    def test_b3_switched_off(self):
        _, done = self.expired_elsewhere(B3=False)
        self.assertEqual((done, self.remains("default")), ({"gone": 1, "stay": 0}, []))

    def test_b4_lengths_that_cannot_be_read(self):
        self.add_static()
        before = self.api.counters()["tokens-issued"]
        self.create(500, "DatabaseError", "Something went wrong", {"ttl": "1h30m"})
        self.assertEqual(self.api.counters()["tokens-issued"], before + 1)
        self.assertEqual(self.infisical.leases(), [])
        self.infisical.switch(B4=False)
        self.create(422, "ValidationFailure", "valid duration", {"ttl": "1h30m"})

    def test_b5_the_lease_outlives_its_token(self):
        self.add_static()
        self.infisical.switch(token_seconds=900)
        apart = self.lease(self.bearer)
        difference = moment(apart["lease"]["expireAt"]) - claims(apart["data"]["TOKEN"])["exp"]
        self.assertAlmostEqual(difference, 2700, delta=3)
        self.infisical.switch(B5=False)
        same = self.lease(self.bearer)
        self.assertEqual(moment(same["lease"]["expireAt"]), claims(same["data"]["TOKEN"])["exp"])

    def half_gone(self):
        """A lease whose account somebody has deleted."""
        self.add_dynamic()
        made = self.lease(self.bearer, "dynamic")["lease"]
        self.kubernetes("DELETE", f"/api/v1/namespaces/ci/serviceaccounts/"
                        f"{made['externalEntityId']}")
        return f"{LEASES}/{made['id']}", made["externalEntityId"]

    def test_b6_200_for_a_failed_deletion(self):
        path, name = self.half_gone()
        for _ in range(2):
            lease = self.good("DELETE", path, PLACE, self.bearer)["lease"]
            self.assertEqual(lease["status"], "Failed to delete")
            self.assertNotIn(name, lease["statusDetails"])
        self.good("DELETE", path, PLACE | {"isForced": True}, self.bearer)
        self.assertEqual(self.infisical.leases(), [])

    def test_b6_switched_off(self):
        path, _ = self.half_gone()
        self.infisical.switch(B6=False)
        self.assertIsNone(self.good("DELETE", path, PLACE, self.bearer)["lease"]["status"])
        self.api.fault("answer", method="DELETE", status=500, message="no")
        self.addCleanup(self.api.clear)
        other = self.lease(self.bearer, "dynamic")["lease"]["id"]
        self.refused(400, "BadRequest", "Failed to revoke lease from provider: no", "DELETE",
                     f"{LEASES}/{other}", PLACE, self.bearer)

    def test_unknown_switches(self):
        for wrong in ({"B99": True}, {"renew": "sometimes"}):
            self.assertRaises(ValueError, self.infisical.switch, **wrong)


class Faults(Case):
    def test_answers_in_the_right_form(self):
        infisical = self.infisical
        for fault, code, error, text in (
                (infisical.rate_limit, 429, "RateLimitExceeded", "try again in 2 seconds"),
                (infisical.token_error, 403, "TokenError", "Please re-authenticate"),
                (infisical.validation_failure, 422, "ValidationFailure", "Required"),
                (infisical.permission_denied, 403, "PermissionDenied", "not allowed to lease")):
            fault(path="/status$", times=1)
            body = self.refused(code, error, text, "GET", "/api/status")
            self.assertEqual("details" in body, error == "PermissionDenied")
        infisical.rate_limit(7, times=1)
        self.assertEqual(self.ask("GET", "/api/status")[2]["Retry-After"], "7")

    def test_html_pages(self):
        self.infisical.html_page(times=1)
        status, body, headers = self.ask("GET", "/api/status")
        self.assertEqual((status, headers["Content-Type"]), (502, "text/html"))
        self.assertIn("<h1>502 Bad Gateway</h1>", body)

    def test_the_kth_request_to_a_path(self):
        number = self.infisical.fault("answer", path="/status$", method="GET", status=503, skip=1,
                                      times=2)
        codes = [self.ask("GET", "/api/status")[0] for _ in range(4)]
        self.assertEqual(codes, [200, 503, 503, 200])
        self.infisical.fault("answer", status=504, message="upstream")
        self.refused(504, "GatewayTimeoutError", "upstream", "GET", "/api/status")
        self.infisical.clear()
        self.infisical.clear(number)
        self.good("GET", "/api/status")

    def test_resets_before_and_after_the_lease_is_made(self):
        self.add_static()
        token = self.token()
        for when, leases in (("before", 0), ("after", 1)):
            self.infisical.fault("reset", path="/leases$", when=when, times=1)
            with self.assertRaises((ConnectionError, http.client.HTTPException)):
                self.lease(token)
            self.assertEqual(len(self.infisical.leases()), leases)

    def test_hanging(self):
        self.infisical.fault("hang", path="/status$", times=1)
        port = int(self.infisical.site.rpartition(":")[2])
        context = ssl.create_default_context(cafile=self.infisical.ca)
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=1)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/status")
        self.assertRaises(TimeoutError, connection.getresponse)
        self.good("GET", "/api/status")

    def test_latency_and_half_answers(self):
        self.infisical.fault("latency", seconds=0.5, times=1)
        begin = time.monotonic()
        self.good("GET", "/api/status")
        self.assertGreater(time.monotonic() - begin, 0.5)
        self.infisical.fault("drop-body", times=1)
        self.assertRaises(http.client.IncompleteRead, self.ask, "GET", "/api/status")
        self.infisical.fault("garbage", times=1)
        self.assertRaises(http.client.BadStatusLine, self.ask, "GET", "/api/status")


class LogAndCanaries(Case):
    def test_the_log_knows_who_asked_for_what_but_no_secret(self):
        self.add_static()
        token = self.token()
        self.lease(token)
        self.ask("GET", f"/api/status?oops={token}", headers={"User-Agent": "leasehold/1"})
        log = self.infisical.requests()
        self.assertEqual([entry["connection"] for entry in log], [1, 2, 3])
        self.assertEqual([entry["authorization"] for entry in log], [False, True, False])
        self.assertEqual(log[0]["fields"], ["clientId", "clientSecret"])
        self.assertEqual((log[2]["user_agent"], log[2]["path"]),
                         ("leasehold/1", "/api/status?oops=[secret]"))
        with open(self.infisical.log, encoding="utf-8") as file:
            text = file.read()
        self.assertFalse([canary for canary in self.infisical.canaries() if canary in text])
        counted = self.infisical.counters()
        self.assertEqual({name: counted[name] for name in
                          ("connections", "requests", "logins", "lease-requests", "leases-issued")},
                         {"connections": 3, "requests": 3, "logins": 1, "lease-requests": 1,
                          "leases-issued": 1})

    def test_the_canaries(self):
        self.add_static()
        right = self.infisical.add_client_secret(self.robot)
        self.infisical.set_method(self.robot, "oidc", jwts=["a.b.c"])
        self.infisical.set_method(self.robot, "aws", keys={"id": "aws-secret"})
        self.infisical.set_method(self.robot, "ldap", username="u", password="ldap-password")
        person = self.infisical.add_person("ann@example.com")
        token = self.token()
        leased = self.lease(token)["data"]["TOKEN"]
        secrets = {right["clientSecret"], "a.b.c", "aws-secret", "ldap-password",
                   person["password"], person["token"], token, leased, self.reach[1]}
        self.assertEqual(secrets - set(self.infisical.canaries()), set())
        self.assertNotIn("u", self.infisical.canaries())
