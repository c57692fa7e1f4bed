"""A real OpenBao for tests, with TLS on a port of 127.0.0.1, and its audit log to count requests by."""

import copy
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

from tests.openbao.program import NEWEST, program

READY_WITHIN = 60


class Server:
    """A `bao server` process, and an operator with its root token in front of it."""

    root = ""
    address = None
    process = None
    space = ""  # the namespace of the server's that the operator is in

    def __init__(self, place, ca, release=NEWEST):
        """`place`: a directory of its own; `ca`: the file with its authority, once it runs."""
        self.dir = place
        self.ca = ca
        self.release = release
        self.audit_log = self.path("audit.jsonl")
        self.log = self.path("log")

    def path(self, name):
        return os.path.join(self.dir, name)

    def launch(self, *arguments, **environment):
        with open(self.log, "a", encoding="utf-8") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(
                [program(self.release), "server", *arguments],
                env={"HOME": self.dir, "PATH": "/usr/bin:/bin", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)

    def wait_until(self, condition, what):
        """Answers what condition() does, once that is true."""
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise RuntimeError(f"OpenBao: no {what}:\n" + self.said()[-2000:])

    def said(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def inside(self, space):
        """The same server, whose operator is in this namespace of it."""
        there = copy.copy(self)
        there.space = space
        return there

    def call(self, method, path, body=None, token=None, headers=None):
        """(status, body) of a request below /v1/, by the root token unless another is given."""
        headers = {"X-Vault-Token": token or self.root, **(headers or {})}
        if self.space:
            headers["X-Vault-Namespace"] = self.space
        request = urllib.request.Request(
            f"{self.address}/v1/{path}", method=method, headers=headers,
            data=None if body is None else json.dumps(body).encode())
        context = ssl.create_default_context(cafile=self.ca)
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
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

    def exchanges(self):
        """The audit log's lines of every answer so far but those to the operator."""
        try:
            with open(self.audit_log, encoding="utf-8") as file:
                lines = [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:  # a standby has written nothing yet
            return []
        return [line for line in lines if line["type"] == "response" and not is_operator(line)]

    def requests(self):
        """(operation, path) of each of these."""
        return [asked_for(line) for line in self.exchanges()]

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


class OpenBao(Server):
    """`bao server -dev`: unsealed, in memory, on a port that the kernel chooses."""

    def __init__(self, release=NEWEST, plugins=None, **environment):
        """`plugins` is the directory of external ones; the variables are the server's."""
        self.plugins = plugins
        place = tempfile.mkdtemp(prefix="leasehold-openbao-")
        super().__init__(place, os.path.join(place, "vault-ca.pem"), release)
        self.root = "root-" + os.urandom(12).hex()
        self.launch("-dev", "-dev-tls", "-dev-tls-cert-dir=" + self.dir, "-dev-no-store-token",
                    "-dev-root-token-id=" + self.root, "-dev-listen-address=127.0.0.1:0",
                    "-config=" + self.write_config(),
                    *([] if plugins is None else ["-dev-plugin-dir=" + plugins]), **environment)
        try:
            port = self.wait_until(self.find_port, "server that has started")
        except BaseException:
            self.stop()
            raise
        self.address = f"https://127.0.0.1:{port}"

    def write_config(self):
        path = self.path("config.hcl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('audit "file" "log" {\n  options {\n    file_path = "%s"\n  }\n}\n'
                       % self.audit_log)
        return path

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
        said = self.said()
        if "server started!" not in said:
            return None
        inner = {int(port) for port in re.findall(r"listener_address=127\.0\.0\.1:(\d+)", said)}
        ports = self.listening() - inner
        return ports.pop() if len(ports) == 1 else None


def asked_for(line):
    return line["request"]["operation"], line["request"]["path"]


def is_operator(line):
    return "root" in (line.get("auth") or {}).get("policies", [])
