"""The logins of machine identities and people (contract, 1.1 and 1.4).

What a method wants to see is in Identity.methods:

    universal    {"clientId", "secrets": [{"value", "uses": limit, "ttl": seconds}]}
    kubernetes   {"jwts": [text]}, or {"url", "token", "ca", "names": [user names]}: a TokenReview
    oidc, jwt, azure, spiffe    {"jwts": [text]}
    gcp          the same, or {"accounts": {e-mail address: {key id: modulus in hex}}}: JWTs that a
                 key of the account has signed
    aws          {"keys": {access key id: secret key}}
    ldap         {"username", "password"}
    oci          {"tenancyOcid", "userOcid", "fingerprint", "modulus": hex}
    alicloud     {"keys": {access key id: secret}}
    tls-cert     {"commonNames": [names of certificates of the site's own authority]}
    token        {}
"""

import base64
import binascii
import hmac
import json
import urllib.parse
import uuid

import clouds
import cluster
import forms
import refusals
import sigv4

LONGEST_JWT = 8192  # of a service account
WITH_JWT = {"kubernetes": "Kubernetes", "oidc": "OIDC", "jwt": "JWT", "azure": "Azure",
            "gcp": "GCP", "spiffe": "SPIFFE"}


class Logins:
    def __init__(self, world, switches, sessions, lockout):
        self._world = world
        self._switches = switches
        self._sessions = sessions
        self._lockout = lockout
        self._nonces = set()

    def universal(self, request):
        form = forms.Form(request.content())
        client_id, secret = form.text("clientId"), form.text("clientSecret")
        scope = self._scope(form)
        with self._world.lock:
            identity = next((i for i in self._world.identities.values()
                             if i.methods.get("universal", {}).get("clientId") == client_id), None)
            if identity is None:
                raise refusals.unauthorized("Invalid credentials")
            self._check_address(identity, request)
            key = (identity.id, client_id)
            self._lockout.check(key)
            known = next((entry for entry in identity.methods["universal"]["secrets"]
                          if _same(entry["value"], secret) and not entry.get("revoked")), None)
            if known is None:
                self._lockout.failed(key, identity.lockout)
                raise refusals.unauthorized("Invalid credentials")
            self._spend(known)
            self._lockout.passed(key)
            return self._start(identity, scope, "universal-auth")

    def with_jwt(self, method):
        """The login of one of WITH_JWT."""
        def login(request):
            form = forms.Form(request.content())
            identity_id = form.text("identityId")
            jwt = form.text("jwt", maximum=LONGEST_JWT if method == "kubernetes" else None)
            scope = self._scope(form)
            identity, wanted = self._method(identity_id, method, WITH_JWT[method], request)
            if not self._accepts(wanted, jwt, identity):
                raise refusals.unauthorized(f"Access denied: {WITH_JWT[method]} token is not "
                                            "accepted for this identity")
            return self._start(identity, scope, f"{method}-auth")
        return login

    def aws(self, request):
        form = forms.Form(request.content())
        identity_id = form.text("identityId")
        method = form.text("iamHttpRequestMethod", default="POST")
        body, headers = form.text("iamRequestBody"), form.text("iamRequestHeaders")
        scope = self._scope(form)
        identity, wanted = self._method(identity_id, "aws", "AWS", request)
        try:
            decoded = base64.b64decode(body, validate=True)
            signed = json.loads(base64.b64decode(headers, validate=True))
            if urllib.parse.parse_qs(decoded.decode()).get("Action") != ["GetCallerIdentity"]:
                raise sigv4.Refused("the action is not GetCallerIdentity")
            sigv4.check(method, signed, decoded, wanted["keys"], self._world.clock.now())
        except (binascii.Error, ValueError, AttributeError):
            raise refusals.bad_request("iamRequestBody or iamRequestHeaders cannot be "
                                       "read") from None
        except sigv4.NoRegion:
            raise refusals.bad_request("Invalid AWS region") from None
        except sigv4.Refused as refusal:
            raise refusals.unauthorized(f"Access denied by AWS: {refusal}") from None
        return self._start(identity, scope, "aws-auth")

    def ldap(self, request):
        form = forms.Form(request.content())
        identity_id = form.text("identityId")
        if identity_id is not None and not _is_uuid(identity_id):
            form.issue("identityId", "invalid_string", "Invalid uuid", validation="uuid")
        name, password = form.text("username", 1), form.text("password", 1)
        scope = self._scope(form)
        identity, wanted = self._method(identity_id, "ldap", "LDAP", request)
        key = (identity.id, name)
        with self._world.lock:
            self._lockout.check(key)
            if name != wanted["username"] or not _same(wanted["password"], password):
                self._lockout.failed(key, identity.lockout)
                raise refusals.unauthorized("Invalid credentials")
            self._lockout.passed(key)
            return self._start(identity, scope, "ldap-auth")

    def oci(self, request):
        form = forms.Form(request.content())
        identity_id, user = form.text("identityId"), form.text("userOcid")
        sent = forms.Form(form.object("headers") or {}, ["headers"])
        headers = {"authorization": sent.text("authorization"), "host": sent.text("host"),
                   "x-date": sent.text("x-date", default=None),
                   "date": sent.text("date", default=None)}
        if not headers["date"] and not headers["x-date"]:
            sent.issue("date", "custom", "Either date or x-date must be provided")
        form.issues += sent.issues
        scope = self._scope(form)
        identity, wanted = self._method(identity_id, "oci", "OCI", request)
        if not clouds.OCI_HOST.fullmatch(headers["host"] or ""):
            raise refusals.bad_request("Invalid OCI host format. Expected format: "
                                       "identity.<region>.oraclecloud.com")
        if user != wanted["userOcid"]:
            raise refusals.unauthorized("Access denied: OCI account username not allowed.")
        self._ask_cloud(clouds.oracle, headers, user, wanted, self._world.clock.now())
        return self._start(identity, scope, "oci-auth")

    def alicloud(self, request):
        """A signed GetCallerIdentity, as Alibaba Cloud's RPC style signs it."""
        form = forms.Form(request.content())
        identity_id = form.text("identityId")
        names = ("Action", "Format", "Version", "AccessKeyId", "SignatureMethod", "Timestamp",
                 "SignatureVersion", "SignatureNonce")
        given = {name: form.text(name, 1) for name in names}
        signature, scope = form.text("Signature", 1), self._scope(form)
        identity, wanted = self._method(identity_id, "alicloud", "Alibaba Cloud", request)
        if given["Action"] != "GetCallerIdentity" or given["SignatureNonce"] in self._nonces:
            raise refusals.internal()
        self._nonces.add(given["SignatureNonce"])
        self._ask_cloud(clouds.alibaba, given, signature, wanted["keys"], self._world.clock.now())
        return self._start(identity, scope, "alicloud-auth")

    def tls_certificate(self, request):
        """What stands before a site hands the certificate on in a header; here it is read from the
        connection, and such a header counts for nothing."""
        form = forms.Form(request.content())
        identity_id = form.text("identityId")
        scope = self._scope(form)
        if not request.certificate:
            raise refusals.bad_request("Missing TLS certificate in header")
        identity, wanted = self._method(identity_id, "tls-cert", "TLS Certificate", request)
        names = [value for part in request.certificate["subject"] for key, value in part
                 if key == "commonName"]
        if not set(names) & set(wanted["commonNames"]):
            raise refusals.unauthorized("Access denied: TLS Certificate Auth common name not "
                                        "allowed.")
        return self._start(identity, scope, "tls-cert-auth")

    def _ask_cloud(self, check, *arguments):
        """What a cloud refuses becomes Infisical's own failure."""
        try:
            return check(*arguments)
        except (clouds.Refused, KeyError, TypeError, ValueError):
            raise refusals.internal() from None

    def token(self, request, actor, identity_id):
        """Token Auth has no login: an administrator has the token made."""
        form = forms.Form(request.content())
        name = form.text("name", default=None)
        form.done()
        if not actor.who.admin:
            raise refusals.permission_denied("create-token", "identity", {})
        identity, _ = self._method(identity_id, "token", "Token", request)
        answer = self._start(identity, None, "token-auth")
        return answer | {"tokenData": {"identityId": identity.id, "name": name or "",
                                       "isAccessTokenRevoked": False}}

    def person(self, request):
        form = forms.Form(request.content())
        email, password = form.text("email"), form.text("password")
        form.done()
        person = self._world.people.get(email)
        if person is None or not _same(person.password, password):
            raise refusals.unauthorized("Invalid credentials")
        return {"accessToken": self._sessions.start_person(person, None)}

    def select_organization(self, request):
        form = forms.Form(request.content())
        organization = form.text("organizationId", 1)
        form.done()
        person = self._sessions.person(request.headers.get("Authorization"))
        if person.organization.id != organization:
            raise refusals.unauthorized("User is not a member of the organization")
        token = self._sessions.start_person(person, organization)
        return {"token": token, "isMfaEnabled": False, "mfaMethod": None}

    def _scope(self, form):
        """The sub-organisation's slug; nothing when the client uses the other servers' name."""
        scope = form.text(self._switches["organization_field"], default=None)
        form.done()
        return scope

    def _method(self, identity_id, method, called, request):
        identity = self._world.identities.get(identity_id)
        if identity is None or method not in identity.methods:
            raise refusals.not_found(f"{called} auth method not found for identity, did you "
                                     f"configure {called} auth?")
        self._check_address(identity, request)
        return identity, identity.methods[method]

    def _check_address(self, identity, request):
        if identity.trusted_ips and request.address not in identity.trusted_ips:
            raise refusals.forbidden("You are not allowed to access this resource from the current "
                                     "IP address")

    def _accepts(self, wanted, jwt, identity):
        if "accounts" in wanted:
            return self._signed_by_account(wanted["accounts"], jwt, identity)
        if "url" not in wanted:
            return any(_same(one, jwt) for one in wanted.get("jwts", ()))
        self._world.secret(jwt)
        try:
            target = cluster.Cluster(wanted["url"], wanted["token"], wanted.get("ca"))
            return target.review(jwt) in wanted["names"]
        except cluster.ClusterError as error:
            raise refusals.bad_request(f"Kubernetes token review failed: {error}") from None

    def _signed_by_account(self, accounts, jwt, identity):
        try:
            claims = clouds.google(jwt, accounts)
        except clouds.Refused as refusal:
            raise refusals.token_error(str(refusal)) from None
        if claims.get("exp", 0) <= self._world.clock.now():
            raise refusals.token_error("expired")
        if claims.get("aud") != identity.id:
            raise refusals.unauthorized("Invalid audience in GCP IAM Token")
        return True

    def _spend(self, known):
        """Used up or out of date means revoked."""
        now = self._world.clock.now()
        why = None
        if known.get("ttl") and now > known["created"] + known["ttl"]:
            why = "expired client secret"
        elif known.get("uses") and known.get("used", 0) >= known["uses"]:
            why = "client secret usage limit reached"
        if why:
            known["revoked"] = True
            raise refusals.unauthorized(f"Access denied due to {why}")
        known["used"] = known.get("used", 0) + 1

    def _start(self, identity, scope, method):
        organization = identity.organization
        if scope is not None and scope != organization.slug:
            organization = self._world.organizations.get(scope)
            if organization is None:
                raise refusals.not_found(f"Sub organization with slug '{scope}' not found")
            if scope not in identity.sub_organizations:
                raise refusals.unauthorized("Identity is not a member of the sub organization")
        return self._sessions.start(identity, organization.id, method)


def _same(one, other):
    return hmac.compare_digest((one or "").encode(), (other or "").encode())


def _is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
