"""Lengths of time as the npm package ms (2.x) reads them, and the bounds Infisical sets.

A text that ms cannot read is no error: it becomes "undefined", and every comparison with that is
false (bug B4). So it is `UNREADABLE` here, not an exception.
"""

import re

UNREADABLE = object()
GRAMMAR = re.compile(
    r"(-?(?:\d+)?\.?\d+) *(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|"
    r"days?|d|weeks?|w|years?|yrs?|y)?", re.IGNORECASE | re.ASCII)
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
YEAR = 365.25 * DAY
# By the first letters of the unit; "m" that goes on with "s" or "il" is milliseconds.
UNITS = {"s": 1000, "m": MINUTE, "h": 60 * MINUTE, "d": DAY, "w": 7 * DAY, "y": YEAR}


def milliseconds(text):
    match = GRAMMAR.fullmatch(text) if len(text) <= 100 else None
    if not match:
        return UNREADABLE
    unit = (match[2] or "ms").lower()
    if unit.startswith(("ms", "mil")):
        return float(match[1])
    return float(match[1]) * UNITS[unit[0]]


def check(form, name, text, strict, too_short="TTL must be a greater than 1min"):
    """Adds the issues of a TTL to the form. `strict` refuses what ms cannot read."""
    if not text:
        return
    span = milliseconds(text)
    if span is UNREADABLE:
        if strict:
            form.issue(name, "custom", "TTL must be a valid duration")
    elif span < MINUTE:
        form.issue(name, "custom", too_short)
    elif span > 10 * YEAR:
        form.issue(name, "custom", "TTL must be less than 10 years")
