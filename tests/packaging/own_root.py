"""A directory as the root of programs, with /proc: as root, or as oneself in a namespace where one
is root."""

import os
import shutil
import subprocess

from tests.support.machine import left_out

MAPPED = [] if os.geteuid() == 0 else ["--map-root-user"]
ENTER = ["unshare", *MAPPED, "--mount", "--pid", "--fork", "--mount-proc={root}/proc",
         "chroot", "{user}", "{root}"]
SERVICE_ACCOUNT = "var/run/secrets/kubernetes.io/serviceaccount"


class OwnRoot:
    """`user` is the uid of the programs, where this is root; else they are whoever this is."""

    def __init__(self, root, user=0):
        self.root = root
        self.user = user if os.geteuid() == 0 else 0
        for directory in ("proc", "etc", "home", "dev/shm"):
            os.makedirs(os.path.join(root, directory), exist_ok=True)
        if not os.path.exists(os.path.join(root, "dev/null")):
            self.put("dev/null", "")

    def put(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600 if name.startswith("home") else 0o644)

    def install(self, front, full):
        for source, place in ((front, "bin/leasehold"), (full, "libexec/leasehold/leasehold")):
            path = os.path.join(self.root, place)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy(source, path)

    def give_service_account(self, token, authority):
        """What a pod finds of its account, from these files."""
        for name, source in (("token", token), ("ca.crt", authority)):
            with open(source, encoding="ascii") as file:
                self.put(os.path.join(SERVICE_ACCOUNT, name), file.read())

    def run(self, *command, environment=None):
        """A program of this root; its home is /home."""
        enter = [word.format(root=self.root, user="--userspec=%d:%d" % (self.user, self.user))
                 for word in ENTER]
        variables = {"HOME": "/home", "PATH": os.environ["PATH"], **(environment or {})}
        return subprocess.run([*enter, *command], env=variables, timeout=120, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def need(self):
        """Leaves the test out where such a root cannot be had. 127: chroot found no such program."""
        result = self.run("/nothing")
        if result.returncode != 127:
            left_out("no root directory of one's own here: " + result.stderr.strip())

    def ok(self, *command, environment=None):
        result = self.run(*command, environment=environment)
        if result.returncode != 0:
            raise AssertionError("%s: %d: %s" % (command, result.returncode, result.stderr))
        return result.stdout
