"""Starts and steers the stand-in API server from tests and scripts.

    with Standin() as api:
        api.fault("answer", path="/token$", status=503, times=2)
        …
        assert api.counters()["tokens-issued"] == 1

From a shell, with the "control" URL that the stand-in prints:

    client.py URL counters
    client.py URL fault '{"do": "latency", "seconds": 2, "path": "/token$"}'
    client.py URL clear
    client.py URL skew -600
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "standin.py")


class Switches:
    """The control port of a running stand-in."""

    def __init__(self, url):
        self._url = url
        # A proxy in the environment has no business with loopback.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def fault(self, do, **fields):
        """Adds a fault (see faults.py; "_" stands for "-" in field names); returns its number."""
        spec = {"do": do} | {key.replace("_", "-"): value for key, value in fields.items()}
        return self.add(spec)

    def add(self, spec):
        return self._call("POST", "faults", spec)["number"]

    def taken(self, number):
        """Whether the request that ends this fault (its `times`) has come; it may be under way."""
        return number not in [fault["number"] for fault in self._call("GET", "faults")["faults"]]

    def clear(self, number=None):
        self._call("DELETE", "faults" if number is None else f"faults/{number}")

    def counters(self):
        return self._call("GET", "counters")

    def skew(self, seconds):
        self._call("PUT", "clock", {"skew": seconds})

    def _call(self, method, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/{what}", data, method=method)
        try:
            with self._open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode()) from None


class Standin(Switches):
    """A stand-in of one's own, stopped at the end of the with block. What it printed is in
    `facts`, and each fact is an attribute: server, ca, kubeconfig, log, …"""

    def __init__(self):
        self._process = subprocess.Popen([sys.executable, PROGRAM], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(60)
            raise RuntimeError("the stand-in did not start; its stderr says why")
        self.facts = json.loads(line)
        super().__init__(self.facts["control"])

    @property
    def ca_data(self):
        """The server's CA as kubeconfigs and clients carry it."""
        with open(self.ca, "rb") as file:
            return base64.b64encode(file.read()).decode()

    def __getattr__(self, name):
        try:
            return self.__dict__["facts"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def requests(self):
        """The log: what was asked so far, oldest first."""
        with open(self.facts["log"], encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def token(self, user="admin"):
        with open(self.facts[f"{user}_token_file"], encoding="ascii") as file:
            return file.read().strip()

    def stop(self):
        """Ends it; its directory is gone afterwards in any case."""
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.facts["dir"], ignore_errors=True)


def main(url, what, *value):
    switches = Switches(url)
    if what == "fault":
        print(switches.add(json.loads(value[0])))
    elif what == "clear":
        switches.clear(*value)
    elif what == "counters":
        print(json.dumps(switches.counters()))
    elif what == "skew":
        switches.skew(float(value[0]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
