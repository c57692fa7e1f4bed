"""Each way to log in, right and wrong; what becomes of access tokens."""

import base64
import datetime
import hashlib
import hmac
import json

from case import Case, claims

CHECK = "/api/v1/auth/checkAuth"
UNIVERSAL = "/api/v1/auth/universal-auth/login"


class UniversalAuth(Case):
    def test_the_answer_and_the_token(self):
        answer = self.login()
        self.assertEqual(sorted(answer), ["accessToken", "accessTokenMaxTTL", "expiresIn",
                                          "tokenType"])
        self.assertEqual((answer["expiresIn"], answer["accessTokenMaxTTL"], answer["tokenType"]),
                         (2592000, 2592000, "Bearer"))
        said = claims(answer["accessToken"])
        self.assertEqual((said["identityId"], said["exp"] - said["iat"], said["authMethod"]),
                         (self.robot, 2592000, "universal-auth"))
        self.assertEqual(len(said["jti"]), 36)
        self.good("POST", CHECK, token=answer["accessToken"])

    def test_wrong_ones(self):
        right = self.infisical.add_client_secret(self.robot)
        for wrong in ({"clientId": "no"}, {"clientSecret": "no"}):
            self.refused(401, "UnauthorizedError", "Invalid credentials", "POST", UNIVERSAL,
                         right | wrong)
        body = self.refused(422, "ValidationFailure", "Required", "POST", UNIVERSAL, {})
        self.assertEqual([issue["path"] for issue in body["message"]],
                         [["clientId"], ["clientSecret"]])

    def test_three_wrong_secrets_lock_for_five_minutes(self):
        right = self.infisical.add_client_secret(self.robot)
        for _ in range(3):
            self.refused(401, "UnauthorizedError", "Invalid credentials", "POST", UNIVERSAL,
                         right | {"clientSecret": "no"})
        locked = (401, "UnauthorizedError", "temporarily locked, please try again later", "POST",
                  UNIVERSAL, right)
        self.refused(*locked)
        self.infisical.skew(290)
        self.refused(*locked)
        self.infisical.skew(310)
        self.good("POST", UNIVERSAL, right)

    def test_wrong_secrets_far_apart_do_not_lock(self):
        right = self.infisical.add_client_secret(self.robot)
        for skew in (0, 10, 50, 90, 130):
            self.infisical.skew(skew)
            self.ask("POST", UNIVERSAL, right | {"clientSecret": "no"})
        self.good("POST", UNIVERSAL, right)

    def test_lockout_can_be_ended_and_set(self):
        self.infisical.change_identity(self.robot, lockout={"threshold": 1})
        right = self.infisical.add_client_secret(self.robot)
        self.ask("POST", UNIVERSAL, right | {"clientSecret": "no"})
        self.refused(401, "UnauthorizedError", "locked", "POST", UNIVERSAL, right)
        self.infisical.unlock()
        self.good("POST", UNIVERSAL, right)

    def test_used_up_and_expired_secrets_are_revoked(self):
        once = self.infisical.add_client_secret(self.robot, uses=1)
        brief = self.infisical.add_client_secret(self.robot, ttl=60)
        self.good("POST", UNIVERSAL, once)
        self.refused(401, "UnauthorizedError", "usage limit", "POST", UNIVERSAL, once)
        self.infisical.skew(61)
        self.refused(401, "UnauthorizedError", "expired client secret", "POST", UNIVERSAL, brief)
        self.infisical.skew(0)
        self.refused(401, "UnauthorizedError", "Invalid credentials", "POST", UNIVERSAL, brief)

    def test_trusted_addresses(self):
        self.infisical.change_identity(self.robot, trusted_ips=["192.0.2.1"])
        self.refused(403, "ForbiddenError", "current IP address", "POST", UNIVERSAL,
                     self.infisical.add_client_secret(self.robot))

    def test_sub_organisations(self):
        sub = self.infisical.add_organization("sub")["id"]
        self.infisical.add_organization("closed")
        robot = self.infisical.add_identity("r2", sub_organizations=["sub"])["id"]
        right = self.infisical.add_client_secret(robot)
        into = lambda **scope: claims(  # noqa: E731
            self.good("POST", UNIVERSAL, right | scope)["accessToken"])["orgId"]
        home = into()
        self.assertEqual(into(organizationSlug="sub"), sub)
        self.assertEqual(into(subOrganizationName="sub"), home, "that name is not known here")
        self.infisical.switch(organization_field="subOrganizationName")
        self.assertEqual((into(organizationSlug="sub"), into(subOrganizationName="sub")),
                         (home, sub))
        self.infisical.switch(organization_field="organizationSlug")
        self.refused(404, "NotFound", "nowhere", "POST", UNIVERSAL,
                     right | {"organizationSlug": "nowhere"})
        self.refused(401, "UnauthorizedError", "not a member", "POST", UNIVERSAL,
                     right | {"organizationSlug": "closed"})


class OtherLogins(Case):
    def path(self, method):
        return f"/api/v1/auth/{method}-auth/login"

    def test_methods_with_a_jwt(self):
        for method in ("kubernetes", "oidc", "jwt", "azure", "gcp"):
            with self.subTest(method):
                body = {"identityId": self.robot, "jwt": f"right.{method}.jwt"}
                self.refused(404, "NotFound", "did you configure", "POST", self.path(method), body)
                self.infisical.set_method(self.robot, method, jwts=[body["jwt"]])
                answer = self.good("POST", self.path(method), body)
                self.good("POST", CHECK, token=answer["accessToken"])
                self.refused(401, "UnauthorizedError", "not accepted", "POST", self.path(method),
                             body | {"jwt": "wrong"})
                self.refused(422, "ValidationFailure", "Required", "POST", self.path(method),
                             {"identityId": self.robot})

    def test_kubernetes_jwts_are_short(self):
        self.refused(422, "ValidationFailure", "at most 8192", "POST", self.path("kubernetes"),
                     {"identityId": self.robot, "jwt": "x" * 8193})

    def test_kubernetes_with_a_token_review(self):
        url, token, authority = self.reach
        self.infisical.set_method(self.robot, "kubernetes", url=url, token=token, ca=authority,
                                  names=["system:serviceaccount:ci:deployer"])
        _, made = self.kubernetes("POST", "/api/v1/namespaces/ci/serviceaccounts/deployer/token",
                                  {"spec": {}})
        body = {"identityId": self.robot, "jwt": made["status"]["token"]}
        self.good("POST", self.path("kubernetes"), body)
        for jwt in (self.api.token("alice"), "nonsense"):
            self.refused(401, "UnauthorizedError", "not accepted", "POST",
                         self.path("kubernetes"), body | {"jwt": jwt})

    def test_ldap(self):
        self.infisical.set_method(self.robot, "ldap", username="u", password="right-password")
        body = {"identityId": self.robot, "username": "u", "password": "right-password"}
        self.good("POST", self.path("ldap"), body)
        self.refused(422, "ValidationFailure", "Invalid uuid", "POST", self.path("ldap"),
                     body | {"identityId": "robot"})
        for _ in range(3):
            self.refused(401, "UnauthorizedError", "Invalid credentials", "POST",
                         self.path("ldap"), body | {"password": "no"})
        self.refused(401, "UnauthorizedError", "locked", "POST", self.path("ldap"), body)

    def test_tls_certificate(self):
        body, path = {"identityId": self.robot}, self.path("tls-cert")
        forged = {"x-identity-tls-cert-auth-client-cert": "-----BEGIN CERTIFICATE-----"}
        self.refused(400, "BadRequest", "Missing TLS certificate in header", "POST", path, body,
                     headers=forged)
        robot = self.infisical.add_client_certificate("robot")
        self.refused(404, "NotFound", "did you configure", "POST", path, body, certificate=robot)
        self.infisical.set_method(self.robot, "tls-cert", commonNames=["robot"])
        self.good("POST", path, body, certificate=robot)
        self.refused(401, "UnauthorizedError", "common name not allowed", "POST", path, body,
                     certificate=self.infisical.add_client_certificate("other"))

    def test_token_auth(self):
        path = f"/api/v1/auth/token-auth/identities/{self.robot}/tokens"
        self.refused(401, "UnauthorizedError", "Token missing", "POST", path, {})
        self.refused(403, "PermissionDenied", "not allowed", "POST", path, {}, self.token())
        admin = self.infisical.add_person("admin@example.com", admin=True)["token"]
        self.refused(404, "NotFound", "did you configure", "POST", path, {}, admin)
        self.infisical.set_method(self.robot, "token")
        answer = self.good("POST", path, {"name": "mine"}, admin)
        self.assertEqual(answer["tokenData"]["name"], "mine")
        self.good("POST", CHECK, token=answer["accessToken"])

    def test_a_token_without_an_end_is_of_older_servers(self):
        self.infisical.switch(renew="old")
        endless = self.infisical.add_identity("endless", token_ttl=0, token_max_ttl=0)["id"]
        login = self.infisical.add_client_secret(endless)
        token = self.good("POST", self.path("universal"), login)["accessToken"]
        self.good("POST", CHECK, token=token)
        self.infisical.switch(renew="new")
        self.refused(401, "UnauthorizedError", "exceeded max age", "POST", CHECK, token=token)


class AwsAuth(Case):
    """The signer here is a second one: the server's check is also held against that of AWS's own
    SDK, in sdk_test.py."""

    PATH = "/api/v1/auth/aws-auth/login"

    def setUp(self):
        super().setUp()
        self.infisical.set_method(self.robot, "aws", keys={"AKID": "secret-key"})

    def body(self, headers, text="Action=GetCallerIdentity&Version=2011-06-15"):
        return {"identityId": self.robot, "iamHttpRequestMethod": "POST",
                "iamRequestBody": base64.b64encode(text.encode()).decode(),
                "iamRequestHeaders": base64.b64encode(json.dumps(headers).encode()).decode()}

    def test_a_right_signature(self):
        for region in ("us-east-1", "eu-west-3"):
            self.good("POST", self.PATH, self.body(signed("AKID", "secret-key", region)))
        self.good("POST", self.PATH, self.body(signed("AKID", "secret-key", session="session")))

    def test_wrong_ones(self):
        good = signed("AKID", "secret-key")
        for wrong, text in (
                (signed("AKID", "other-key"), "does not match"),
                (signed("other", "secret-key"), "unknown access key"),
                (good | {"X-Amz-Date": "20200101T000000Z"}, "too old"),
                (good | {"Host": "sts.evil.example"}, "do not belong together"),
                (good | {"Content-Type": "text/plain"}, "does not match")):
            self.refused(401, "UnauthorizedError", text, "POST", self.PATH, self.body(wrong))

    def test_a_region_that_cannot_be_read(self):
        good = signed("AKID", "secret-key")
        for header in ({}, {"Authorization": "AWS4-HMAC-SHA256 Credential=AKID"}):
            self.refused(400, "BadRequest", "Invalid AWS region", "POST", self.PATH, self.body(
                {key: value for key, value in good.items() if key != "Authorization"} | header))

    def test_a_length_that_is_signed_need_not_be_sent(self):
        good = signed("AKID", "secret-key")
        self.good("POST", self.PATH, self.body(
            {key: value for key, value in good.items() if key != "Content-Length"}))

    def test_the_body_counts(self):
        good = signed("AKID", "secret-key")
        self.refused(401, "UnauthorizedError", "GetCallerIdentity", "POST", self.PATH,
                     self.body(good, "Action=AssumeRole&Version=2011-06-15"))
        self.refused(401, "UnauthorizedError", "does not match", "POST", self.PATH,
                     self.body(good, "Action=GetCallerIdentity&Version=2011-06-15&x=1"))
        self.refused(400, "BadRequest", "cannot be read", "POST", self.PATH,
                     self.body(good) | {"iamRequestHeaders": "-_-_"})


def signed(key_id, secret, region="us-east-1", session=None):
    """The headers of a signed GetCallerIdentity."""
    text = "Action=GetCallerIdentity&Version=2011-06-15"
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
               "Host": f"sts.{region}.amazonaws.com", "X-Amz-Date": stamp,
               "Content-Length": str(len(text))}
    if session:
        headers["X-Amz-Security-Token"] = session
    names = sorted(name.lower() for name in headers)
    values = {name.lower(): value for name, value in headers.items()}
    digest = lambda data: hashlib.sha256(data.encode()).hexdigest()  # noqa: E731
    request = "POST\n/\n\n" + "".join(f"{name}:{values[name]}\n" for name in names) + \
        f"\n{';'.join(names)}\n{digest(text)}"
    scope = f"{stamp[:8]}/{region}/sts/aws4_request"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/") + [f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest(request)}"]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return headers | {"Authorization": f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, "
                      f"SignedHeaders={';'.join(names)}, Signature={key.hex()}"}
