"""Access tokens: who they are taken for, renewal in each of its ways, revocation; people."""

from case import LEASES, Case, claims

CHECK = "/api/v1/auth/checkAuth"
RENEW = "/api/v1/auth/token/renew"
REVOKE = "/api/v1/auth/token/revoke"


class Bearer(Case):
    def test_none_and_of_the_wrong_kind(self):
        self.refused(401, "UnauthorizedError", "Token missing", "POST", CHECK)
        self.refused(403, "ForbiddenError", "not allowed", "POST", CHECK, token="st.a.b")
        self.refused(401, "UnauthorizedError", "Token missing", "POST", LEASES, {})

    def test_token_errors(self):
        token = self.token()
        head, said, _ = token.split(".")
        for wrong, text in (("nonsense", "malformed"), (f"{head}.{said}.AAAA", "signature"),
                            (f"eyJhbGciOiJub25lIn0.{said}.", "algorithm")):
            self.refused(403, "TokenError", text, "POST", CHECK, token=wrong)
        self.infisical.rekey()
        self.refused(403, "TokenError", "signature", "POST", CHECK, token=token)

    def test_expired(self):
        self.infisical.change_identity(self.robot, token_ttl=60)
        token = self.token()
        self.infisical.skew(61)
        self.refused(403, "TokenError", "Your token has expired. Please re-authenticate.", "POST",
                     CHECK, token=token)

    def test_unknown_after_revocation(self):
        token = self.token()
        self.assertEqual(list(self.good("POST", REVOKE, {"accessToken": token})), ["message"])
        self.refused(401, "UnauthorizedError", "No identity access token", "POST", CHECK,
                     token=token)
        other = self.token()
        self.assertEqual(self.infisical.forget_sessions(), 1)
        self.refused(401, "UnauthorizedError", "No identity access token", "POST", CHECK,
                     token=other)

    def test_number_of_uses(self):
        self.infisical.change_identity(self.robot, token_uses=2)
        token = self.token()
        for _ in range(2):
            self.good("POST", CHECK, token=token)
        self.refused(401, "UnauthorizedError", "number of uses", "POST", CHECK, token=token)
        self.refused(400, "BadRequest", "number of uses", "POST", RENEW, {"accessToken": token})


class Renewal(Case):
    def renew(self, token):
        return self.good("POST", RENEW, {"accessToken": token})

    def test_new_servers_clamp(self):
        self.infisical.change_identity(self.robot, token_ttl=100, token_max_ttl=150)
        first = self.login()
        self.assertEqual((first["expiresIn"], first["accessTokenMaxTTL"]), (100, 150))
        self.infisical.skew(90)
        second = self.renew(first["accessToken"])
        self.assertNotEqual(second["accessToken"], first["accessToken"])
        self.assertIn(second["expiresIn"], (59, 60))
        self.infisical.change_identity(self.robot, token_max_ttl=80)
        self.refused(401, "UnauthorizedError", "has reached its max TTL", "POST", RENEW,
                     {"accessToken": second["accessToken"]})

    def test_new_servers_cap_the_age(self):
        self.infisical.switch(token_max_age=30)
        self.assertEqual(self.login()["expiresIn"], 30)

    def test_old_servers_delete_a_token_that_would_cross_the_end(self):
        self.infisical.switch(renew="old")
        self.infisical.change_identity(self.robot, token_ttl=100, token_max_ttl=150)
        first = self.token()
        self.infisical.skew(40)
        second = self.renew(first)
        self.assertEqual(second["expiresIn"], 100)
        self.infisical.skew(60)
        token = second["accessToken"]
        self.refused(401, "UnauthorizedError", "Max TTL", "POST", RENEW, {"accessToken": token})
        self.refused(401, "UnauthorizedError", "No identity access token", "POST", CHECK,
                     token=token)

    def test_with_default_settings_the_first_old_renewal_deletes_the_token(self):
        self.infisical.switch(renew="old")
        token = self.token()
        self.infisical.skew(2)
        self.refused(401, "UnauthorizedError", "Max TTL", "POST", RENEW, {"accessToken": token})

    def test_the_oldest_servers_give_the_same_text_back(self):
        self.infisical.switch(renew="oldest")
        self.infisical.change_identity(self.robot, token_ttl=100, token_max_ttl=1000)
        token = self.token()
        self.assertEqual(claims(token)["exp"] - claims(token)["iat"], 1000)
        self.infisical.skew(90)
        self.assertEqual(self.renew(token)["accessToken"], token)
        self.infisical.skew(180)
        self.good("POST", CHECK, token=token)
        self.infisical.skew(195)
        self.refused(401, "UnauthorizedError", "TTL expiration", "POST", RENEW,
                     {"accessToken": token})

    def test_periodic_tokens_have_no_end(self):
        self.infisical.change_identity(self.robot, token_period=60, token_max_ttl=100)
        for kind in ("old", "new"):
            self.infisical.skew(0)
            self.infisical.switch(renew=kind)
            token = self.token()
            for skew in (50, 100, 150):
                self.infisical.skew(skew)
                answer = self.renew(token)
                token = answer["accessToken"]
                self.assertEqual((answer["expiresIn"], answer["accessTokenMaxTTL"]),
                                 (60, 1000000000))

    def test_tokens_without_an_end(self):
        self.infisical.switch(renew="old")
        self.infisical.change_identity(self.robot, token_ttl=0, token_max_ttl=0)
        answer = self.login()
        self.assertEqual(answer["expiresIn"], 0)
        self.assertNotIn("exp", claims(answer["accessToken"]))
        self.assertEqual(self.renew(answer["accessToken"])["expiresIn"], 0)


class People(Case):
    def test_password_and_organisation(self):
        person = self.infisical.add_person("ann@example.com")
        right = {"email": "ann@example.com", "password": person["password"]}
        self.refused(401, "UnauthorizedError", "Invalid credentials", "POST", "/api/v3/auth/login",
                     right | {"password": "no"})
        unscoped = self.good("POST", "/api/v3/auth/login", right)["accessToken"]
        self.refused(401, "UnauthorizedError", "organization", "POST", CHECK, token=unscoped)
        choose = "/api/v3/auth/select-organization"
        self.refused(401, "UnauthorizedError", "not a member", "POST", choose,
                     {"organizationId": "other"}, unscoped)
        answer = self.good("POST", choose, {"organizationId": person["organizationId"]}, unscoped)
        self.assertEqual((answer["isMfaEnabled"], answer["mfaMethod"]), (False, None))
        self.good("POST", CHECK, token=answer["token"])

    def test_a_person_can_lease(self):
        self.add_static()
        person = self.infisical.add_person("ann@example.com")
        self.infisical.grant("ann@example.com", "shop")
        self.lease(person["token"])

    def test_a_project_by_its_id(self):
        project = self.infisical.add_project("other")["id"]
        self.infisical.grant(self.robot, "other")
        token = self.token()
        for path, key in (("workspace", "workspace"), ("projects", "project")):
            answer = self.good("GET", f"/api/v1/{path}/{project}", token=token)
            self.assertEqual(answer[key]["slug"], "other")
        self.refused(404, "NotFound", "not found", "GET", "/api/v1/workspace/none", token=token)
        self.assertEqual(self.good("GET", "/api/status")["message"], "Ok")
