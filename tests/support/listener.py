"""A server of a test's own on loopback."""

import socket
import threading


class Listener:
    """Runs handle(connection) in a thread for each connection."""

    def __init__(self, address=("127.0.0.1", 0)):
        self.socket = socket.create_server(address)
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.guard, args=(client,), daemon=True).start()

    def guard(self, client):
        with client:
            try:
                self.handle(client)
            except OSError:
                pass  # it hung up

    @property
    def url(self):
        return "https://127.0.0.1:%d" % self.port

    def handle(self, client):
        raise NotImplementedError

    def close(self):
        self.socket.close()
