"""HTTPS with one thread a connection: reads requests, finds out who asks, suffers the faults,
answers and keeps the log."""

import http.server
import json
import os
import socket
import ssl
import struct
import time
import urllib.parse
import uuid

import api
import status
import tokens

ANONYMOUS = tokens.User("system:anonymous", ("system:unauthenticated",))
LONGEST_BODY = 3 << 20  # the API server's limit
X509_V_FLAG_NO_CHECK_TIME = 0x200000


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, context, cluster, log, handler=None):
        """`handler` is Connection or a class derived from it."""
        super().__init__(("127.0.0.1", 0), handler or Connection)
        self._context = context
        self.cluster = cluster
        self.log = log

    def finish_request(self, request, client_address):
        """In the connection's thread, so that a slow handshake holds up nobody else."""
        number = self.log.connection()
        try:
            request.settimeout(60)
            secured = self._context.wrap_socket(request, server_side=True)
        except OSError as error:
            self.log.failed_handshake(number, error)
            return
        try:
            secured.settimeout(300)
            secured.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.RequestHandlerClass(secured, client_address, self, number)
        except OSError:
            pass  # the client is gone; that is its right
        finally:
            secured.close()

    def handle_error(self, request, client_address):
        self.log.trouble()


def tls_context(certificate, key, client_authority):
    """An expired client certificate gets through the handshake, to be answered with 401 as the
    real server does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= X509_V_FLAG_NO_CHECK_TIME
    context.set_alpn_protocols(["http/1.1"])
    return context


class Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, request, client_address, server, number):
        self.number = number
        super().__init__(request, client_address, server)

    def handle_one_request(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self._serve(self._read_body())

    def log_message(self, format, *arguments):
        """Nothing on stderr; the log has all there is."""

    def _read_body(self):
        if self.headers.get("Transfer-Encoding"):
            return self._read_chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LONGEST_BODY:
            self.close_connection = True
            return b""
        return self.rfile.read(length)

    def _read_chunks(self):
        """RFC 9112, 7.1; `kubectl create --raw -f -` sends its body so."""
        body = b""
        while True:
            size = int(self.rfile.readline(64).split(b";")[0], 16)
            if size == 0 or len(body) + size > LONGEST_BODY:
                break
            body += self.rfile.read(size)
            self.rfile.readline(3)
        while self.rfile.readline(65537).strip():
            pass
        self.close_connection = size != 0
        return body

    def _serve(self, body):
        cluster = self.server.cluster
        url = urllib.parse.urlsplit(self.path)
        query = {key: values[-1] for key, values in
                 urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
        user, refusal = self._who()
        faults = cluster.faults.take(self.command, url.path, user.name)
        time.sleep(faults.get("latency", {}).get("seconds", 0))
        if "hang" in faults:
            self._log(user, 0, "hang")
            self._hang()
        elif faults.get("reset", {}).get("when", "after") == "before" or \
                ("reset" in faults and "when" not in faults["reset"]):
            self._log(user, 0, "reset")
            self._reset()
        elif "answer" in faults:
            self._send(user, _canned(faults["answer"]), "answer")
        else:
            answer = refusal or cluster.api.answer(api.Request(
                self.command, url.path, query, self.headers, body, user, faults.get("token")))
            self._finish(user, answer, faults)

    def _finish(self, user, answer, faults):
        """The request has been carried out; what the client gets to see of it."""
        if "reset" in faults:
            self._log(user, answer.code, "reset")
            self._reset()
        elif "garbage" in faults:
            self._log(user, answer.code, "garbage")
            self.wfile.write(faults["garbage"].get("bytes", "\x16\x03 nonsense\n\n").encode())
            self.close_connection = True
        elif "hang-up" in faults:
            self._send_and_hang_up(user, answer)
        else:
            self._send(user, answer, "drop-body" if "drop-body" in faults else "")

    def _send_and_hang_up(self, user, answer):
        """In one packet: whoever has the answer can see that nothing follows."""
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        self._send(user, answer, "hang-up")
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        self.close_connection = True

    def _send(self, user, answer, fault):
        text = isinstance(answer.body, str)
        body = answer.body.encode() if text else json.dumps(answer.body).encode() + b"\n"
        kept = b"" if self.command == "HEAD" else body
        if fault == "drop-body":
            kept, self.close_connection = body[:len(body) // 2], True
        headers = self.own_headers() | {
            "Content-Type": "text/plain; charset=utf-8" if text else "application/json",
            "Date": self.server.cluster.clock.http_date(), "Content-Length": str(len(body)),
        } | answer.headers
        if self.close_connection:
            headers["Connection"] = "close"
        phrase = self.responses.get(answer.code, ("",))[0]
        lines = [f"HTTP/1.1 {answer.code} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        self._log(user, answer.code, fault)
        self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + kept)

    def own_headers(self):
        """What this server sends besides what HTTP asks for."""
        return {"Audit-Id": str(uuid.uuid4()), "Cache-Control": "no-cache, private"}

    def _log(self, user, code, fault):
        """Before the answer goes out, so that whoever has the answer can read the log."""
        self.server.log.request(self.number, self.command, self.path, user.name, code, fault)

    def _hang(self):
        self.request.settimeout(None)
        while self.rfile.read1(4096):
            pass
        self.close_connection = True

    def _reset(self):
        self.close_connection = True
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.request.detach())
        raise ConnectionResetError

    def _who(self):
        """The user, and the refusal to send if there is one."""
        try:
            user = self._authenticated()
            return (self._impersonated(user), None)
        except status.ApiError as error:
            return ANONYMOUS, api.Answer(error.code, error.body)

    def _authenticated(self):
        certificate = self.request.getpeercert()
        if certificate:
            return _certificate_user(certificate, self.server.cluster.clock.now())
        authorization = self.headers.get("Authorization")
        if not authorization:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        user = self.server.cluster.office.authenticate(token) if scheme == "Bearer" else None
        if user is None:
            raise status.unauthorized()
        return user

    def _impersonated(self, user):
        name = self.headers.get("Impersonate-User")
        if name is None:
            return user
        if not user.admin:
            raise status.ApiError(403, f'users "{name}" is forbidden: User "{user.name}" cannot '
                                  'impersonate resource "users" in API group "" at the cluster '
                                  'scope', details={"name": name, "kind": "users"})
        groups = self.headers.get_all("Impersonate-Group") or []
        return tokens.User(name, (*groups, "system:authenticated"))


def _certificate_user(certificate, now):
    if now > ssl.cert_time_to_seconds(certificate["notAfter"]):
        raise status.unauthorized()
    names = [pair for part in certificate["subject"] for pair in part]
    groups = [value for key, value in names if key == "organizationName"]
    return tokens.User(dict(names).get("commonName", ""), (*groups, "system:authenticated"))


def _canned(fault):
    code = fault.get("status", 500)
    if "body" in fault:
        return api.Answer(code, fault["body"], fault.get("headers", {}))
    body = status.status_object(code, fault.get("message", "as ordered"), fault.get("reason"),
                                fault.get("details"))
    return api.Answer(code, body, fault.get("headers", {}))
