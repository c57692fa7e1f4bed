"""Wrong secrets in a row lock the way in for a while (contract, 1.1)."""

import dataclasses

import refusals

DEFAULTS = {"enabled": True, "threshold": 3, "duration": 300, "reset": 30}  # the last two: seconds


@dataclasses.dataclass
class _Count:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Lockout:
    def __init__(self, clock):
        self._clock = clock
        self._counts = {}

    def check(self, key):
        if self._counts.get(key, _Count()).until > self._clock.now():
            raise refusals.unauthorized("This identity auth method is temporarily locked, please "
                                        "try again later")

    def failed(self, key, settings):
        rules = DEFAULTS | settings
        if not rules["enabled"]:
            return
        count, now = self._counts.setdefault(key, _Count()), self._clock.now()
        count.failures = count.failures + 1 if now - count.last <= rules["reset"] else 1
        count.last = now
        if count.failures >= rules["threshold"]:
            self._counts[key] = _Count(until=now + rules["duration"])

    def passed(self, key):
        self._counts.pop(key, None)

    def clear(self):
        self._counts.clear()
