"""A wire that takes its time: a TCP proxy on loopback which delays what it passes on."""

import heapq
import selectors
import socket
import time

from tests.support.listener import Listener


class SlowWire(Listener):
    """Passes connections on to an address, each byte `delay` seconds later in each direction."""

    def __init__(self, host, port, delay):
        self.target = (host, port)
        self.delay = delay
        super().__init__()

    def handle(self, client):
        with socket.create_connection(self.target) as server, selectors.DefaultSelector() as selector:
            self.pass_on(client, server, selector)

    def pass_on(self, client, server, selector):
        """Until both have ended, or one is gone, as a network's ends may be."""
        others = {client: server, server: client}
        due = []  # (when, number, where to, bytes; b"" for the end)
        number = 0
        for one in others:
            selector.register(one, selectors.EVENT_READ)
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
