"""A throw-away certificate authority that makes every kind of mistake on demand (openssl)."""

import os
import shutil
import subprocess

FAKETIME = {"expired": "2019-06-01 00:00:00", "future": "2037-06-01 00:00:00"}


class Authority:
    """Keys and certificates in a directory of the caller's."""

    def __init__(self, directory):
        self.directory = directory
        self.number = 0

    def path(self, name):
        return os.path.join(self.directory, name)

    def openssl(self, *arguments, when=None):
        command = ["openssl", *arguments]
        if when is not None:
            command = ["faketime", FAKETIME[when], *command]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if result.returncode != 0:
            raise AssertionError("openssl %s: %s" % (" ".join(arguments), result.stderr))

    def key(self, name, kind="P-256"):
        path = self.path(name + ".key")
        if kind.startswith("P-"):
            self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + kind,
                         "-out", path)
        else:
            self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + kind,
                         "-out", path)
        return path

    def make(self, name, subject, extensions, issuer=None, kind="P-256", digest="sha256",
             when=None, key_of=None, version_1=False):
        """A certificate NAME.crt with NAME.key, signed by `issuer` (a name) or by itself."""
        key = self.key(name, kind) if key_of is None else shutil.copy(
            self.path(key_of + ".key"), self.path(name + ".key"))
        request, config = self.path(name + ".csr"), self.path(name + ".ext")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join(extensions) + "\n")
        self.openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        self.number += 1
        sign = ["-signkey", key] if issuer is None else [
            "-CA", self.path(issuer + ".crt"), "-CAkey", self.path(issuer + ".key")]
        self.openssl("x509", "-req", "-in", request, "-out", self.path(name + ".crt"), "-days",
                     "30", "-set_serial", str(self.number), "-" + digest, *sign,
                     *([] if version_1 else ["-extfile", config]), when=when)
        return self.path(name + ".crt")

    def authority(self, name, issuer=None, extra=(), pathlen=None, when=None, ca=True,
                  subject=None, identifier="hash", key_of=None):
        basic = "basicConstraints=critical,CA:%s" % ("TRUE" if ca else "FALSE")
        if pathlen is not None:
            basic += ",pathlen:%d" % pathlen
        extensions = [basic, "subjectKeyIdentifier=" + identifier, *extra]
        if ca:
            extensions.append("keyUsage=critical,keyCertSign,cRLSign")
        return self.make(name, subject or "/CN=" + name, extensions, issuer, when=when,
                         key_of=key_of)

    def read(self, name):
        with open(self.path(name + ".crt"), encoding="utf-8") as file:
            return file.read()

    def chain(self, *names):
        """One file with these certificates, the leaf first."""
        path = self.path("-".join(names)[:100] + ".chain")
        with open(path, "w", encoding="utf-8") as out:
            for name in names:
                out.write(self.read(name))
        return path
