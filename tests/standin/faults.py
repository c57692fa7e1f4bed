"""What goes wrong on demand. A fault is a JSON object:

    {"do": …, "method": regex, "path": regex, "user": regex, "skip": N, "times": N, …}

`method` and `user` must match as a whole, `path` anywhere (without the query); all default to
everything. `skip` lets the first N matching requests pass, `times` ends it after N (default:
until cleared). `do` is one of

    latency      "seconds"
    answer       "status", "message", "reason", "details", "headers", or "body" (raw text): instead
                 of doing what was asked
    hang         neither answer nor close, until the client goes away
    reset        TCP reset, "when": "before" (default) or "after" what was asked has been done
    hang-up      do it, answer, and close the connection without having said so
    drop-body    do it, promise a body and close before its end
    garbage      do it, answer "bytes" (default: no HTTP at all)
    token        spoil issued tokens: "claims" (null removes one), "claims-from-now" (name: seconds),
                 "header", "token" (the whole text), "status" (fields of the answer's status),
                 "shorten-to" (seconds; with the Warning header of the real server)
    deny         403 for users who are no admins: "verb", "resource", "namespace", "name" are
                 regexes; for as long as it stands (SelfSubjectAccessReviews know of it, too)
"""

import dataclasses
import itertools
import re
import threading

KINDS = ("latency", "answer", "hang", "reset", "hang-up", "drop-body", "garbage", "token", "deny")


@dataclasses.dataclass
class _Fault:
    number: int
    spec: dict
    skip: int
    times: float

    def hits(self, method, path, user):
        spec = self.spec
        return (spec["do"] != "deny" and re.fullmatch(spec.get("method", ".*"), method)
                and re.search(spec.get("path", ""), path)
                and re.fullmatch(spec.get("user", ".*"), user))


class Faults:
    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults = []

    def add(self, spec):
        """Returns the fault's number; ValueError for one that makes no sense."""
        if not isinstance(spec, dict) or spec.get("do") not in KINDS:
            raise ValueError(f"\"do\" must be one of {', '.join(KINDS)}")
        for field in ("method", "path", "user", "verb", "resource", "namespace", "name"):
            try:
                re.compile(spec.get(field, ""))
            except re.error as error:
                raise ValueError(f"{field}: {error}") from None
        with self._lock:
            fault = _Fault(next(self._numbers), spec, spec.get("skip", 0),
                           spec.get("times", float("inf")))
            self._faults.append(fault)
            return fault.number

    def clear(self, number=None):
        with self._lock:
            self._faults = [fault for fault in self._faults
                            if number is not None and fault.number != number]

    def standing(self):
        with self._lock:
            return [{"number": fault.number} | fault.spec for fault in self._faults]

    def denials(self):
        with self._lock:
            return [fault.spec for fault in self._faults if fault.spec["do"] == "deny"]

    def take(self, method, path, user):
        """The faults that this request suffers, by kind; the first of each kind counts."""
        taken = {}
        with self._lock:
            for fault in self._faults:
                if not fault.hits(method, path, user):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                elif fault.times > 0 and fault.spec["do"] not in taken:
                    fault.times -= 1
                    taken[fault.spec["do"]] = fault.spec
            self._faults = [fault for fault in self._faults if fault.times > 0]
        return taken
