"""The switches: plain HTTP on loopback, below a secret path.

    POST   /faults      a fault (faults.py); answers {"number": N}
    GET    /faults      those that stand
    DELETE /faults[/N]  all, or one
    GET    /counters    connections, failed-handshakes, requests, token-requests, tokens-issued
    PUT    /clock       {"skew": seconds}: puts the server's clock off (Date, iat, exp)
"""

import http.server
import json
import threading


class ControlServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, cluster, log, secret):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cluster = cluster
        self.log = log
        self.secret = secret
        self.url = f"http://127.0.0.1:{self.server_port}/{secret}"

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, format, *arguments):
        pass

    def do_GET(self):
        self._dispatch()

    do_POST = do_PUT = do_DELETE = do_GET

    def _dispatch(self):
        _, secret, what, *number = self.path.split("/")[:4] + [""] * (2 - self.path.count("/"))
        try:
            if secret != self.server.secret:
                raise KeyError
            self._reply(200, self._carry_out(what, number))
        except KeyError:
            self._reply(404, {"error": "no such switch"})
        except (TypeError, ValueError) as error:
            self._reply(400, {"error": str(error)})

    def _carry_out(self, what, number):
        faults, clock = self.server.cluster.faults, self.server.cluster.clock
        switches = {
            ("POST", "faults"): lambda: {"number": faults.add(self._body())},
            ("GET", "faults"): lambda: {"faults": faults.standing()},
            ("DELETE", "faults"): lambda: faults.clear(int(number[0]) if number else None) or {},
            ("GET", "counters"): self.server.log.counters,
            ("PUT", "clock"): lambda: setattr(clock, "skew", float(self._body()["skew"])) or {},
        }
        return switches[(self.command, what)]()

    def _body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _reply(self, code, body):
        data = json.dumps(body).encode() + b"\n"
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
