"""The log of requests: one JSON object a line, without any secret."""

import log

NAMES = ("connections", "failed-handshakes", "requests", "logins", "lease-requests", "leases-issued",
         "troubles")


class Journal(log.Log):
    def __init__(self, path, canaries):
        """`canaries` answers the secrets that are to be left out."""
        super().__init__(path)
        self._canaries = canaries

    def asked(self, connection, method, target, headers, fields, code, fault):
        path = target.partition("?")[0]
        creates = method == "POST" and path.startswith("/api/v1/dynamic-secrets/leases") and \
            not path.endswith("/renew")
        for secret in self._canaries():
            target = target.replace(secret, "[secret]")
        with self._lock:
            self._counters["requests"] += 1
            self._counters["logins"] += method == "POST" and path.endswith("/login")
            self._counters["lease-requests"] += creates
            self._counters["leases-issued"] += creates and code == 200 and fault != "answer"
            self._write({
                "connection": connection, "method": method, "path": target,
                "authorization": "Authorization" in headers,
                "user_agent": headers.get("User-Agent"),
                "content_type": headers.get("Content-Type"), "fields": fields, "status": code,
            } | ({"fault": fault} if fault else {}))

    def counters(self):
        with self._lock:
            return {name: self._counters[name] for name in NAMES}
