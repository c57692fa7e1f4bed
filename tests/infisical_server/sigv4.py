"""Checks AWS Signature Version 4 of a signed request, as STS would.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import calendar
import hashlib
import hmac
import re
import time

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})")
HOST = re.compile(r"sts(?:\.([a-z0-9-]+))?\.amazonaws\.com")
MUST_BE_SIGNED = {"host", "x-amz-date"}
LONGEST_DRIFT = 15 * 60  # seconds


class Refused(Exception):
    pass


class NoRegion(Exception):
    """Where to send the request cannot be told."""


def check(method, headers, body, keys, now):
    """Raises Refused unless the request to the root of an STS host is signed with the secret key
    that `keys` (access key id: secret key) has for it. Names in `headers` are in any case."""
    # Whoever sends the request on adds this one by itself: a client may sign it and leave it out.
    headers = {"content-length": str(len(body))} | {
        name.lower(): str(value).strip() for name, value in headers.items()}
    match = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not re.search(r"Credential=[^/]+/\d{8}/[a-z0-9-]+/", headers.get("authorization", "")):
        raise NoRegion
    if not match:
        raise Refused("no AWS4-HMAC-SHA256 Authorization header")
    key_id, day, region, service, names, signature = match.groups()
    names = names.split(";")
    _check_scope(headers, day, region, service, now)
    if not MUST_BE_SIGNED <= set(names) or not set(names) <= set(headers):
        raise Refused("SignedHeaders lacks a header, or names one that is not there")
    if key_id not in keys:
        raise Refused("unknown access key")
    canonical = "\n".join([
        method, "/", "", *(f"{name}:{re.sub(' +', ' ', headers[name])}" for name in names), "",
        ";".join(names), hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    right = _hmac(_key(keys[key_id], day, region, service), to_sign).hex()
    if not hmac.compare_digest(right, signature):
        raise Refused("the signature does not match")


def _check_scope(headers, day, region, service, now):
    host = HOST.fullmatch(headers.get("host", ""))
    if not host or service != "sts" or (host[1] or "us-east-1") != region:
        raise Refused("host, region and service do not belong together")
    date = headers.get("x-amz-date", "")
    try:
        then = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refused("X-Amz-Date cannot be read") from None
    if not date.startswith(day) or abs(then - now) > LONGEST_DRIFT:
        raise Refused("the signature is too old, or of another day than its scope")


def _key(secret, *scope):
    key = b"AWS4" + secret.encode()
    for part in (*scope, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
