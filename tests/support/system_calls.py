"""Which system calls a program makes, and what becomes of it if one of them fails or is its last."""

import collections
import os
import re

from tests.support.machine import need_program

CALL = re.compile(r"(\d+) +(\w+)\(")


def calls_of(box, *command, **options):
    """Each call of the first process and its threads, in order: its name, and which of that name
    it is."""
    need_program("strace")
    trace = box.path("trace")
    box.run("strace", "-f", "-qq", "-o", trace, *command, **options)
    counts, found = collections.Counter(), {}
    with open(trace, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = CALL.match(line)
            if match:
                counts[match.groups()] += 1
                found[match.group(2), counts[match.groups()]] = True
    os.unlink(trace)
    return list(found)


def spoiled(box, call, how, *command, **options):
    """Runs a program in which that call has another end: `how` is signal=KILL or error=EIO."""
    name, count = call
    return box.run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + name, "-e",
                   f"inject={name}:{how}:when={count}", *command, **options)
