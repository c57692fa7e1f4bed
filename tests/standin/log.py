"""The log of requests, one JSON object a line, and what can be counted in it."""

import collections
import json
import re
import threading
import time
import traceback

TOKEN_PATH = re.compile(r"/api/v1/namespaces/[^/]+/serviceaccounts/[^/]+/token")


class Log:
    def __init__(self, path):
        self._lock = threading.Lock()
        self._file = open(path, "a", encoding="utf-8")  # pylint: disable=consider-using-with
        self._counters = collections.Counter()

    def connection(self):
        """A new one's number, from 1."""
        with self._lock:
            self._counters["connections"] += 1
            return self._counters["connections"]

    def request(self, connection, method, target, user, code, fault):
        path = target.partition("?")[0]
        with self._lock:
            self._counters["requests"] += 1
            if method == "POST" and TOKEN_PATH.fullmatch(path):
                self._counters["token-requests"] += 1
                self._counters["tokens-issued"] += code == 201 and fault != "answer"
            self._write({"connection": connection, "method": method, "path": target, "user": user,
                         "status": code} | ({"fault": fault} if fault else {}))

    def failed_handshake(self, connection, error):
        with self._lock:
            self._counters["failed-handshakes"] += 1
            self._write({"connection": connection, "handshake": str(error)})

    def trouble(self):
        """A fault of the stand-in itself."""
        with self._lock:
            self._counters["troubles"] += 1
            self._write({"trouble": traceback.format_exc()})

    def counters(self):
        names = ("connections", "failed-handshakes", "requests", "token-requests", "tokens-issued",
                 "troubles")
        with self._lock:
            return {name: self._counters[name] for name in names}

    def _write(self, entry):
        self._file.write(json.dumps({"time": round(time.time(), 6)} | entry) + "\n")
        self._file.flush()
