"""More clients of exec plugins, which packaging/test --clients runs: other languages and libraries,
and older versions (README.md)."""

import time
import unittest

import install
from case import RECHECK, ClientCase, Steered
from program_case import Program
from watching import Watching


def setUpModule():
    ClientCase.start_cluster()


class OldJavaScript(Program, ClientCase):
    name = "client-node (JavaScript), older"
    pin = "node-0.22", "@kubernetes/client-node"
    install = staticmethod(lambda: install.node("node-0.22"))
    more = ("ci",)


class Fabric8(Program, ClientCase):
    name = "fabric8 (Java), older"
    pin = "fabric8", "kubernetes-client"
    install = staticmethod(lambda: install.java("fabric8"))
    runs_over_the_end = 1
    after_401 = ((1, 1, 1), 1)
    goes_on_without = True


class NewFabric8(Fabric8):
    name = "fabric8 (Java)"
    pin = "fabric8-8", "kubernetes-client"
    install = staticmethod(lambda: install.java("fabric8-8", "fabric8"))


class ControllerRuntime(Program, ClientCase):
    name = "controller-runtime"
    pin = "manager", "sigs.k8s.io/controller-runtime"
    install = staticmethod(lambda: install.go("manager"))
    after_401 = ((0, 1, 1), 1)

    def start(self, *more, kind=Steered):
        argv = [*self.argv, "-kubeconfig", self.box.kubeconfig, *more, "dev"]
        client = kind(argv, dict(self.box.environment, **self.environment))
        self.addCleanup(client.end)
        return client

    def test_a_manager_over_a_rotation(self):
        self.box.write("ends", "4")
        self.setup()
        self.ok("credential", "--profile", "dev")
        time.sleep(RECHECK)  # so young a token is not suspected
        self.revoke()
        manager = self.start("-watch", kind=Watching)
        self.make("one")
        manager.wait("added", self.account + "-one")
        time.sleep(5)  # its token has ended; the watch that it began with goes on
        self.make("two")
        manager.wait("added", self.account + "-two")
        self.assertEqual(self.token_requests(), 2)


class KubeRs(Program, ClientCase):
    name = "kube-rs"
    pin = "rust", "kube"
    install = staticmethod(install.rust)
    runs_for = (3, 3, 3, 3, 3)  # for each client that is made, whatever its calls
    runs_over_the_end = 5  # it asks before each call in the last minute


class Kubeclient(Program, ClientCase):
    name = "kubeclient (Ruby)"
    install = staticmethod(install.ruby)
    runs_over_the_end = 1


if __name__ == "__main__":
    unittest.main(verbosity=2)
