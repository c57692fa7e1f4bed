"""More clients in Python, which packaging/test --clients runs (README.md)."""

import unittest

import install
from case import ClientCase
from program_case import Program, SaysNoCluster, V1BETA1


def setUpModule():
    ClientCase.start_cluster()


class OldPython(SaysNoCluster, ClientCase):
    name = "kubernetes (Python), older"
    pin = "python-26.1", "kubernetes"
    install = staticmethod(lambda: install.python("python-26.1"))
    runs_over_the_end = 3
    goes_on_without = True


class Asyncio(SaysNoCluster, ClientCase):
    name = "kubernetes_asyncio (Python)"
    pin = "asyncio", "kubernetes_asyncio"
    install = staticmethod(install.python_of("asyncio"))
    runs_over_the_end = 1


class Kr8s(Program, ClientCase):
    name = "kr8s (Python)"
    pin = "kr8s", "kr8s"
    install = staticmethod(install.python_of("kr8s"))
    runs_over_the_end = 1
    after_401 = ((1, 1, 1), 1)


class Lightkube(Program, ClientCase):
    name = "lightkube (Python)"
    pin = "lightkube", "lightkube"
    install = staticmethod(install.python_of("lightkube"))
    entry = V1BETA1
    runs_for = (1, 1, 1, range(1, 11), range(1, 21))  # its threads do not wait for each other
    own_faults = "argument of type 'NoneType' is not iterable"  # nor where they ought to
    runs_over_the_end = 1
    after_401 = ((1, 1, 1), 1)


class Pykube(Program, ClientCase):
    name = "pykube-ng (Python)"
    pin = "pykube", "pykube-ng"
    install = staticmethod(install.python_of("pykube"))
    entry = V1BETA1
    runs_for = (1, 10, 100, 10, 100)
    after_401 = ((1, 1, 1), 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
