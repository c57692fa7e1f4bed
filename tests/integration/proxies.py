"""Proxies for the tests: tinyproxy and microsocks from Debian, a TLS relay, and liars of our own."""

import os
import shutil
import socket
import ssl
import subprocess
import threading
import time

from tests.support.listener import Listener


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for_port(port, process):
    begin = time.monotonic()
    while time.monotonic() - begin < 20:
        if process.poll() is not None:
            raise AssertionError("%s ended" % process.args)
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("%s does not listen" % process.args)


class RealProxy:
    """A proxy program on a port of loopback."""

    def __init__(self, program, port, *arguments):
        path = shutil.which(program)
        if path is None:
            raise RuntimeError(program + " is not here: packaging/install-dependencies --for test")
        self.port = port
        self.process = subprocess.Popen([path, *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(port, self.process)

    def close(self):
        self.process.terminate()
        self.process.wait(20)


def tinyproxy(box, *lines):
    """tinyproxy; its log is `log` in the answer."""
    port = free_port()
    log = box.path("tinyproxy-%d.log" % port)
    config = box.write("tinyproxy-%d.conf" % port, "\n".join(
        ["Port %d" % port, "Listen 127.0.0.1", "Timeout 60", 'LogFile "%s"' % log,
         "LogLevel Connect", "MaxClients 20", *lines]) + "\n")
    proxy = RealProxy("tinyproxy", port, "-d", "-c", config)
    proxy.log = log
    return proxy


def microsocks(*arguments):
    port = free_port()
    return RealProxy("microsocks", port, "-i", "127.0.0.1", "-p", str(port), *arguments)


def pump(source, target, note=lambda data: None):
    try:
        while data := source.recv(65536):
            note(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def join(one, other, note=lambda data: None):
    """Carries bytes both ways until both have ended; `note` sees those that `one` sends."""
    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other, note)
    back.join(10)


class TlsRelay(Listener):
    """TLS in front of a proxy on a port, as stunnel does it: an HTTPS proxy."""

    def __init__(self, certificate, key, port):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.target = port
        super().__init__()

    def handle(self, client):
        # Python's SSLSocket must not be used by two threads at once: one thread, both ways.
        with self.context.wrap_socket(client, server_side=True) as tls, \
                socket.create_connection(("127.0.0.1", self.target)) as proxy:
            tls.settimeout(0.02)
            proxy.settimeout(0.02)
            idle = time.monotonic()
            while time.monotonic() - idle < 20:
                for source, target in ((tls, proxy), (proxy, tls)):
                    try:
                        data = source.recv(65536)
                    except TimeoutError:
                        continue
                    if not data:
                        return
                    idle = time.monotonic()
                    target.sendall(data)


class Connect(Listener):
    """An HTTP proxy that goes to `target`, whatever name it is asked for, and keeps what it sees."""

    def __init__(self, target, answer=b"HTTP/1.1 200 OK\r\n\r\n"):
        self.target, self.answer = target, answer
        self.requests, self.carried = [], b""
        super().__init__()

    def handle(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            data = client.recv(4096)
            if not data:
                return
            request += data
        self.requests.append(request)
        client.sendall(self.answer)
        with socket.create_connection(self.target) as server:
            join(client, server, self.note)

    def note(self, data):
        self.carried += data


class Script(Listener):
    """Sends each answer after it got something; at the end it hangs or hangs up."""

    def __init__(self, *answers, hang=False):
        self.answers, self.hang = answers, hang
        self.seen = []
        super().__init__()

    def handle(self, client):
        for answer in self.answers:
            data = client.recv(65536)
            if not data:
                return
            self.seen.append(data)
            client.sendall(answer)
        if self.hang:
            time.sleep(30)
        client.settimeout(1)
        if data := client.recv(65536):
            self.seen.append(data)


class Socks(Listener):
    """A SOCKS5 proxy that goes to `target` and keeps the destinations it was asked for."""

    def __init__(self, target):
        self.target = target
        self.destinations = []
        super().__init__()

    def handle(self, client):
        client.recv(512)
        client.sendall(b"\5\0")
        self.destinations.append(client.recv(512))
        client.sendall(b"\5\0\0\3\4name\0\1")
        with socket.create_connection(self.target) as server:
            join(client, server)


def certificate_for_proxy(authority):
    """A CA and a certificate for 127.0.0.1; answers their paths (CA, certificate, key)."""
    authority.make("proxy-ca", "/CN=proxy-ca", ["basicConstraints=critical,CA:TRUE"])
    authority.make("proxy", "/CN=proxy", ["subjectAltName=IP:127.0.0.1,DNS:localhost"], "proxy-ca")
    return tuple(os.path.join(authority.directory, name)
                 for name in ("proxy-ca.crt", "proxy.crt", "proxy.key"))
