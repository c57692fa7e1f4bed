"""Which request goes where: HTTP method and path to a handler, with or without a session."""

import dataclasses
import json
import re

import refusals


@dataclasses.dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: object  # case-insensitive get()
    body: bytes
    address: str  # of the client
    certificate: dict = None  # that the client has shown, verified; as ssl.getpeercert() has it

    def content(self):
        """The JSON value of the body; None for none."""
        if not self.body:
            return None
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip()
        if kind != "application/json":
            raise refusals.Refusal(415, f"Unsupported Media Type: {kind or 'undefined'}",
                                   "FastifyError")
        try:
            return json.loads(self.body)
        except ValueError:
            raise refusals.bad_request("Body is not valid JSON") from None


class Router:
    def __init__(self, sessions):
        self._sessions = sessions
        self._routes = []

    def open(self, method, path, handler):
        """A route without a session; {name} in the path becomes an argument."""
        self._routes.append((method, _pattern(path), handler, False))

    def closed(self, method, path, handler):
        """A route for those who are logged in; the handler gets the Actor, too."""
        self._routes.append((method, _pattern(path), handler, True))

    def answer(self, request):
        """(status, body, headers)."""
        try:
            for method, pattern, handler, closed in self._routes:
                match = pattern.fullmatch(request.path)
                if match and method == request.method:
                    arguments = [request]
                    if closed:
                        header = request.headers.get("Authorization")
                        arguments.append(self._sessions.authenticate(header))
                    return 200, handler(*arguments, **match.groupdict()), {}
            raise refusals.Refusal(404, f"Route {request.method}:{request.path} not found",
                                   "Not Found")
        except refusals.Refusal as refusal:
            return refusal.code, refusal.body, refusal.headers


def _pattern(path):
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
