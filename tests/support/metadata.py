"""A stand-in for the metadata services of machines and CI systems: plain HTTP on loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG = object()  # an answer that does not come


class Metadata:
    """Answers from the table `answers`: (method, path) to a text, None (404), HANG, a (status,
    text), or a function of the headers that gives one of them. `asked` has (method, path, headers)
    of each request."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = asked = []
        self._stopped = stopped = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format, *arguments):
                pass

            def serve(self):
                asked.append((self.command, self.path, dict(self.headers)))
                answer = answers.get((self.command, self.path.partition("?")[0]))
                answer = answer(self.headers) if callable(answer) else answer
                if answer is HANG:
                    stopped.wait()
                    return
                status, text = answer if isinstance(answer, tuple) else \
                    (404, "no") if answer is None else (200, answer)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_PUT = serve

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
