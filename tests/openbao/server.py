"""A real OpenBao for tests: in memory, with TLS, on a port of 127.0.0.1 that the kernel chooses."""

import json
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from tests.openbao.program import program

READY_WITHIN = 60


class OpenBao:
    """`bao server -dev`, unsealed, with an audit log; use as a context manager, or stop() it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="leasehold-openbao-")
        self.root = "root-" + os.urandom(12).hex()
        self.ca = os.path.join(self.dir, "vault-ca.pem")
        self.audit_log = os.path.join(self.dir, "audit.jsonl")
        self.log = os.path.join(self.dir, "log")
        with open(self.log, "w", encoding="utf-8") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(
                [program(), "server", "-dev", "-dev-tls", "-dev-tls-cert-dir=" + self.dir,
                 "-dev-no-store-token", "-dev-root-token-id=" + self.root,
                 "-dev-listen-address=127.0.0.1:0", "-config=" + self.write_config()],
                env={"HOME": self.dir, "PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)
        try:
            self.address = f"https://127.0.0.1:{self.find_port()}"
        except BaseException:
            self.stop()
            raise
        self.context = ssl.create_default_context(cafile=self.ca)

    def write_config(self):
        path = os.path.join(self.dir, "config.hcl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('audit "file" "log" {\n  options {\n    file_path = "%s"\n  }\n}\n'
                       % self.audit_log)
        return path

    def said(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def listening(self):
        """The ports that the process listens on, as the kernel knows them: it says 0 itself."""
        place = f"/proc/{self.process.pid}/fd"
        links = []
        for name in os.listdir(place):
            try:
                links.append(os.readlink(os.path.join(place, name)))
            except OSError:
                pass
        inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
        with open(f"/proc/{self.process.pid}/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in list(table)[1:]]
        return {int(row[1].split(":")[1], 16) for row in rows
                if row[3] == "0A" and row[9] in inodes}

    def find_port(self):
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            said = self.said()
            if "server started!" in said:
                inner = {int(port) for port in
                         re.findall(r"listener_address=127\.0\.0\.1:(\d+)", said)}
                ports = self.listening() - inner
                if len(ports) == 1:
                    return ports.pop()
            time.sleep(0.05)
        raise RuntimeError("OpenBao did not start:\n" + self.said()[-2000:])

    def call(self, method, path, body=None, token=None, headers=None):
        """(status, body) of a request below /v1/, by the root token unless another is given."""
        request = urllib.request.Request(
            f"{self.address}/v1/{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Vault-Token": token or self.root, **(headers or {})})
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def write(self, path, body=None, **more):
        """A POST that must work; answers its body."""
        status, answer = self.call("POST", path, {} if body is None else body, **more)
        if status not in (200, 204):
            raise AssertionError(f"{path}: {status} {answer}")
        return answer

    def read(self, path, **more):
        status, answer = self.call("GET", path, **more)
        if status != 200:
            raise AssertionError(f"{path}: {status} {answer}")
        return answer["data"]

    def requests(self):
        """(operation, path, status text) of every request so far but those of the root token."""
        with open(self.audit_log, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return [(line["request"]["operation"], line["request"]["path"]) for line in lines
                if line["type"] == "response" and not is_root(line)]

    def policy(self, name, rules):
        """{path: capabilities}"""
        text = "\n".join('path "%s" { capabilities = %s }' % (path, json.dumps(list(what)))
                         for path, what in rules.items())
        self.write(f"sys/policies/acl/{name}", {"policy": text})

    def token(self, **options):
        return self.write("auth/token/create", options)["auth"]["client_token"]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def is_root(line):
    return "root" in (line.get("auth") or {}).get("policies", [])
