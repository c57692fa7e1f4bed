#!/usr/bin/env python3
"""A server that behaves as Infisical does towards a client that leases Kubernetes tokens: HTTPS on a
free port of 127.0.0.1, everything in memory. The leases are made in a real Kubernetes API, whichever
the definitions name. For tests only.

Prints one line of JSON that says where things are, then serves until its parent dies, its standard
input (if that is a pipe) ends, or SIGTERM or SIGINT comes; then it removes its directory.
"""

import http.server
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "standin"))

import certificates  # noqa: E402
import clock  # noqa: E402
import faults  # noqa: E402
import instance  # noqa: E402
import journal  # noqa: E402
import server  # noqa: E402
import standin  # noqa: E402
import steering  # noqa: E402
import wire  # noqa: E402


def main():
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    standin.end_with_parent()
    os.umask(0o077)
    folder = tempfile.mkdtemp(prefix="leasehold-infisical-")
    try:
        print(json.dumps(start(folder)), flush=True)
        standin.watch_stdin(stop)
        stop.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # threads of hanging connections do not hold it up


def start(folder):
    """Starts the server and its control port; returns what is printed."""
    place = lambda name: os.path.join(folder, name)  # noqa: E731
    authority = certificates.Authority(folder)
    authority.issue("server", "/CN=infisical", place("server.pem"), place("server.key"))
    whole = instance.Instance(clock.Clock())
    whole.faults = faults.Faults()
    book = journal.Journal(place("requests.jsonl"), whole.world.canaries)
    context = server.tls_context(place("server.pem"), place("server.key"), place("ca.pem"))
    https = server.Server(context, whole, book, wire.Connection)
    threading.Thread(target=https.serve_forever, daemon=True).start()
    control = Control(steering.Steering(whole, book, authority))
    threading.Thread(target=control.serve_forever, daemon=True).start()
    return {"site": f"https://127.0.0.1:{https.server_port}", "ca": place("ca.pem"),
            "dir": folder, "log": place("requests.jsonl"), "control": control.url,
            "pid": os.getpid()}


class Control(http.server.ThreadingHTTPServer):
    """Plain HTTP on loopback, below a secret path: POST /<secret>/<command>."""

    daemon_threads = True

    def __init__(self, commands):
        super().__init__(("127.0.0.1", 0), _ControlHandler)
        self.commands = commands
        self.secret = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{self.server_port}/{self.secret}"


class _ControlHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, format, *arguments):
        pass

    def do_POST(self):
        _, secret, command = (self.path.split("/", 2) + ["", ""])[:3]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        code, answer = 404, {"error": "no such command"}
        if secret == self.server.secret:
            code, answer = steering.carry_out(self.server.commands, command, body or b"{}")
        data = json.dumps(answer).encode() + b"\n"
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    main()
