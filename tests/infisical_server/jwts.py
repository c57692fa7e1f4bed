"""JSON web tokens with HS256 (RFC 7519), and their claims unverified."""

import base64
import hashlib
import hmac
import json

HEADER = {"alg": "HS256", "typ": "JWT"}


class BadToken(Exception):
    """Its text is a key of refusals.TOKEN_ERRORS."""


def sign(claims, key):
    signed = f"{_encode(_compact(HEADER))}.{_encode(_compact(claims))}"
    return f"{signed}.{_encode(_mac(signed, key))}"


def verify(token, key, now):
    """The claims; raises BadToken."""
    parts = token.split(".")
    if len(parts) != 3:
        raise BadToken("malformed")
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
        signature = _decode(parts[2])
    except ValueError:
        raise BadToken("malformed") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadToken("malformed")
    if header.get("alg") != "HS256":
        raise BadToken("algorithm")
    if not hmac.compare_digest(signature, _mac(f"{parts[0]}.{parts[1]}", key)):
        raise BadToken("signature")
    if "exp" in claims and now >= claims["exp"]:
        raise BadToken("expired")
    return claims


def expiry(token):
    """The exp claim of somebody else's token, or None."""
    try:
        return json.loads(_decode(token.split(".")[1])).get("exp")
    except (ValueError, IndexError, AttributeError):
        return None


def _mac(text, key):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text):
    return base64.urlsafe_b64decode(text.encode("ascii", "strict") + b"=" * (-len(text) % 4))
