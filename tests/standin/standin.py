#!/usr/bin/env python3
"""A small stand-in for a Kubernetes API server: HTTPS on a free port of 127.0.0.1, with enough of
the API for kubectl and for leasing service-account tokens. For tests and demonstrations only: it
keeps everything in memory and lets every known user do everything.

Prints one line of JSON that says where things are, then serves until its parent dies, its standard
input (if that is a pipe) ends, or SIGTERM or SIGINT comes; then it removes its directory.
"""

import argparse
import base64
import ctypes
import dataclasses
import json
import os
import secrets
import shutil
import signal
import stat
import sys
import tempfile
import threading

import api
import certificates
import clock
import control
import faults
import log
import objects
import resources
import server
import tokens

ISSUER = "https://kubernetes.default.svc.cluster.local"
ADMIN = tokens.User("kubernetes-admin", ("system:masters", "system:authenticated"))
ALICE = tokens.User("alice", ("system:authenticated",))


@dataclasses.dataclass
class Cluster:
    """What the two servers share."""

    clock: clock.Clock
    objects: objects.Objects
    office: tokens.TokenOffice
    faults: faults.Faults
    api: object = None


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dir", help="where to make the private directory")
    options = arguments.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    end_with_parent()
    os.umask(0o077)
    folder = tempfile.mkdtemp(prefix="leasehold-standin-", dir=options.dir)
    try:
        print(json.dumps(start(folder)), flush=True)
        watch_stdin(stop)
        stop.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # threads of hanging connections do not hold it up


def start(folder):
    """Starts both servers; returns what is printed."""
    place = lambda name: os.path.join(folder, name)  # noqa: E731
    make_certificates(folder, place)
    cluster = make_cluster()
    journal = log.Log(place("requests.jsonl"))
    context = server.tls_context(place("server.pem"), place("server.key"), place("ca.pem"))
    https = server.Server(context, cluster, journal)
    address = f"127.0.0.1:{https.server_port}"
    cluster.api = api.Api(cluster.objects, cluster.office, cluster.faults, cluster.clock, address)
    switches = control.ControlServer(cluster, journal, secrets.token_hex(16))
    switches.start()
    threading.Thread(target=https.serve_forever, daemon=True).start()
    for name, user in (("admin", ADMIN), ("alice", ALICE)):
        token = f"kubeconfig-u-{name}:{secrets.token_urlsafe(24)}"  # as Rancher's, with a colon
        cluster.office.add_static(token, user)
        write(place(f"{name}.token"), token + "\n")
    write_kubeconfig(place, f"https://{address}")
    return {
        "server": f"https://{address}", "dir": folder, "ca": place("ca.pem"),
        "kubeconfig": place("kubeconfig"), "issuer": ISSUER,
        "admin_token_file": place("admin.token"), "alice_token_file": place("alice.token"),
        "admin_cert": place("admin.pem"), "admin_key": place("admin.key"),
        "expired_cert": place("expired.pem"), "expired_key": place("expired.key"),
        "other_ca": place("other/ca.pem"), "log": place("requests.jsonl"),
        "control": switches.url, "pid": os.getpid(),
    }


def make_certificates(folder, place):
    authority = certificates.Authority(folder)
    authority.issue("server", "/CN=stand-in", place("server.pem"), place("server.key"))
    admin = f"/O=system:masters/CN={ADMIN.name}"
    authority.issue("client", admin, place("admin.pem"), place("admin.key"))
    authority.issue("client", admin, place("expired.pem"), place("expired.key"),
                    end="20210101000000Z")
    os.mkdir(place("other"))
    certificates.Authority(place("other"))  # one that has signed nothing here
    shutil.rmtree(place("other/authority"))


def make_cluster():
    """Namespaces default, kube-system and ci; the account ci/deployer; roles to bind; a few
    pods."""
    time = clock.Clock()
    store = objects.Objects(time)
    kind = lambda plural: resources.find("", plural)  # noqa: E731
    for name in ("default", "kube-system", "ci"):
        store.create(kind("namespaces"), "", {"metadata": {"name": name}})
    store.create(kind("serviceaccounts"), "ci", {"metadata": {"name": "deployer"}})
    roles = resources.find(resources.RBAC, "roles")
    for namespace in ("default", "ci"):
        for name in ("reader", "view", "r"):
            store.create(roles, namespace, {"metadata": {"name": name}})
    store.create(resources.find(resources.RBAC, "clusterroles"), "", {"metadata": {"name": "view"}})
    for namespace, name in (("default", "web-0"), ("ci", "runner-0"), ("ci", "runner-1")):
        store.create(kind("pods"), namespace, {
            "metadata": {"name": name}, "status": {"phase": "Running"},
            "spec": {"serviceAccountName": "default",
                     "containers": [{"name": "main", "image": "example.invalid/main:1"}]}})
    return Cluster(time, store, tokens.TokenOffice(store, time, ISSUER), faults.Faults())


def write_kubeconfig(place, address):
    """Contexts admin (token), admin-certificate and alice (no admin)."""
    users = {
        "admin": {"token": read(place("admin.token")).strip()},
        "admin-certificate": {"client-certificate-data": data(place("admin.pem")),
                              "client-key-data": data(place("admin.key"))},
        "alice": {"token": read(place("alice.token")).strip()},
    }
    write(place("kubeconfig"), json.dumps({
        "apiVersion": "v1", "kind": "Config", "preferences": {}, "current-context": "admin",
        "clusters": [{"name": "standin", "cluster": {
            "server": address, "certificate-authority-data": data(place("ca.pem"))}}],
        "users": [{"name": name, "user": user} for name, user in users.items()],
        "contexts": [{"name": name, "context": {"cluster": "standin", "user": name}}
                     for name in users],
    }, indent=2) + "\n")


def end_with_parent():
    parent = os.getppid()
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")


def watch_stdin(stop):
    """A pipe or socket that ends means: stop. Anything else (/dev/null, a terminal) means nothing."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def wait():
        while os.read(0, 4096):
            pass
        stop.set()
    threading.Thread(target=wait, daemon=True).start()


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def data(path):
    return base64.b64encode(read(path).encode()).decode()


if __name__ == "__main__":
    main()
