"""Name servers for programs in a root of their own: one that answers for one name, and one that
never answers. They listen where name servers must, at port 53, in a network of this process."""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import threading

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def enter_network():
    """A network with nothing but loopback, for this process and its children; once, before any
    thread. Answers "" or why this machine has none."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return os.strerror(ctypes.get_errno())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    return ""


@contextlib.contextmanager
def name_server(number, answers=None):
    """Serves at an address of its number (1 to 9), which it gives, with the names asked for so far.
    `answers` is {(name, type): packed address}, and None never answers. Types are 1 (A), 28 (AAAA)."""
    address = "127.0.0.5%d" % number
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        asked = []
        threading.Thread(target=serve, args=(server, answers, asked), daemon=True).start()
        yield address, asked
        # The thread waits in recvfrom(), which closing the socket does not end.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (address, 53))


def serve(server, answers, asked):
    while True:
        query, client = server.recvfrom(4096)
        if not query:
            return
        name, kind, end = question(query)
        asked.append(name)
        if answers is not None:
            server.sendto(answer(query, end, answers.get((name, kind))), client)


def question(query):
    """The name asked for, the type, and where the question ends."""
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1:place + 1 + query[place]].decode("ascii"))
        place += 1 + query[place]
    return ".".join(labels), struct.unpack_from(">H", query, place + 1)[0], place + 5


def answer(query, end, address):
    """RFC 1035, 4.1: the question again and a record of it, or no record."""
    header = query[:2] + struct.pack(">HHHHH", 0x8180, 1, 0 if address is None else 1, 0, 0)
    record = b""
    if address is not None:
        kind = 28 if len(address) == 16 else 1
        record = struct.pack(">HHHIH", 0xc00c, kind, 1, 60, len(address)) + address
    return header + query[12:end] + record
