"""A laptop over many days, its clocks moved: it works, sleeps, travels, changes networks, starts
anew. What its two clusters were asked, and what every call got, is counted."""

import base64
import collections
import json
import os
import random
import shutil
import socket
import ssl
import subprocess
import time

from tests.integration.proxies import join
from tests.standin.client import Standin
from tests.support.clocks import after_boot, by_clock
from tests.support.listener import Listener
from tests.support.objects import Objects
from tests.support.sandbox import PROGRAM, Sandbox, exec_info
from tests.support.scales import sizes

MINUTE, HOUR, DAY = 60, 3600, 86400
LIFE = HOUR
# The earliest renewal of a lease of the shorter of the two lives that are used here
# (cache/record/lifetime.cpp: half of what is left when a fifth of the life is).
SHORTER_LIFE = 50 * MINUTE
EARLIEST_RENEWAL = (SHORTER_LIFE - 60 - SHORTER_LIFE // 5) // 2
SOON = 2 * DAY
NETWORKS = {"good": 14, "through a proxy": 3, "nothing answers": 2, "no names": 2,
            "captive portal": 2, "a proxy that is gone": 1}
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
UPTIME = int(time.clock_gettime(time.CLOCK_BOOTTIME))


class Portal(Listener):
    """Where every name leads to in a hotel: another certificate, and a page."""

    def __init__(self, port, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        super().__init__(("127.0.0.2", port))

    def handle(self, client):
        with self.context.wrap_socket(client, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n"
                        b"Content-Length: 12\r\n\r\n<html>Hello\n")


class Proxy(Listener):
    """CONNECT to this machine, whatever the name."""

    def handle(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            if not (data := client.recv(4096)):
                return
            request += data
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        port = int(request.split()[1].rsplit(b":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as server:
            join(client, server)


class Cluster:
    """A stand-in API server by a name of its own, and a profile for it."""

    def __init__(self, box, name):
        self.api, self.name = Standin(), name
        self.port = int(self.api.server.rsplit(":", 1)[1])
        self.server = f"https://{name}.test:{self.port}"
        with open(self.api.kubeconfig, encoding="utf-8") as file:
            text = json.load(file)
        text["clusters"][0]["cluster"].update({"server": self.server,
                                               "tls-server-name": "localhost"})
        box.write(name + ".kubeconfig", json.dumps(text))
        self.objects = Objects(self.api.server, self.api.ca, self.api.token())
        self.portal = Portal(self.port, self.api.admin_cert, self.api.admin_key)
        self.info = exec_info(self.server, self.api.ca_data, **{"tls-server-name": "localhost"})
        self.signers, self.since, self.most = set(), None, 0

    def may_lease(self, moment):
        """Counts the most leases that calls at these moments can cost."""
        if self.since is None or moment - self.since >= EARLIEST_RENEWAL:
            self.since, self.most = moment, self.most + 1

    def stop(self):
        self.portal.close()
        self.api.stop()


class Laptop:
    """`moment` is the servers' time, in seconds from the start; the wall clock is off by `off`."""

    def __init__(self, seed=4711):
        self.chance = random.Random(seed)
        self.box = Sandbox()
        self.clusters = [Cluster(self.box, name) for name in ("work", "home")]
        self.proxy = Proxy()
        self.moment, self.off, self.zone, self.boots = 0, 0, ZONES[0], 0
        self.found, self.wrong = collections.Counter(), []
        self.least_left = LIFE
        self.reboot()
        for cluster in self.clusters:
            self.configure(cluster)

    def close(self):
        self.box.close()
        self.proxy.close()
        for cluster in self.clusters:
            cluster.stop()

    def configure(self, cluster, *more):
        name = cluster.name
        done = self.box.leasehold(
            "profile", "add", name, "--from-context", "admin", "--from-kubeconfig",
            self.box.path(name + ".kubeconfig"), "--namespace", "ci", "--deadline", "3s", "--force",
            *(("--credential", "dynamic", "--role", "reader") if name == "work" else
              ("--service-account", "deployer")), *more)
        self.check(done.returncode == 0, done.stderr)
        cluster.since = None

    def check(self, right, what):
        if not right:
            self.wrong.append(f"at {self.moment // HOUR} h: {what}")

    def reboot(self):
        """The kernel's keys and what lies in memory are gone, and the boot's clock begins anew."""
        self.boots += 1
        subprocess.run(["keyctl", "clear", "@u"], check=True)
        shutil.rmtree(self.box.runtime)
        os.mkdir(self.box.runtime, 0o700)
        self.booted = self.moment
        self.boot_id = self.box.write(
            "boot_id", f"6f1e2d3c-0000-4000-8000-{self.boots:012d}\n", 0o644)
        self.forget()

    def forget(self):
        for cluster in self.clusters:
            cluster.since = None

    def set_clock(self, off):
        """The wall clock is put right, or wrong: what was leased by the other may be of no use."""
        self.off = off
        self.forget()

    def join(self, network):
        """Names lead nowhere, to a machine that is off, to a portal, or where they should."""
        place = {"captive portal": "127.0.0.2", "nothing answers": "127.0.0.3"}.get(
            network, "127.0.0.1")
        names = "" if network == "no names" else " ".join(c.name + ".test" for c in self.clusters)
        hosts = self.box.write("hosts", f"127.0.0.1 localhost\n{place} {names}\n", 0o644)
        resolver = self.box.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1\n", 0o644)
        proxies = {"through a proxy": self.proxy.port, "a proxy that is gone": 1}
        port = proxies.get(network)
        self.variables = {"TZ": self.zone,
                          **({"HTTPS_PROXY": f"http://127.0.0.1:{port}"} if port else {})}
        self.network, self.binds = network, f"mount --bind {hosts} /etc/hosts && " \
            f"mount --bind {resolver} /etc/resolv.conf && exec \"$@\""

    def call(self, cluster):
        for one in self.clusters:
            one.api.skew(self.moment)
        realtime = self.moment + self.off
        boottime = self.moment - self.booted + (1 - UPTIME if self.boots > 1 else 0)
        argv = after_boot(self.boot_id, "sh", "-c", self.binds, "sh", *by_clock(
            realtime, boottime, PROGRAM, "credential", "--profile", cluster.name))
        before = cluster.api.counters()["tokens-issued"]
        done = self.box.run(*argv, environment={"KUBERNETES_EXEC_INFO": cluster.info,
                                                **self.variables})
        leased = cluster.api.counters()["tokens-issued"] - before
        cluster.may_lease(self.moment)
        self.found["calls"] += 1
        self.found["leases"] += leased
        if done.returncode == 0:
            self.found["with a lease" if leased else "hits"] += 1
            self.look_at(cluster, json.loads(done.stdout)["status"])
        else:
            self.found[f"failed with {done.returncode} ({self.network})"] += 1
            self.check(self.network not in ("good", "through a proxy"), done.stderr)
            self.check(done.stdout == "" and done.returncode in (5, 6), done.stderr)

    def look_at(self, cluster, status):
        head, claims, _ = status["token"].split(".")
        read = lambda part: json.loads(base64.urlsafe_b64decode(part + "=="))  # noqa: E731
        left = read(claims)["exp"] - (time.time() + self.moment)
        self.least_left = min(self.least_left, left)
        self.check(left > 0, "a token that has ended by its server's clock")
        cluster.signers.add(read(head)["kid"])
        self.check(len(cluster.signers) == 1, "a token of another cluster")

    def burst(self):
        cluster = self.chance.choices(self.clusters, (3, 1))[0]
        self.join(self.chance.choices(list(NETWORKS), NETWORKS.values())[0])
        for _ in range(self.chance.randint(2, 6)):
            self.moment += self.chance.randint(5, 4 * MINUTE)
            self.call(cluster)

    def day(self, number):
        """From nine to six; then it sleeps, or is switched off, until the next morning."""
        begin = self.moment
        if number % 5 == 1:
            self.set_clock(self.chance.choice((-7, -2, 3, 9)) * MINUTE)
        elif number % 5 == 3:
            self.set_clock(0)
            self.zone = self.chance.choice(ZONES)
        if number % 10 == 6:
            self.configure(self.clusters[0], "--ttl", f"{SHORTER_LIFE // MINUTE}m")
        while self.moment < begin + 9 * HOUR:
            self.burst()
            self.moment += self.chance.randint(20 * MINUTE, 2 * HOUR)
        self.moment = begin + (DAY if number % 7 != 4 else 3 * DAY)
        if self.chance.random() < 0.3:
            self.reboot()

    def end(self):
        """What is left when every lease has ended and been pruned."""
        self.join("good")
        left = sizes(self.box)
        self.box.leasehold("cache", "clear")
        for cluster in self.clusters:
            cluster.api.skew(self.moment + SOON)
            done = self.box.run("sh", "-c", self.binds, "sh", *by_clock(
                self.moment + SOON, 0, PROGRAM, "lease", "prune", "--profile", cluster.name))
            self.check(done.returncode == 0, done.stderr)
            self.check(cluster.objects.ours("ci", "default") == [], "prune leaves something")
            leased = cluster.api.counters()["tokens-issued"]
            self.check(leased <= cluster.most, f"{leased} leases, and at most {cluster.most}")
        return left
