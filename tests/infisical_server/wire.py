"""HTTPS, as the stand-in API server does it, with the requests of an Infisical instance."""

import json
import time
import urllib.parse

import api
import refusals
import routes
import server


class Connection(server.Connection):
    def own_headers(self):
        return {"X-Content-Type-Options": "nosniff"}

    def _serve(self, body):
        instance = self.server.cluster
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self._fields = _fields(body)
        faults = instance.faults.take(self.command, url.path, "")
        time.sleep(faults.get("latency", {}).get("seconds", 0))
        if "hang" in faults:
            self._log(None, 0, "hang")
            self._hang()
        elif faults.get("reset", {"when": "after"}).get("when", "before") == "before":
            self._log(None, 0, "reset")
            self._reset()
        elif "answer" in faults:
            self._send(None, _canned(faults["answer"]), "answer")
        else:
            request = routes.Request(self.command, url.path, query, self.headers, body,
                                     self.client_address[0], self.connection.getpeercert())
            self._finish(None, self._answer(request), faults)

    def _answer(self, request):
        try:
            return api.Answer(*self.server.cluster.router.answer(request))
        except Exception:  # a fault of this server; the client sees what the original shows
            self.server.log.trouble()
            return api.Answer(500, refusals.internal().body)

    def _log(self, user, code, fault):
        self.server.log.asked(self.number, self.command, self.path, self.headers, self._fields,
                              code, fault)


def _fields(body):
    """Names of the body's fields, for the log; never their values."""
    try:
        value = json.loads(body)
    except ValueError:
        return []
    return sorted(value) if isinstance(value, dict) else []


def _canned(fault):
    code, headers = fault.get("status", 500), fault.get("headers", {})
    if "body" in fault:
        return api.Answer(code, fault["body"], headers)
    return api.Answer(code, refusals.body(code, fault.get("message", "as ordered"),
                                          fault.get("error"), fault.get("details")), headers)
