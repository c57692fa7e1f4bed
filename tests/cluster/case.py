"""What the tests of this folder share: a real API server with an account to lease."""

from real_cluster import RealCluster
from tests.support.sandbox_case import SandboxCase

SUBJECT = "system:serviceaccount:ci:deployer"
WHOAMI = ("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")


class ClusterCase(SandboxCase):
    """One real API server, `cluster`, serves the class."""

    namespaces = ("ci",)  # each with a service account `deployer`

    @classmethod
    def setUpClass(cls):
        cls.cluster = RealCluster()
        cls.addClassCleanup(cls.cluster.stop)
        for namespace in cls.namespaces:
            cls.make_namespace(namespace)

    @classmethod
    def make_namespace(cls, name):
        cls.cluster.kubectl("create", "namespace", name)
        cls.cluster.kubectl("create", "serviceaccount", "deployer", "--namespace", name)

    def kubectl(self, *arguments, **options):
        """The real kubectl as the test's user has it; answers a CompletedProcess."""
        return self.box.run(self.cluster.kubectl_path, *arguments, **options)

    def whoami(self):
        result = self.kubectl(*WHOAMI)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout


class AdminCase(ClusterCase):
    """Each home has the administrator's kubeconfig; its text is `admin`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.cluster.facts["kubeconfig"], encoding="utf-8") as file:
            cls.admin = file.read()

    def sandbox(self):
        box = super().sandbox()
        box.write("kubeconfig", self.admin)
        return box
