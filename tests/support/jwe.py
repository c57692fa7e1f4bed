"""Makes a compact JWE with a password: PBES2-HS256+A128KW and A256GCM (RFC 7518, 4.8 and 5.3), from
OpenSSL's command line and Python's hashes."""

import base64
import hashlib
import json
import os
import subprocess

ALGORITHM = "PBES2-HS256+A128KW"
ROUNDS = 8192


def seal(plain, password):
    salt_input = os.urandom(12)
    header = _base64url(json.dumps({"alg": ALGORITHM, "enc": "A256GCM", "p2c": ROUNDS,
                                    "p2s": _base64url(salt_input),
                                    "created": "2026-01-01"}).encode())
    wrapping = hashlib.pbkdf2_hmac("sha256", password.encode(),
                                   ALGORITHM.encode() + b"\0" + salt_input, ROUNDS, 16)
    key, nonce = os.urandom(32), os.urandom(12)
    wrapped = _openssl("id-aes128-wrap", wrapping, key, "A6" * 8)
    content = _openssl("aes-256-ctr", key, plain, nonce.hex() + "00000002")
    tag = _tag(key, nonce, header.encode(), content)
    return ".".join([header, *map(_base64url, (wrapped, nonce, content, tag))])


def _tag(key, nonce, extra, content):
    """GHASH (NIST SP 800-38D, 6.4), encrypted with the first counter block."""
    h = int.from_bytes(_openssl("aes-256-ecb", key, bytes(16)), "big")
    state = 0
    lengths = (len(extra) * 8).to_bytes(8, "big") + (len(content) * 8).to_bytes(8, "big")
    for part in (extra, content, lengths):
        for at in range(0, len(part), 16):
            block = part[at:at + 16].ljust(16, b"\0")
            state = _multiply(state ^ int.from_bytes(block, "big"), h)
    mask = _openssl("aes-256-ctr", key, bytes(16), nonce.hex() + "00000001")
    return (state ^ int.from_bytes(mask, "big")).to_bytes(16, "big")


def _multiply(x, y):
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def _openssl(cipher, key, data, iv=None):
    return subprocess.run(["openssl", "enc", "-" + cipher, "-nopad", "-K", key.hex(),
                           *(("-iv", iv) if iv else ())], input=data, capture_output=True,
                          check=True).stdout


def _base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
