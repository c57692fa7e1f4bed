"""The real kube-apiserver of this folder, for tests: started once, asked with the real kubectl."""

import base64
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# So that a test of this folder runs by itself, too; CTest sets PYTHONPATH.
sys.path.append(os.path.dirname(os.path.dirname(HERE)))


class RealCluster:
    """etcd, kube-apiserver and kube-controller-manager on loopback; use as a context manager."""

    def __init__(self, *arguments):
        """`arguments`: further ones of `leasehold-cluster up`."""
        built = subprocess.run([os.path.join(HERE, "build"), "--print-path"], capture_output=True,
                               text=True, check=False)
        if built.returncode != 0:
            raise RuntimeError("the real cluster is not built: run tests/cluster/build first\n" +
                               built.stderr)
        self.process = subprocess.Popen([built.stdout.strip(), "up", *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the real cluster did not start")
        self.facts = json.loads(line)
        with open(self.facts["ca"], "rb") as file:
            self.ca_data = base64.b64encode(file.read()).decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)

    @property
    def server(self):
        return self.facts["server"]

    @property
    def kubectl_path(self):
        return self.facts["kubectl"]

    def kubectl(self, *arguments, **options):
        """kubectl as the administrator; fails the test if kubectl does."""
        options.setdefault("timeout", 60)
        home = os.path.join(self.facts["dir"], "kubectl-home")
        os.makedirs(home, exist_ok=True)
        environment = {"HOME": home, "KUBECONFIG": self.facts["kubeconfig"],
                       "PATH": "/usr/bin:/bin"}
        result = subprocess.run([self.kubectl_path, *arguments], env=environment, text=True,
                                capture_output=True, check=False, **options)
        if result.returncode != 0:
            raise AssertionError("kubectl %s: %s" % (" ".join(arguments), result.stderr))
        return result.stdout

    def apply(self, manifest):
        return self.kubectl("apply", "-f", "-", input=manifest)

    def audit(self):
        """The events of the API server's audit log so far."""
        with open(self.facts["audit_log"], encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def token_requests(self, account="deployer", code=201):
        """How many TokenRequests for an account were answered with this status."""
        def is_one(event):
            what = event.get("objectRef", {})
            return (what.get("subresource") == "token" and what.get("name") == account
                    and event.get("responseStatus", {}).get("code") == code)
        return sum(1 for event in self.audit() if is_one(event))


def claims(token):
    """The claims of a JWT, unverified."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def wait_for(condition, seconds, what):
    """Waits until condition() is true; answers how long that took."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if condition():
            return time.monotonic() - begin
        time.sleep(0.1)
    raise AssertionError("%s did not happen within %s s" % (what, seconds))
