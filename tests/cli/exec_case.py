"""What the tests of wrapped exec plugins share: plugins as scripts that count their runs."""

import json
import os
import subprocess

from case import Case, PROGRAM, exec_info  # noqa: F401

VERSION = "client.authentication.k8s.io/v1"


def answer(token="a.token", version=VERSION, **status):
    if token is not None:
        status["token"] = token
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})


class ExecCase(Case):
    def plugin(self, body, name="tool"):
        """A plugin in PATH whose every run leaves a line in the file `runs`."""
        directory = self.box.path("bin")
        path = self.box.write("bin/" + name,
                              "#!/bin/sh\necho run >> %s\n%s\n" % (self.box.path("runs"), body),
                              0o755)
        if directory not in self.box.environment["PATH"]:
            self.box.environment["PATH"] = directory + ":" + self.box.environment["PATH"]
        return path

    def prints(self, text, name="tool"):
        """A plugin that prints this text, which tests may change."""
        self.box.write("answer", text)
        return self.plugin("cat " + self.box.path("answer"), name)

    def runs(self):
        return self.box.lines("runs")

    def wrapped(self, name="dev", *more, command="tool"):
        return self.ok("profile", "add", name, "--provider", "exec", "--server", self.api.server,
                       "--certificate-authority", self.api.ca, "--command", command, *more)

    def status(self, name="dev", **options):
        return self.credential(name, **options)["status"]

    def key_pair(self, days="1", subject="/O=dev/CN=ada"):
        """Certificate and key as PEM texts."""
        key, certificate = self.box.path("pair.key"), self.box.path("pair.crt")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-days", days,
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        texts = []
        for path in (certificate, key):
            with open(path, encoding="ascii") as file:
                texts.append(file.read())
        os.remove(key)
        return texts
