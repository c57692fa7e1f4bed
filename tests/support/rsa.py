"""An RSA key of a test's own, made and used by the program openssl."""

import subprocess


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


def _openssl(*arguments, given=b""):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, timeout=60,
                          check=True).stdout
