"""The clouds that Vault asks who is logging in: AWS's STS, Google's and Microsoft's keys; and what
Vault's methods aws, gcp and azure make of their answers.

https://developer.hashicorp.com/vault/api-docs/auth/aws, .../gcp, .../azure
"""

import base64
import binascii
import json
import time

from tests.infisical_server import sigv4

IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"
ALLOWED = {"authorization", "content-length", "content-type", "host", "user-agent", "x-amz-date",
           "x-amz-security-token", "x-vault-aws-iam-server-id"}


class Refused(Exception):
    """Its text is the server's; a backend's own fault comes as 500, a refusal as 400."""

    def __init__(self, text, status=400):
        super().__init__(text)
        self.status = status


class Clouds:
    """What the clouds know, and which role is for whom; tests set the members."""

    def __init__(self):
        self.now = time.time
        self.roles = {"aws": {"ci"}, "gcp": {"ci"}, "azure": {"ci"}}
        self.keys = {}             # access key id: secret key
        self.session_tokens = {}   # access key id: session token that it goes with
        self.expired = set()       # session tokens
        self.server_id = ""        # that aws insists on
        self.signers = {}          # of gcp and azure: key id: RsaKey
        self.resource = "https://management.azure.com/"
        self.machines = set()      # of azure: (subscription, group, field, name)

    def aws(self, body):
        self._role("aws", body, "entry for role %s not found")
        if body.get("iam_http_request_method") != "POST":
            raise Refused("invalid iam_http_request_method; currently only 'POST' is supported")
        url, content = (_decoded(body[name]) for name in ("iam_request_url", "iam_request_body"))
        headers = {name.lower(): value for name, value in
                   json.loads(_decoded(body["iam_request_headers"])).items()}
        if content != IDENTITY or url != f"https://{headers['host']}/":
            raise Refused("invalid request")
        if set(headers) - ALLOWED:
            raise Refused(f"invalid request header: {sorted(set(headers) - ALLOWED)[0]}")
        self._server_id(headers)
        self._sts(headers, content)
        return {"display_name": "AROAEXAMPLE"}

    def _server_id(self, headers):
        """What is not signed could have been put there by anybody."""
        name = "x-vault-aws-iam-server-id"
        if not self.server_id:
            return
        signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
        if headers.get(name) != self.server_id:
            why = f'expected "{self.server_id}" but got "{headers[name]}"' if name in headers \
                else 'missing header "X-Vault-AWS-IAM-Server-ID"'
            raise Refused(f"error validating X-Vault-AWS-IAM-Server-ID header: {why}")
        if name not in signed.split(";"):
            raise Refused("error validating X-Vault-AWS-IAM-Server-ID header: vault header wasn't "
                          "signed")

    def _sts(self, headers, content):
        """STS's own verdict, as Vault hands it on. Vault asks sts.amazonaws.com, where the scope of
        no other region is good."""
        def no(code, message):
            return Refused("error making upstream request: received error code 403 from STS: "
                           f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
                           f"<Message>{message}</Message></Error></ErrorResponse>\n")
        if headers["host"] not in ("sts.amazonaws.com", "sts.us-east-1.amazonaws.com"):
            raise no("SignatureDoesNotMatch", "Credential should be scoped to a valid region")
        try:
            sigv4.check("POST", headers, content.encode(), self.keys, self.now())
        except sigv4.Refused as why:
            raise no("SignatureDoesNotMatch", str(why)) from None
        key_id = headers["authorization"].partition("Credential=")[2].partition("/")[0]
        token = headers.get("x-amz-security-token")
        if token != self.session_tokens.get(key_id):
            raise no("InvalidClientTokenId", "The security token included in the request is invalid")
        if token and "x-amz-security-token" not in headers["authorization"]:
            raise no("SignatureDoesNotMatch", "the session token is not signed")
        if token in self.expired:
            raise no("ExpiredToken", "The security token included in the request is expired")

    def gcp(self, body):
        self._role("gcp", body, 'role "%s" not found')
        claims = self._claims(body["jwt"])
        if not claims:
            raise Refused("unable to get public key for signed JWT: no Google OAuth2 provider key")
        if claims["exp"] < self.now() - 60:
            raise Refused("JWT is expired or does not have proper 'exp' claim")
        if not claims["aud"].endswith(f"vault/{body['role']}"):
            raise Refused(f"at least one of the JWT claim 'aud' must end in "
                          f"\"vault/{body['role']}\"")
        if not (claims.get("google") or {}).get("compute_engine"):
            raise Refused("expected JWT to have claims with GCE metadata")
        return {"display_name": claims["google"]["compute_engine"]["instance_name"]}

    def azure(self, body):
        self._role("azure", body, 'invalid role name "%s"')
        claims = self._claims(body["jwt"])
        fault = lambda text: Refused(f"1 error occurred:\n\t* {text}\n\n", 500)  # noqa: E731
        if not claims:
            raise fault("failed to verify signature: failed to verify id token signature")
        if claims["aud"] != self.resource:
            raise fault(f'oidc: expected audience "{self.resource}" got ["{claims["aud"]}"]')
        if claims["exp"] < self.now():
            raise fault("oidc: token is expired (Token Expiry: 2026-01-01 00:00:00 +0000 UTC)")
        field = "vmss_name" if body.get("vmss_name") else "vm_name"
        machine = (body.get("subscription_id"), body.get("resource_group_name"), field,
                   body.get(field))
        if not machine[0] or not machine[1]:
            raise fault("subscription_id and resource_group_name are required")
        if machine not in self.machines:
            raise fault("subscription not authorized")
        return {"display_name": claims["oid"]}

    def _role(self, method, body, text):
        if body.get("role") not in self.roles[method]:
            raise Refused(text % body.get("role"))

    def _claims(self, jwt):
        """Of a JWT that one of the signers has signed; None of another."""
        signed, _, signature = jwt.rpartition(".")
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        key = self.signers.get(header.get("kid"))
        if header.get("alg") != "RS256" or key is None or \
                not key.has_signed(signed.encode(), _bytes(signature)):
            return None
        return claims


def _bytes(text):
    return base64.b64decode(text.translate({45: 43, 95: 47}) + "=" * (-len(text) % 4))


def _decoded(text):
    try:
        return _bytes(text).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("failed to base64 decode") from None
