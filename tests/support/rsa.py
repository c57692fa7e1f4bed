"""An RSA key of a test's own, made and used by the program openssl."""

import base64
import hashlib
import json
import subprocess

SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, section 9.2


class RsaKey:
    """In the file `path`, PEM without a passphrase."""

    def __init__(self, path):
        self.path = path
        _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path)
        self.modulus = _openssl("rsa", "-in", path, "-noout",
                                "-modulus").decode().strip().partition("=")[2]  # hex

    def pem(self):
        with open(self.path, encoding="ascii") as file:
            return file.read()

    def sign(self, data):
        """RSASSA-PKCS1-v1_5 with SHA-256."""
        return _openssl("dgst", "-sha256", "-sign", self.path, given=data)

    def has_signed(self, data, signature):
        """Whether that is its signature of the data (RFC 8017, section 8.2.2)."""
        number = int(self.modulus, 16)
        size = (number.bit_length() + 7) // 8
        digest = SHA256 + hashlib.sha256(data).digest()
        right = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return len(signature) == size and \
            pow(int.from_bytes(signature, "big"), 65537, number) == int.from_bytes(right, "big")

    def jwt(self, kid, claims):
        """One that it signs with RS256."""
        signed = ".".join(_encoded(json.dumps(part).encode())
                          for part in ({"alg": "RS256", "typ": "JWT", "kid": kid}, claims))
        return f"{signed}.{_encoded(self.sign(signed.encode()))}"


def _encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _openssl(*arguments, given=b""):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, timeout=60,
                          check=True).stdout
