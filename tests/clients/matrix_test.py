"""Real clients of exec plugins, each of its own language, against the real API server, with a
kubeconfig that leasehold wrote (README.md)."""

import unittest

import command_case
import install
from case import PATIENCE, ClientCase
from program_case import Program


def setUpModule():
    ClientCase.start_cluster()


class ClientGo(Program, ClientCase):
    name = "client-go"
    pin = "go", "k8s.io/client-go"
    install = staticmethod(install.go)
    after_401 = ((0, 1, 1), 1)


class JavaScript(Program, ClientCase):
    name = "client-node (JavaScript)"
    pin = "node", "@kubernetes/client-node"
    install = staticmethod(install.node)
    runs_for = (1, 1, 1, 10, 20)


class Python(Program, ClientCase):
    name = "kubernetes (Python)"
    pin = "python", "kubernetes"
    install = staticmethod(install.python)
    runs_over_the_end = 3  # it asks before each call in the last five minutes
    goes_on_without = True


class Java(Program, ClientCase):
    name = "client-java"
    pin = "java", "client-java"
    install = staticmethod(install.java)
    runs_over_the_end = 1
    goes_on_without = True

    def test_revoked_in_one_process_that_refreshes(self):
        self.setup()
        client = self.start("3")
        self.good(client)
        self.revoke()
        self.until(lambda: client.calls()["ok"] == 1, PATIENCE, "a token that is good")
        self.assertEqual(self.token_requests(), 2)


class Kubectl(command_case.Kubectl):
    """The cluster's own release."""


class DebiansKubectl(command_case.OldKubectl):
    pass


if __name__ == "__main__":
    unittest.main(verbosity=2)
