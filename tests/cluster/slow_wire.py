"""A wire that takes its time: a TCP proxy on loopback which delays what it passes on."""

import heapq
import selectors
import socket
import threading
import time


class SlowWire:
    """Passes connections on to an address, each byte `delay` seconds later in each direction."""

    def __init__(self, host, port, delay):
        self.target = (host, port)
        self.delay = delay
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(self.target)
        except OSError:
            client.close()
            return
        others = {client: server, server: client}
        due = []  # (when, number, where to, bytes; b"" for the end)
        number = 0
        selector = selectors.DefaultSelector()
        for one in others:
            selector.register(one, selectors.EVENT_READ)
        try:
            while selector.get_map() or due:
                wait = max(0, due[0][0] - time.monotonic()) if due else None
                ready = selector.select(wait) if selector.get_map() else time.sleep(wait) or []
                for key, _ in ready:
                    data = key.fileobj.recv(65536)
                    heapq.heappush(due, (time.monotonic() + self.delay, number,
                                         others[key.fileobj], data))
                    number += 1
                    if not data:
                        selector.unregister(key.fileobj)
                while due and due[0][0] <= time.monotonic():
                    _, _, to, data = heapq.heappop(due)
                    if data:
                        to.sendall(data)
                    else:
                        to.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one of the two is gone, as a network's ends may be
        finally:
            selector.close()
            client.close()
            server.close()
