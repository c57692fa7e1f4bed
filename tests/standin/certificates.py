"""A throw-away certificate authority, made with the openssl program.

Certificates are valid from 2020 to 2099, so that tests may turn the clock of the program under
test without TLS getting in the way.
"""

import os
import subprocess

CONFIG = """
[ca]
default_ca = standin
[standin]
dir = {dir}
database = {dir}/index
serial = {dir}/serial
new_certs_dir = {dir}
default_md = sha256
policy = any
unique_subject = no
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = nothing
prompt = no
[nothing]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1,IP:::1,DNS:localhost
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
"""


class Authority:
    """The CA in `folder`/ca.pem; `issue` makes certificates signed by it."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "authority")
        os.mkdir(self.folder, 0o700)
        self.config = os.path.join(self.folder, "openssl.cnf")
        _write(self.config, CONFIG.format(dir=self.folder))
        _write(os.path.join(self.folder, "index"), "")
        _write(os.path.join(self.folder, "serial"), "1000\n")
        self.certificate = os.path.join(folder, "ca.pem")
        self.key = os.path.join(self.folder, "ca.key")
        self._request(self.key, "/CN=stand-in CA")
        self._sign("authority", self.certificate, "-selfsign", "-keyfile", self.key)

    def issue(self, kind, subject, certificate, key, end="20990101000000Z"):
        """`kind` is "server" or "client"; `subject` an openssl subject such as /O=a/CN=b."""
        self._request(key, subject)
        self._sign(kind, certificate, "-cert", self.certificate, "-keyfile", self.key, end=end)

    def _request(self, key, subject):
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-keyout", key, "-subj", subject, "-out", self._signing_request())

    def _sign(self, extensions, certificate, *signer, end="20990101000000Z"):
        self._openssl("ca", "-batch", "-notext", "-startdate", "20200101000000Z", "-enddate", end,
                      "-extensions", extensions, "-in", self._signing_request(),
                      "-out", certificate, *signer)

    def _signing_request(self):
        return os.path.join(self.folder, "request.pem")

    def _openssl(self, command, *arguments):
        done = subprocess.run(["openssl", command, "-config", self.config, *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {command} failed: {done.stderr.strip()}")


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
