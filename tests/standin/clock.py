"""The server's clock, which tests may put off."""

import datetime
import email.utils
import time


class Clock:
    def __init__(self):
        self.skew = 0.0

    def now(self):
        return time.time() + self.skew

    def http_date(self):
        return email.utils.formatdate(self.now(), usegmt=True)

    def stamp(self, seconds=None):
        """RFC 3339 in UTC, whole seconds, as the API server writes it."""
        moment = int(self.now() if seconds is None else seconds)
        return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%SZ")
