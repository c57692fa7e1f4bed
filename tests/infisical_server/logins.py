"""The logins of machine identities and people (contract, 1.1 and 1.4).

What a method wants to see is in Identity.methods:

    universal    {"clientId", "secrets": [{"value", "uses": limit, "ttl": seconds}]}
    kubernetes   {"jwts": [text]}, or {"url", "token", "ca", "names": [user names]}: a TokenReview
    oidc, jwt, azure, gcp, spiffe    {"jwts": [text]}
    aws          {"keys": {access key id: secret key}}
    ldap         {"username", "password"}
    oci          {"userOcid"}
    alicloud     {"accessKeyId", "secret"}
    tls-cert     {"certificate": PEM}
    token        {}
"""

import base64
import binascii
import hmac
import json
import urllib.parse
import uuid

import cluster
import forms
import refusals
import sigv4

CERTIFICATE_HEADER = "x-identity-tls-cert-auth-client-cert"
LONGEST_JWT = 8192  # of a service account
WITH_JWT = {"kubernetes": "Kubernetes", "oidc": "OIDC", "jwt": "JWT", "azure": "Azure",
            "gcp": "GCP", "spiffe": "SPIFFE"}


class Logins:
    def __init__(self, world, switches, sessions, lockout):
        self._world = world
        self._switches = switches
        self._sessions = sessions
        self._lockout = lockout

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
            if not self._accepts(wanted, jwt):
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
        """The signature is not checked, only that there is one and who is named."""
        form = forms.Form(request.content())
        identity_id, user = form.text("identityId"), form.text("userOcid")
        headers = form.object("headers")
        scope = self._scope(form)
        identity, wanted = self._method(identity_id, "oci", "OCI", request)
        if user != wanted["userOcid"] or not headers.get("authorization", "").startswith(
                "Signature "):
            raise refusals.unauthorized("Access denied: OCI user or signature is not accepted")
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
        quote = lambda text: urllib.parse.quote(text, safe="-_.~")  # noqa: E731
        query = "&".join(f"{quote(name)}={quote(given[name])}" for name in sorted(given))
        right = base64.b64encode(hmac.digest(f"{wanted['secret']}&".encode(),
                                             f"GET&%2F&{quote(query)}".encode(), "sha1")).decode()
        if (given["AccessKeyId"] != wanted["accessKeyId"] or given["Action"] !=
                "GetCallerIdentity" or not _same(signature, right)):
            raise refusals.unauthorized("Access denied: Alibaba Cloud does not accept the signature")
        return self._start(identity, scope, "alicloud-auth")

    def tls_certificate(self, request):
        form = forms.Form(request.content())
        identity_id = form.text("identityId")
        scope = self._scope(form)
        shown = request.headers.get(CERTIFICATE_HEADER)
        if not shown:
            raise refusals.bad_request("Missing TLS certificate in header")
        identity, wanted = self._method(identity_id, "tls-cert", "TLS certificate", request)
        if not _same(_flat(wanted["certificate"]), _flat(urllib.parse.unquote(shown))):
            raise refusals.unauthorized("Access denied: certificate is not accepted")
        return self._start(identity, scope, "tls-cert-auth")

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

    def _accepts(self, wanted, jwt):
        if "url" not in wanted:
            return any(_same(one, jwt) for one in wanted.get("jwts", ()))
        self._world.secret(jwt)
        try:
            target = cluster.Cluster(wanted["url"], wanted["token"], wanted.get("ca"))
            return target.review(jwt) in wanted["names"]
        except cluster.ClusterError as error:
            raise refusals.bad_request(f"Kubernetes token review failed: {error}") from None

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


def _flat(pem):
    return "".join(pem.split())


def _is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
