"""Secrets that a test plants, and the places where they are looked for."""

import base64
import os
import re
import urllib.parse


def forms(text):
    """Every form in which a secret could be written down: as it is, escaped for a URL, in hex, and in
    base64 at each of the three offsets that it can have in a longer text."""
    raw = text.encode()
    found = {text, urllib.parse.quote(text, safe=""), raw.hex(), raw.hex().upper()}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        inner = coded[-(-offset * 4 // 3):-1]  # the ends hold bits of what stands beside it
        found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {form for form in found if len(form) >= 8}


class Canaries:
    """`add` a secret under a name; `seen` answers the names of those that a text holds."""

    def __init__(self):
        self._forms = {}

    def add(self, name, text):
        if len(text) < 12:
            raise ValueError(f"{name} is too short to be told from other text")
        for form in forms(text):
            self._forms[form.encode()] = name
        return text

    def names(self):
        return set(self._forms.values())

    def seen(self, data):
        data = data.encode() if isinstance(data, str) else data
        return {name for form, name in self._forms.items() if form in data}

    def seen_below(self, *places):
        """{path: names} of files below directories that hold any."""
        found = {}
        for place in places:
            for folder, _, names in os.walk(place):
                for path in (os.path.join(folder, name) for name in names):
                    try:
                        with open(path, "rb") as file:
                            seen = self.seen(file.read())
                    except OSError:
                        continue
                    if seen:
                        found[path] = seen
        return found


CALL = re.compile(r"^(\d+) +(\w+)\((.*)$")


class Trace:
    """What `strace -f -v` saw of a command: `runs` has (pid, program, arguments, environment) of
    every execve that worked, the last two as strace writes them; `calls` (pid, name, rest) of all."""

    FLAGS = ("strace", "-f", "-v", "-s", "131072", "-e",
             "trace=execve,connect,prctl,setrlimit,prlimit64,openat", "-e", "signal=none")

    def __init__(self, path):
        self.runs, self.calls = [], []
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = CALL.match(line)
                if not match:
                    continue
                self.calls.append(match.groups())
                if match[2] == "execve" and line.rstrip().endswith("= 0"):
                    program, _, rest = match[3].partition(", [")
                    arguments, _, environment = rest.rpartition('], [')
                    self.runs.append((match[1], program.strip('"'), arguments, environment))

    def connections(self):
        return [rest for _, name, rest in self.calls if name == "connect"]
