"""Service-account tokens: TokenRequest, and who a bearer token belongs to.

The claims are those of the real API server; the signature is random bytes, for the stand-in
remembers what it issued. Rules: kubernetes pkg/registry/core/serviceaccount/storage/token.go.
"""

import base64
import dataclasses
import json
import os
import threading
import uuid

import resources
import status

SHORTEST, LONGEST, DEFAULT = 600, 1 << 32, 3600
SECRET_LIKE = {"Secret": "secrets", "Pod": "pods"}


@dataclasses.dataclass(frozen=True)
class User:
    name: str
    groups: tuple = ()
    uid: str = ""
    extra: tuple = ()  # of (key, (value, …))

    @property
    def admin(self):
        return "system:masters" in self.groups

    def as_json(self):
        known = {"username": self.name, "uid": self.uid, "groups": list(self.groups),
                 "extra": {key: list(values) for key, values in self.extra}}
        return {key: value for key, value in known.items() if value}


@dataclasses.dataclass(frozen=True)
class Issued:
    user: User
    claims: dict  # as they are meant, whatever a fault has written into the token


class TokenOffice:
    def __init__(self, objects, clock, issuer):
        self._objects = objects
        self._clock = clock
        self._lock = threading.Lock()
        self._static = {}
        self._issued = {}
        self._key_id = _base64url(os.urandom(32))
        self.issuer = issuer

    def add_static(self, token, user):
        self._static[token] = user

    def authenticate(self, token, audience=None):
        """The User, or None for a token that is unknown, expired, meant for somebody else, or
        whose account or bound object is gone."""
        if token in self._static:
            return self._static[token]
        with self._lock:
            issued = self._issued.get(token)
        if issued is None or (audience or self.issuer) not in issued.claims["aud"]:
            return None
        alive = issued.claims["nbf"] <= self._clock.now() + 60 and \
            self._clock.now() < issued.claims["exp"]
        return issued.user if alive and self._objects_live(issued.claims["kubernetes.io"]) else None

    def request(self, namespace, account_name, body, fault):
        """Answers a TokenRequest; `fault` (or None) spoils the token or shortens it. Returns the
        object and the text of a warning, if any."""
        account = self._objects.get(resources.find("", "serviceaccounts"), namespace, account_name)
        spec = _spec(body)
        asked = spec.get("expirationSeconds")
        asked = DEFAULT if asked is None else asked
        _check_seconds(asked)
        bound = self._bound(account, spec.get("boundObjectRef"))
        fault = fault or {}
        seconds = min(asked, fault.get("shorten-to", asked))
        audiences = spec.get("audiences") or [self.issuer]
        claims = self._claims(account, audiences, seconds, bound)
        token = self._sign(claims, fault)
        self._remember(token, account, claims)
        answer = _answer(account, audiences, spec, seconds, token,
                         self._clock.stamp(claims["exp"]), self._clock.stamp())
        answer["status"].update(fault.get("status", {}))
        warning = (f"requested expiration of {asked} seconds shortened to {seconds} seconds"
                   if seconds < asked else None)
        return answer, warning

    def _objects_live(self, private):
        namespace = private["namespace"]
        named = [("serviceaccounts", private["serviceaccount"])]
        named += [(plural, private[plural[:-1]]) for plural in SECRET_LIKE.values()
                  if plural[:-1] in private]
        return all(self._objects.has(resources.find("", plural), namespace, ref["name"], ref["uid"])
                   for plural, ref in named)

    def _bound(self, account, reference):
        """The private claim for the object the token is to be bound to."""
        if not reference:
            return {}
        kind, name = reference.get("kind", ""), reference.get("name", "")
        if kind not in SECRET_LIKE or reference.get("apiVersion") != "v1":
            raise status.bad_request(
                f'cannot bind token for serviceaccount "{account["metadata"]["name"]}" to object '
                f'type {reference.get("apiVersion")}, Kind={kind}')
        resource = resources.find("", SECRET_LIKE[kind])
        found = self._objects.get(resource, account["metadata"]["namespace"], name)
        uid = found["metadata"]["uid"]
        if reference.get("uid") and reference["uid"] != uid:
            raise status.conflict(
                kind, name, f"the UID in the bound object reference ({reference['uid']}) does not "
                "match the UID in record. The object might have been deleted and then recreated")
        return {kind.lower(): {"name": name, "uid": uid}}

    def _claims(self, account, audiences, seconds, bound):
        meta = account["metadata"]
        now = int(self._clock.now())
        return {
            "aud": audiences, "exp": now + seconds, "iat": now, "iss": self.issuer,
            "jti": str(uuid.uuid4()),
            "kubernetes.io": {"namespace": meta["namespace"],
                              "serviceaccount": {"name": meta["name"], "uid": meta["uid"]}} | bound,
            "nbf": now, "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
        }

    def _sign(self, claims, fault):
        if "token" in fault:
            return fault["token"]
        header = {"alg": "RS256", "kid": self._key_id} | fault.get("header", {})
        moved = {key: int(self._clock.now()) + seconds
                 for key, seconds in fault.get("claims-from-now", {}).items()}
        claims = {key: value for key, value in (claims | moved | fault.get("claims", {})).items()
                  if value is not None}
        signature = b"" if header["alg"] == "none" else os.urandom(256)
        return ".".join((_base64url(_compact(header)), _base64url(_compact(claims)),
                         _base64url(signature)))

    def _remember(self, token, account, claims):
        meta = account["metadata"]
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{meta['namespace']}",
                  "system:authenticated")
        extra = (("authentication.kubernetes.io/credential-id", (f"JTI={claims['jti']}",)),)
        user = User(claims["sub"], groups, meta["uid"], extra)
        with self._lock:
            self._issued[token] = Issued(user, claims)


def _spec(body):
    if not isinstance(body, dict) or body.get("kind", "TokenRequest") != "TokenRequest":
        raise status.bad_request("the request body is no TokenRequest")
    spec = body.get("spec", {})
    if not isinstance(spec, dict):
        raise status.bad_request("spec is not an object")
    return spec


def _check_seconds(seconds):
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise status.bad_request("spec.expirationSeconds is not an integer")
    why = None
    if seconds < SHORTEST:
        why = "may not specify a duration less than 10 minutes"
    elif seconds > LONGEST:
        why = "may not specify a duration larger than 2^32 seconds"
    if why:
        raise status.invalid("TokenRequest", resources.AUTHENTICATION, "", "spec.expirationSeconds",
                             f"Invalid value: {seconds}: {why}")


def _answer(account, audiences, spec, seconds, token, expires, now):
    meta = account["metadata"]
    return {
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": meta["name"], "namespace": meta["namespace"],
                     "creationTimestamp": now},
        "spec": {"audiences": audiences, "expirationSeconds": seconds,
                 "boundObjectRef": spec.get("boundObjectRef")},
        "status": {"token": token, "expirationTimestamp": expires},
    }


def _compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
