"""The lease routes: shapes, order of checks, lengths, renewal, revocation, expiry."""

import datetime
import time

from case import DEFINITIONS, LEASES, PLACE, QUERY, ROOT_ACTIONS, Case, claims
from tests.infisical_server.client import gateway_inputs, static_inputs

LEASE_FIELDS = ["config", "createdAt", "dynamicSecretId", "expireAt", "externalEntityId", "id",
                "status", "statusDetails", "updatedAt", "version"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class LeaseCase(Case):
    def setUp(self):
        super().setUp()
        self.bearer = self.token()

    def create(self, code, error, text, body, **more):
        return self.refused(code, error, text, "POST", LEASES,
                            PLACE | {"dynamicSecretName": "deployer"} | body, self.bearer, **more)


class Create(LeaseCase):
    def test_the_answer(self):
        self.add_static(metadata=[{"key": "team", "value": "a"}])
        answer = self.lease(self.bearer, ttl="20m")
        self.assertEqual(sorted(answer), ["data", "dynamicSecret", "lease"])
        self.assertEqual(list(answer["data"]), ["TOKEN"])
        self.assertEqual(sorted(answer["lease"]), LEASE_FIELDS)
        self.assertEqual((answer["lease"]["externalEntityId"], answer["lease"]["status"],
                          answer["lease"]["version"]), ("deployer", None, 1))
        secret = answer["dynamicSecret"]
        self.assertEqual((secret["type"], secret["defaultTTL"], secret["maxTTL"],
                          secret["metadata"]),
                         ("kubernetes", "1h", "24h", [{"key": "team", "value": "a"}]))
        self.assertNotIn("inputs", secret)
        self.assertRegex(answer["lease"]["expireAt"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        left = moment(answer["lease"]["expireAt"]) - time.time()
        self.assertTrue(1190 < left <= 1200, left)

    def test_the_token_is_real(self):
        self.add_static()
        token = self.lease(self.bearer)["data"]["TOKEN"]
        _, review = self.kubernetes(
            "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, token)
        self.assertEqual(review["status"]["userInfo"]["username"],
                         "system:serviceaccount:ci:deployer")
        self.assertIn(token, self.infisical.canaries())

    def test_both_routes_and_names_in_capitals(self):
        self.add_static()
        body = PLACE | {"path": " /k8s/ ", "dynamicSecretName": "DEPLOYER"}
        for path in (LEASES, LEASES + "/kubernetes"):
            self.good("POST", path, body, self.bearer)
        events = [event["event"] for event in self.infisical.audit()]
        self.assertEqual(events.count("create-dynamic-secret-lease"), 1, "one route audits nothing")
        self.refused(422, "ValidationFailure", "Expected string, received number", "POST",
                     LEASES + "/kubernetes", body | {"config": {"namespace": 1}}, self.bearer)

    def test_the_order_of_checks(self):
        self.add_static()
        self.refused(401, "UnauthorizedError", "Token missing", "POST", LEASES, {})
        self.create(404, "NotFound", "Project with slug 'no' not found", {"projectSlug": "no"})
        stranger = self.infisical.add_identity("stranger")["id"]
        login = self.infisical.add_client_secret(stranger)
        token = self.good("POST", "/api/v1/auth/universal-auth/login", login)["accessToken"]
        self.refused(403, "ForbiddenError", "not a member", "POST", LEASES,
                     PLACE | {"dynamicSecretName": "deployer"}, token)
        self.infisical.switch(licence=False)
        self.create(400, "BadRequest", "Failed to create lease due to plan restriction",
                    {"path": "/no"})
        self.infisical.switch(licence=True)
        self.create(404, "NotFound", "Folder with path '/no'", {"path": "/no"})
        self.create(404, "NotFound", "Folder with path '/k8s' in environment with slug 'no'",
                    {"environmentSlug": "no"})
        self.infisical.ungrant(self.robot, "shop")
        self.infisical.grant(self.robot, "shop", ["read-root-credential"])
        self.create(404, "NotFound", "Dynamic secret with name 'no'", {"dynamicSecretName": "no"})
        body = self.create(403, "PermissionDenied",
                           "You are not allowed to lease on dynamic-secrets", {"ttl": "30h"})
        self.assertEqual(body["details"], [{"action": "lease", "inverted": False,
                                            "subject": "dynamic-secrets", "conditions": {}}])

    def test_conditions_of_permissions(self):
        self.add_static()
        self.infisical.ungrant(self.robot, "shop")
        self.infisical.grant(self.robot, "shop", environment="prod", path="/other*")
        body = self.create(403, "PermissionDenied", "lease", {})
        self.assertEqual(body["details"][0]["conditions"],
                         {"environment": "prod", "secretPath": {"$glob": "/other*"}})
        self.infisical.grant(self.robot, "shop", environment="prod", path="/k*")
        self.lease(self.bearer)

    def test_lengths(self):
        self.add_static(max_ttl="2h")
        for text, seconds in (("1.5h", 5400), ("90 minutes", 5400), ("1H", 3600),
                              ("720000", 720), ("720s", 720), ("", 3600)):
            answer = self.lease(self.bearer, ttl=text)["lease"]
            self.assertAlmostEqual(moment(answer["expireAt"]) - moment(answer["createdAt"]),
                                   seconds, delta=2, msg=text)
        for text in ("59s", "600", "-1h", "0"):
            body = self.create(422, "ValidationFailure", "greater than 1min", {"ttl": text})
            self.assertEqual(body["message"][0]["path"], ["ttl"])
        self.create(422, "ValidationFailure", "less than 10 years", {"ttl": "11y"})
        self.create(422, "ValidationFailure", "received number", {"ttl": 5})
        self.create(400, "BadRequest", "TTL cannot be larger than max TTL", {"ttl": "121m"})

    def test_no_maximum(self):
        self.add_static(max_ttl=None)
        self.lease(self.bearer, ttl="3d")

    def test_bodies_that_are_none(self):
        self.refused(422, "ValidationFailure", "Required", "POST", LEASES, token=self.bearer)
        self.refused(422, "ValidationFailure", "Expected object", "POST", LEASES, [], self.bearer)
        self.refused(400, "BadRequest", "not valid JSON", "POST", LEASES, "{", self.bearer)
        self.refused(415, "FastifyError", "text/plain", "POST", LEASES, "x", self.bearer,
                     headers={"Content-Type": "text/plain"})
        self.refused(404, "Not Found", "Route POST:/api/v1/none not found", "POST", "/api/v1/none")

    def test_the_limit(self):
        self.add_static()
        self.infisical.switch(max_leases=1)
        self.lease(self.bearer)
        self.create(400, "BadRequest", "Max lease limit reached. Limit: 1", {})


class Cluster(LeaseCase):
    def test_what_the_cluster_refuses_is_400(self):
        self.add_static("gone", inputs={"serviceAccountName": "gone"}, test=False)
        self.create(400, "BadRequest", 'Failed to create lease from provider: serviceaccounts '
                    '"gone" not found', {"dynamicSecretName": "gone"})
        wrong = static_inputs(self.reach[0], "cluster-token-that-is-wrong", self.reach[2], "ci",
                              "deployer")
        self.infisical.add_definition("shop", "prod", "wrong", wrong, path="/k8s", test=False)
        self.create(400, "BadRequest", "Unauthorized", {"dynamicSecretName": "wrong"})
        nobody = dict(wrong, url="https://127.0.0.1:1")
        self.infisical.add_definition("shop", "prod", "nobody", nobody, path="/k8s", test=False)
        self.create(400, "BadRequest", "ECONNREFUSED", {"dynamicSecretName": "nobody"})
        self.infisical.switch(B9=False)
        status, _, _ = self.ask("POST", LEASES, PLACE | {"dynamicSecretName": "gone"}, self.bearer)
        self.assertEqual(status, 404)

    def test_the_authority_counts_only_with_ssl_enabled(self):
        self.add_static("plain", inputs={"sslEnabled": False}, test=False)
        self.create(400, "BadRequest", "unable to verify", {"dynamicSecretName": "plain"})
        self.add_static("blind", inputs={"sslEnabled": False, "sslRejectUnauthorized": False})
        self.lease(self.bearer, "blind")

    def test_namespace_of_a_static_definition(self):
        self.add_static()
        self.lease(self.bearer, config={"namespace": "ci"})
        self.create(400, "BadRequest", "Namespace default is not allowed. Allowed namespace: ci.",
                    {"config": {"namespace": "default"}})

    def test_audiences(self):
        self.add_static("meant", inputs={"audiences": ["vault"]})
        self.assertEqual(claims(self.lease(self.bearer, "meant")["data"]["TOKEN"])["aud"],
                         ["vault"])

    def test_a_gateway_with_its_own_credentials(self):
        url, token, authority = self.reach
        gateway = self.infisical.add_gateway(url, token, authority, pool="pool")["id"]
        given = gateway_inputs(static_inputs(*self.reach, "ci", "deployer"), gateway)
        self.infisical.add_definition("shop", "prod", "deployer", given, path="/k8s")
        self.lease(self.bearer)
        self.infisical.slow_gateway(gateway, 1.5)
        begin = time.monotonic()
        self.lease(self.bearer)
        self.assertGreater(time.monotonic() - begin, 1.5)
        pooled = gateway_inputs(given, pool="pool")
        self.infisical.add_definition("shop", "prod", "pooled", pooled, path="/k8s")
        self.lease(self.bearer, "pooled")
        lost = gateway_inputs(given, pool="other")
        self.infisical.add_definition("shop", "prod", "lost", lost, path="/k8s", test=False)
        self.create(400, "BadRequest", "gateway", {"dynamicSecretName": "lost"})


class Dynamic(LeaseCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.sweep)

    def test_account_binding_and_token_come_and_go(self):
        for role_type in ("role", "cluster-role"):
            self.add_dynamic(role_type, role_type=role_type)
            answer = self.lease(self.bearer, role_type)
            name = answer["lease"]["externalEntityId"]
            self.assertRegex(name, r"^dynamic-secret-sa-[a-z0-9]{10}$")
            self.assertEqual(self.remains(), [name, f"{name}-role-binding"])
            self.assertEqual(claims(answer["data"]["TOKEN"])["sub"],
                             f"system:serviceaccount:ci:{name}")
            self.good("DELETE", f"{LEASES}/{answer['lease']['id']}", PLACE, self.bearer)
            self.assertEqual(self.remains(), [])

    def test_the_binding_says_which_role(self):
        self.add_dynamic()
        name = self.lease(self.bearer, "dynamic")["lease"]["externalEntityId"]
        _, binding = self.kubernetes("GET", "/apis/rbac.authorization.k8s.io/v1/namespaces/ci/"
                                     f"rolebindings/{name}-role-binding")
        self.assertEqual(binding["roleRef"], {"apiGroup": "rbac.authorization.k8s.io",
                                              "kind": "Role", "name": "view"})
        self.assertEqual(binding["subjects"], [{"kind": "ServiceAccount", "name": name,
                                                "namespace": "ci"}])

    def test_namespaces(self):
        self.add_dynamic()
        answer = self.lease(self.bearer, "dynamic", config={"namespace": "default"})
        self.assertEqual(answer["lease"]["config"], {"namespace": "default"})
        self.assertIn("system:serviceaccount:default:", claims(answer["data"]["TOKEN"])["sub"])
        self.create(400, "BadRequest", "Allowed namespaces: ci, default.",
                    {"dynamicSecretName": "dynamic", "config": {"namespace": "kube-system"}})
        self.good("DELETE", f"{LEASES}/{answer['lease']['id']}", PLACE, self.bearer)
        self.assertEqual(self.remains("default"), [])

    def test_names_from_a_template(self):
        self.add_dynamic(username_template="dynamic-secret-sa-{{ identity.name }}")
        answer = self.lease(self.bearer, "dynamic")
        self.assertEqual(answer["lease"]["externalEntityId"], "dynamic-secret-sa-robot")
        self.create(400, "BadRequest", "already exists", {"dynamicSecretName": "dynamic"})
        self.add_dynamic("timed", username_template="dynamic-secret-sa-{{unixTimestamp}}")
        self.assertRegex(self.lease(self.bearer, "timed")["lease"]["externalEntityId"],
                         r"^dynamic-secret-sa-\d{10}$")
        self.add_dynamic("build_er", username_template="{{replace dynamicSecret.name \"_\" \"-\"}}-"
                         "{{random 5}}-{{lowercase (truncate identity.name 3)}}")
        self.assertRegex(self.lease(self.bearer, "build_er")["lease"]["externalEntityId"],
                         r"^build-er-[a-z0-9]{5}-rob$")
        self.add_dynamic("odd", username_template="dynamic secret")
        self.create(400, "BadRequest", "not allowed", {"dynamicSecretName": "odd"})


class OneLease(LeaseCase):
    def setUp(self):
        super().setUp()
        self.add_static(max_ttl="2h")
        self.made = self.lease(self.bearer)["lease"]
        self.path = f"{LEASES}/{self.made['id']}"

    def test_get_has_the_definition_inside_and_no_token(self):
        answer = self.good("GET", self.path + QUERY, token=self.bearer)
        self.assertEqual(list(answer), ["lease"])
        self.assertEqual(answer["lease"]["dynamicSecret"]["name"], "deployer")
        self.assertNotIn("TOKEN", str(answer))
        wrong = QUERY.replace("path=", "secretPath=")  # as one official client asks
        self.refused(404, "NotFound", "not found", "GET", self.path + wrong, token=self.bearer)
        self.refused(422, "ValidationFailure", "projectSlug", "GET", self.path, token=self.bearer)

    def test_list(self):
        path = f"{DEFINITIONS}/deployer/leases"
        answer = self.good("GET", path + QUERY, token=self.bearer)
        self.assertEqual([lease["id"] for lease in answer["leases"]], [self.made["id"]])
        self.refused(404, "NotFound", "'DEPLOYER'", "GET",
                     f"{DEFINITIONS}/DEPLOYER/leases{QUERY}", token=self.bearer)

    def test_renewal_adds_to_the_old_expiry_and_brings_no_token(self):
        answer = self.good("POST", self.path + "/renew", PLACE | {"ttl": "30m"}, self.bearer)
        self.assertEqual(list(answer), ["lease"])
        gained = moment(answer["lease"]["expireAt"]) - moment(self.made["expireAt"])
        self.assertAlmostEqual(gained, 1800, places=2)
        self.refused(400, "BadRequest", "The requested renewal would exceed the maximum", "POST",
                     self.path + "/renew", PLACE | {"ttl": "31m"}, self.bearer)

    def test_renewal_refused(self):
        self.refused(422, "ValidationFailure", "1min", "POST", self.path + "/renew",
                     PLACE | {"ttl": "1s"}, self.bearer)
        self.refused(422, "ValidationFailure", "at least 1", "POST", self.path + "/renew",
                     PLACE | {"path": ""}, self.bearer)
        self.refused(404, "NotFound", "Dynamic secret lease with ID 'none' not found", "POST",
                     f"{LEASES}/none/renew", PLACE, self.bearer)
        self.refused(404, "NotFound", "Dynamic secret lease with ID", "POST",
                     self.path + "/renew", PLACE | {"path": "/"}, self.bearer)
        self.infisical.switch(licence=False)
        self.refused(400, "BadRequest", "Failed to renew lease due to plan restriction. Upgrade "
                     "plan to create dynamic secret.", "POST",
                     self.path + "/renew", PLACE, self.bearer)

    def test_deletion_wants_a_body_and_no_licence(self):
        self.infisical.switch(licence=False)
        self.refused(422, "ValidationFailure", "Required", "DELETE", self.path,
                     token=self.bearer)
        answer = self.good("DELETE", self.path, PLACE, self.bearer)
        self.assertEqual((answer["lease"]["id"], answer["lease"]["status"]),
                         (self.made["id"], None))
        self.refused(404, "NotFound", "not found", "DELETE", self.path, PLACE, self.bearer)

    def test_deletion_is_for_those_who_may_lease(self):
        self.infisical.ungrant(self.robot, "shop")
        self.infisical.grant(self.robot, "shop", ROOT_ACTIONS)
        for method, path, body in (("DELETE", self.path, PLACE), ("GET", self.path + QUERY, None),
                                   ("POST", self.path + "/renew", PLACE),
                                   ("GET", f"{DEFINITIONS}/deployer/leases{QUERY}", None)):
            self.refused(403, "PermissionDenied", "lease", method, path, body, self.bearer)

    def test_what_is_not_there_is_told_before_the_permission(self):
        self.infisical.ungrant(self.robot, "shop")
        self.infisical.grant(self.robot, "shop", ROOT_ACTIONS)
        for method, path, body in (("DELETE", f"{LEASES}/none", PLACE),
                                   ("GET", f"{LEASES}/none{QUERY}", None),
                                   ("POST", f"{LEASES}/none/renew", PLACE),
                                   ("GET", f"{DEFINITIONS}/none/leases{QUERY}", None)):
            self.refused(404, "NotFound", "not found", method, path, body, self.bearer)

    def test_expiry(self):
        self.assertEqual(self.infisical.expire(), {"gone": 0, "stay": 0})
        self.infisical.skew(3601)
        self.assertEqual(self.infisical.expire(), {"gone": 1, "stay": 0})
        self.refused(404, "NotFound", "not found", "GET", self.path + QUERY, token=self.bearer)
