"""What tests with a stand-in API server share."""

from tests.standin.client import Standin
from tests.support.sandbox_case import SandboxCase


class StandinCase(SandboxCase):
    """One server, `api`, serves the class; `admin` is its administrator's kubeconfig, as text."""

    @classmethod
    def setUpClass(cls):
        cls.api = Standin()
        cls.addClassCleanup(cls.api.stop)
        with open(cls.api.kubeconfig, encoding="utf-8") as file:
            cls.admin = file.read()
