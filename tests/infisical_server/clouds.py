"""Checks what the keys of Oracle Cloud, Alibaba Cloud and Google Cloud have signed, as those clouds
would when Infisical asks them.

https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
"""

import base64
import binascii
import email.utils
import hashlib
import hmac
import json
import re
import urllib.parse

import world

OCI_HOST = re.compile(r"identity\.[a-z]{2}-[a-z]+-[1-9]\.oraclecloud\.com")
OCI_DRIFT = 5 * 60  # seconds
ALICLOUD_DRIFT = 15 * 60
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, section 9.2


class Refused(Exception):
    pass


def oracle(headers, user, wanted, now):
    """The signature of a GET of the user's own record; `wanted` is {"tenancyOcid", "userOcid",
    "fingerprint", "modulus": hex}."""
    scheme, _, rest = headers["authorization"].partition(" ")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    if scheme != "Signature" or fields.get("version") != "1" or \
            fields.get("algorithm") != "rsa-sha256":
        raise Refused("no signature")
    if fields.get("keyId") != f"{wanted['tenancyOcid']}/{user}/{wanted['fingerprint']}":
        raise Refused("unknown key")
    names = fields.get("headers", "").split()
    date = "x-date" if "x-date" in names else "date"
    if not {date, "(request-target)", "host"} <= set(names) or set(names) - {
            date, "(request-target)", "host"}:
        raise Refused("what has to be signed is not")
    values = {name: value for name, value in headers.items() if value}
    values["(request-target)"] = f"get /20160918/users/{user}"
    if abs(email.utils.parsedate_to_datetime(values[date]).timestamp() - now) > OCI_DRIFT:
        raise Refused("too old")
    text = "\n".join(f"{name}: {values[name]}" for name in names)
    rsa(wanted["modulus"], text.encode(), _decoded(fields.get("signature", "")))


def alibaba(given, signature, keys, now):
    """The signature of the parameters; `keys` is {access key id: secret}."""
    if given["AccessKeyId"] not in keys:
        raise Refused("InvalidAccessKeyId.NotFound")
    if abs(world.seconds(given["Timestamp"]) - now) > ALICLOUD_DRIFT:
        raise Refused("InvalidTimeStamp.Expired")
    quote = lambda text: urllib.parse.quote(text, safe="-_.~")  # noqa: E731
    query = "&".join(f"{quote(name)}={quote(given[name])}" for name in sorted(given))
    right = hmac.digest(f"{keys[given['AccessKeyId']]}&".encode(),
                        f"GET&%2F&{quote(query)}".encode(), "sha1")
    if not hmac.compare_digest(right, _decoded(signature)):
        raise Refused("SignatureDoesNotMatch")


def google(jwt, accounts):
    """The claims of a JWT that an account has signed; `accounts` is {e-mail address: {key id:
    modulus in hex}}."""
    signed, _, signature = jwt.rpartition(".")
    try:
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
    except ValueError:
        raise Refused("malformed") from None
    modulus = accounts.get(claims.get("sub"), {}).get(header.get("kid"))
    if header.get("alg") != "RS256" or modulus is None:
        raise Refused("signature")
    rsa(modulus, signed.encode(), _decoded(signature))
    return claims


def rsa(modulus, text, signature):
    """RSASSA-PKCS1-v1_5 with SHA-256 and the exponent 65537 (RFC 8017, section 8.2.2)."""
    number = int(modulus, 16)
    size = (number.bit_length() + 7) // 8
    digest = SHA256 + hashlib.sha256(text).digest()
    right = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    opened = pow(int.from_bytes(signature, "big"), 65537, number)
    if len(signature) != size or opened != int.from_bytes(right, "big"):
        raise Refused("signature")


def _decoded(text):
    """base64 or base64url, with or without padding."""
    try:
        return base64.b64decode(text.translate({45: 43, 95: 47}) + "=" * (-len(text) % 4),
                                validate=True)
    except binascii.Error:
        raise Refused("malformed") from None
