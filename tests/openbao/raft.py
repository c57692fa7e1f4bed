"""A cluster of real OpenBaos on loopback: nodes that share their storage by raft, one of them active."""

import json
import os
import shutil
import socket
import subprocess
import tempfile

from tests.openbao.server import Server

ALT_NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Node(Server):
    """One of them, sealed at first. It must be told its ports, since the others come to it there."""

    def __init__(self, place, name, certificate, key):
        port, inner = free_port(), free_port()
        super().__init__(os.path.join(place, name), certificate)
        os.makedirs(self.path("data"))
        self.address = f"https://127.0.0.1:{port}"
        with open(self.path("config.json"), "w", encoding="utf-8") as file:
            json.dump({
                "api_addr": self.address, "cluster_addr": f"https://127.0.0.1:{inner}",
                "listener": [{"tcp": {
                    "address": f"127.0.0.1:{port}", "cluster_address": f"127.0.0.1:{inner}",
                    "tls_cert_file": certificate, "tls_key_file": key}}],
                "storage": {"raft": {"path": self.path("data"), "node_id": name,
                                     "performance_multiplier": 1}},
                "audit": [{"type": "file", "path": "log",
                           "options": {"file_path": self.audit_log}}]}, file)
        self.start()

    def start(self):
        """Starts the process; a node that starts again is sealed."""
        self.launch("-config=" + self.path("config.json"))
        self.wait_until(self.health, "answer of a node")

    def health(self):
        """The status of sys/health: 200 active, 429 standby, 501 and 503 neither. None: nothing."""
        try:
            return self.call("GET", "sys/health")[0]
        except OSError:
            return None

    def unseal(self, key):
        self.write("sys/unseal", {"key": key})

    def kill(self):
        self.process.kill()
        self.process.wait()


class Raft:
    """Two nodes with one root token and one unseal key; the first is active."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="leasehold-raft-")
        self.nodes = []
        certificate, key = os.path.join(self.dir, "ca.pem"), os.path.join(self.dir, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "30", "-subj", "/CN=openbao", "-addext", ALT_NAMES],
                       check=True, capture_output=True)
        try:
            for name in ("node0", "node1"):
                self.nodes.append(Node(self.dir, name, certificate, key))
            self.first, self.second = self.nodes
            self.found()
            self.join()
        except BaseException:
            self.stop()
            raise

    def found(self):
        made = self.first.write("sys/init", {"secret_shares": 1, "secret_threshold": 1})
        [self.key] = made["keys"]
        for node in self.nodes:
            node.root = made["root_token"]
        self.first.unseal(self.key)
        self.first.wait_until(lambda: self.first.health() == 200, "active node")

    def join(self):
        with open(self.first.ca, encoding="ascii") as file:
            self.second.write("sys/storage/raft/join", {"leader_api_addr": self.first.address,
                                                        "leader_ca_cert": file.read()})
        self.second.unseal(self.key)
        self.second.wait_until(lambda: self.second.health() == 429, "standby")

    def stop(self):
        for node in self.nodes:
            node.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
