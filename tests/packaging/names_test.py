"""How the static program finds its servers' names, which its own C library looks up: by a second name
server behind one that is silent, where there is nothing but IPv6, and by its deadline."""

import json
import os
import socket
import threading
import unittest

from tests.packaging.name_server import enter_network, name_server
from tests.packaging.own_root import OwnRoot
from tests.standin.case import StandinCase
from tests.support.machine import left_out

FRONT = os.environ.get("LEASEHOLD", "leasehold")
STATIC = os.environ.get("LEASEHOLD_STATIC", "leasehold_static")
HERE = socket.inet_aton("127.0.0.1")
TIMED_OUT = 6


def setUpModule():  # unittest's name for it
    trouble = enter_network()
    if trouble:
        left_out("no network of one's own: " + trouble)


class Names(StandinCase):
    def setUp(self):
        super().setUp()
        self.own = OwnRoot(self.box.path("root"))
        self.own.install(FRONT, STATIC)
        self.own.need()
        self.own.put("etc/nsswitch.conf", "hosts: files dns\n")
        self.own.put("etc/hosts", "127.0.0.1 localhost\n")

    def add_profile(self, host, port=None, deadline="20s"):
        server = self.api.server.replace("127.0.0.1", host)
        if port is not None:
            server = "https://%s:%d" % (host, port)
        with open(self.api.ca, encoding="ascii") as file:
            self.own.put("home/ca", file.read())
        self.own.put("home/token", self.api.token())
        self.own.ok("/bin/leasehold", "profile", "add", "dev", "--server", server,
                    "--certificate-authority", "/home/ca", "--tls-server-name", "127.0.0.1",
                    "--requester-token-file", "/home/token", "--namespace", "ci",
                    "--service-account", "deployer", "--store", "none", "--deadline", deadline)

    def credential(self):
        return self.own.run("/bin/leasehold", "credential", "--profile", "dev")

    def leases(self):
        result = self.credential()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(json.loads(result.stdout)["status"]["token"])

    def name_servers(self, *addresses):
        self.own.put("etc/resolv.conf", "options timeout:1 attempts:2\n" +
                     "".join("nameserver %s\n" % address for address in addresses))

    def test_the_first_name_server_is_silent(self):
        self.add_profile("api.example")
        with name_server(1) as (silent, asked), \
                name_server(2, {("api.example", 1): HERE}) as (answering, _):
            self.name_servers(silent, answering)
            self.leases()
        self.assertIn("api.example", asked)

    def test_every_name_server_is_silent(self):
        self.add_profile("api.example", deadline="2s")
        with name_server(1) as (first, _), name_server(2) as (second, _):
            self.name_servers(first, second)
            result = self.credential()
        self.assertEqual(result.returncode, TIMED_OUT, result.stderr)
        self.assertIn("api.example", result.stderr)

    def test_only_ipv6(self):
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self.addCleanup(listener.close)
        try:
            listener.bind(("::1", 0))
        except OSError as error:
            left_out("no IPv6 here: %s" % error)
        listener.listen()
        port = int(self.api.server.rsplit(":", 1)[1])
        threading.Thread(target=pass_on, args=(listener, port), daemon=True).start()
        self.own.put("etc/hosts", "::1 six.example\n")
        self.add_profile("six.example", listener.getsockname()[1])
        self.leases()


def pass_on(listener, port):
    """Connections to the listener become ones to 127.0.0.1:port."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=copy, args=(source, sink), daemon=True).start()


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


if __name__ == "__main__":
    unittest.main()
