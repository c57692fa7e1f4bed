"""A server that answers a first request and, in the place of a second answer, ends TLS 1.3 with an
alert of its choice, which no library would send by then: it makes that record itself."""

import ctypes
import ctypes.util
import hashlib
import hmac
import ssl
import struct

from tests.support.listener import Listener

SUITE = "TLS_AES_256_GCM_SHA384"
GET_TAG = 0x10  # EVP_CTRL_AEAD_GET_TAG
LIBCRYPTO = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
    getattr(LIBCRYPTO, name).restype = ctypes.c_void_p


def expand(secret, label, length):
    """HKDF-Expand-Label of RFC 8446, section 7.1, with no context; one block is enough."""
    label = b"tls13 " + label
    info = struct.pack(">HB", length, len(label)) + label + b"\0\1"
    return hmac.new(secret, info, hashlib.sha384).digest()[:length]


def seal(key, nonce, head, text):
    """AES-256-GCM."""
    context = ctypes.c_void_p(LIBCRYPTO.EVP_CIPHER_CTX_new())
    out, tag, count = (ctypes.create_string_buffer(len(text)), ctypes.create_string_buffer(16),
                       ctypes.c_int())
    cipher = ctypes.c_void_p(LIBCRYPTO.EVP_aes_256_gcm())
    done = [LIBCRYPTO.EVP_EncryptInit_ex(context, cipher, None, key, nonce),
            LIBCRYPTO.EVP_EncryptUpdate(context, None, ctypes.byref(count), head, len(head)),
            LIBCRYPTO.EVP_EncryptUpdate(context, out, ctypes.byref(count), text, len(text)),
            LIBCRYPTO.EVP_EncryptFinal_ex(context, None, ctypes.byref(count)),
            LIBCRYPTO.EVP_CIPHER_CTX_ctrl(context, GET_TAG, 16, tag)]
    LIBCRYPTO.EVP_CIPHER_CTX_free(context)
    if done != [1] * 5:
        raise AssertionError("libcrypto cannot make the record: %s" % done)
    return out.raw + tag.raw


def alert_record(secret, number, alert):
    """The server's record of this number with a fatal alert (RFC 8446, sections 5.2 and 5.3)."""
    text = bytes((2, alert, 21))
    head = struct.pack(">BHH", 23, 0x0303, len(text) + 16)
    nonce = int.from_bytes(expand(secret, b"iv", 12), "big") ^ number
    return head + seal(expand(secret, b"key", 32), nonce.to_bytes(12, "big"), head, text)


class LateAlertServer(Listener):
    """`context` gives no tickets and logs its keys to `key_log`."""

    def __init__(self, context, key_log, first_answer, alert):
        self.context, self.key_log = context, key_log
        self.first_answer, self.alert = first_answer, alert
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.num_tickets = 0
        context.keylog_filename = key_log
        self.requests = 0
        super().__init__()

    def secret(self):
        with open(self.key_log, encoding="ascii") as file:
            return next(bytes.fromhex(line.split()[2]) for line in file
                        if line.startswith("SERVER_TRAFFIC_SECRET_0 "))

    def handle(self, client):
        client.settimeout(30)
        # The socket stays ours beside the TLS on it.
        with client.dup() as plain, self.context.wrap_socket(client, server_side=True) as stream:
            if stream.cipher()[0] != SUITE:
                raise AssertionError("another suite: %s" % stream.cipher()[0])
            self.requests += bool(stream.recv(65536))
            stream.sendall(self.first_answer)
            self.requests += bool(stream.recv(65536))
            plain.sendall(alert_record(self.secret(), 1, self.alert))
