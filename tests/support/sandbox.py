"""A private place to run the real leasehold in: own HOME and XDG directories, nothing of the user's."""

import json
import os
import shutil
import subprocess
import tempfile

from tests.support import own_place

PROGRAM = os.environ.get("LEASEHOLD", "leasehold")

# Why the programs of this test share the user's kernel keyring and memory directories, or "". What
# other tests, a leasehold of the user's own and an earlier run have left is in them, too. A
# namespace that is not root's knows one user alone, so that / is nobody's and the file store refuses
# it: only who must enters that.
SHARED_WITH_USER = own_place.enter() if os.geteuid() == 0 else "this is not root"


class Sandbox:
    """Directories, environment and ways to run programs; use as a context manager."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="leasehold-sandbox-")
        self.runtime = os.path.join(self.home, "run")
        os.mkdir(self.runtime, 0o700)
        self.kubeconfig = os.path.join(self.home, "kubeconfig")
        self.environment = {
            "HOME": self.home,
            "XDG_RUNTIME_DIR": self.runtime,
            "KUBECONFIG": self.kubeconfig,
            "PATH": os.path.dirname(PROGRAM) + ":/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        # What the kernel keyring holds is not below HOME.
        subprocess.run([PROGRAM, "cache", "clear"], env=self.environment, capture_output=True,
                       timeout=120, check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    @staticmethod
    def as_called(arguments, environment):
        """A client's call comes from a client: what started this Python is not the sandbox's."""
        if "KUBERNETES_EXEC_INFO" in environment:
            return ("/bin/sh", "-c", '"$0" "$@"; exit $?', *arguments)
        return arguments

    def run(self, *arguments, **options):
        """Runs a program; answers a CompletedProcess with text output."""
        environment = dict(self.environment, **options.pop("environment", {}))
        arguments = self.as_called(arguments, environment)
        options.setdefault("timeout", 300)
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        return subprocess.run(arguments, env=environment, capture_output=True, text=True,
                              check=False, **options)

    def leasehold(self, *arguments, **options):
        return self.run(PROGRAM, *arguments, **options)

    def start(self, *arguments, **options):
        """Starts a program without waiting."""
        environment = dict(self.environment, **options.pop("environment", {}))
        arguments = self.as_called(arguments, environment)
        return subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                **options)

    def path(self, name):
        return os.path.join(self.home, name)

    def write(self, name, text, mode=0o600):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def lines(self, name):
        """How many the file has; 0 if there is none."""
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0

    def profile_path(self, name):
        return os.path.join(self.home, ".config/leasehold/profiles", name + ".yaml")


def exec_info(server=None, ca_data=None, api_version="v1", **cluster):
    """KUBERNETES_EXEC_INFO as client-go writes it."""
    spec = {"interactive": False}
    if server is not None:
        spec["cluster"] = {"server": server, **cluster}
        if ca_data is not None:
            spec["cluster"]["certificate-authority-data"] = ca_data
    return json.dumps({"kind": "ExecCredential",
                       "apiVersion": "client.authentication.k8s.io/" + api_version,
                       "spec": spec}, separators=(",", ":")) + "\n"
