"""Client certificates of an authority: the test cluster's, or one that nobody trusts."""

import os
import subprocess


def openssl(*words):
    subprocess.run(("openssl", *words), check=True, capture_output=True)


class Authority:
    """Works in a directory of its own."""

    def __init__(self, directory, certificate=None, key=None):
        """Without its files it is a new one."""
        os.makedirs(directory, mode=0o700, exist_ok=True)
        self.directory = directory
        self.certificate = certificate or self.path("ca.crt")
        self.key = key or self.path("ca.key")
        if certificate is None:
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=nobody's authority", "-days", "1", "-keyout", self.key, "-out",
                    self.certificate)

    def path(self, name):
        return os.path.join(self.directory, name)

    def pair(self, subject):
        """Certificate and key as PEM texts, for a day."""
        key, request, certificate = (self.path("client." + end) for end in ("key", "csr", "crt"))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                subject, "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-CAserial", self.path("serial"), "-days", "1", "-out",
                certificate)
        texts = []
        for path in (certificate, key):
            with open(path, encoding="ascii") as file:
                texts.append(file.read())
        os.remove(key)
        return texts
