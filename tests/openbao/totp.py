"""The second factor of an OpenBao: TOTP (RFC 6238), and what an authenticator app would show."""

import base64
import hmac
import struct
import time
import urllib.parse

PERIOD = 30  # seconds that a code is the current one


class Authenticator:
    """Wants a code of its own for each login of the user at `auth/MOUNT`, from now on."""

    def __init__(self, bao, mount, user, password):
        known = bao.write(f"auth/{mount}/login/{user}", {"password": password})["auth"]
        method = bao.write("identity/mfa/method/totp",
                           {"issuer": "tests", "period": PERIOD, "digits": 6,
                            "algorithm": "SHA256"})["data"]["method_id"]
        made = bao.write("identity/mfa/method/totp/admin-generate",
                         {"method_id": method, "entity_id": known["entity_id"]})["data"]
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(made["url"]).query)
        self.key = base64.b32decode(query["secret"][0])
        bao.write(f"identity/mfa/login-enforcement/{mount}-{user}",
                  {"mfa_method_ids": [method], "identity_entity_ids": [known["entity_id"]]})

    def code(self, periods=0):
        """The code of now, or of some periods later."""
        count = struct.pack(">Q", int(time.time()) // PERIOD + periods)
        digest = hmac.digest(self.key, count, "sha256")
        at = digest[-1] & 15
        number = struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff
        return f"{number % 10**6:06}"

    def wrong(self):
        """One that is none of those which the server takes."""
        right = {self.code(periods) for periods in range(-2, 4)}
        return next(code for code in ("000000", "000001", *map(str, range(111111, 111120)))
                    if code not in right)
