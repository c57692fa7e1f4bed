"""What holds for every client that is a command: one process a call (README.md)."""

import install
from case import PATIENCE, ClientCase, wait_for
from program_case import UNBOUND, V1BETA1
from tests.support.machine import left_out

MODES = "IfAvailable", "Never"


class Installed(ClientCase):
    """A subclass says how its `program` (an argv) is installed; what cannot be had is left out."""

    program = None

    @classmethod
    def setUpClass(cls):
        try:
            cls.program = cls.install()
        except install.CannotInstall as trouble:
            left_out(str(trouble))
        super().setUpClass()


class Command(Installed):
    """A subclass says which `words` make it ask the cluster."""

    words = ()
    entry = ()                  # flags of its kubeconfig entry
    versions = "v1", "v1beta1"
    crowd = 20
    refusal = "nauthorized"     # what it says of a 401
    knows_always = True         # and refuses it where there is no terminal
    role = None                 # what more its account may do in the namespace

    @classmethod
    def install(cls):
        return [cls.cluster.kubectl_path]

    def version(self):
        return self.cluster.facts["version"].lstrip("v")

    def setUp(self):
        super().setUp()
        if self.role:
            self.cluster.kubectl("create", "rolebinding", self.account + "-too", "--namespace",
                                 "ci", "--clusterrole", self.role,
                                 f"--serviceaccount=ci:{self.account}")

    def setup(self, *more, requester=()):
        super().setup(*(more or self.entry), requester=requester)

    def call(self, *words, **options):
        return self.box.run(*self.program, *(words or self.words), **options)

    def good(self, *words, **options):
        result = self.call(*words, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_cold_then_hits(self):
        self.setup()
        for runs, tokens in ((1, 1), (2, 1)):
            self.good()
            self.assertEqual((self.runs(), self.token_requests()), (runs, tokens))

    def test_cold_in_parallel(self):
        self.setup()
        started = [self.box.start(*self.program, *self.words) for _ in range(self.crowd)]
        for one in started:
            _, said = one.communicate(timeout=PATIENCE)
            self.assertEqual(one.returncode, 0, said)
        self.assertEqual((self.runs(), self.token_requests()), (self.crowd, 1))
        self.saw("version", self.version())
        self.saw("runs", "1 a command")
        self.saw("end", "a process a call")

    def test_revoked(self):
        self.setup()
        self.good()
        self.revoke()
        result = self.call()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(self.refusal, result.stdout + result.stderr)
        wait_for(lambda: self.reviews() > 0, PATIENCE, "a check behind the second run")
        self.until(lambda: self.call().returncode == 0, PATIENCE, "a token that is good")
        self.assertEqual((self.token_requests(), self.reviews()), (2, 1))
        self.saw("after_401", "one command fails")

    def test_a_failing_plugin_is_named_with_its_hint(self):
        self.setup(requester=("--requester-token-file", self.box.write("bad", "no.such.token")))
        result = self.call()
        self.assertEqual((result.returncode, self.token_requests()), (1, 0))
        said = result.stdout + result.stderr
        self.assertRegex(said, r"(?m)^leasehold: error: .*\nhint: ")
        self.assertIn("exit code 4", said)

    def test_both_versions_all_modes_with_and_without_cluster_info(self):
        self.setup(requester=UNBOUND)
        for version in self.versions:
            self.ok("kubeconfig", "add", "dev", "--exec-api-version", version)
            self.rewrite(r"(command: )\S+", r"\g<1>" + self.wrapper)
            for mode in MODES:
                self.rewrite(r"interactiveMode: \w+", "interactiveMode: " + mode)
                for info in "false", "true":
                    self.rewrite(r"provideClusterInfo: \w+", "provideClusterInfo: " + info)
                    self.good()
        self.assertEqual(self.token_requests(), 1)
        self.saw("versions", "both" if len(self.versions) > 1 else self.versions[0])
        if self.knows_always:
            self.rewrite(r"interactiveMode: \w+", "interactiveMode: Always")
            result = self.call()
            self.assertIn("standard input", result.stdout + result.stderr)


class Kubectl(Command):
    name = "kubectl"
    words = "get", "configmaps", "--namespace", "ci"
    refusal = "must be logged in"


class OldKubectl(Kubectl):
    """One that knows only v1beta1."""

    name = "kubectl of Debian 12"
    entry = V1BETA1
    versions = ("v1beta1",)
    knows_always = False
    install = staticmethod(lambda: [install.old_kubectl()])

    def version(self):
        return install.OLD_KUBECTL

    def test_it_refuses_v1_by_itself(self):
        super(Command, self).setup()
        self.assertRegex(self.call().stderr, "(?i)v1")
        self.assertEqual(self.runs(), 0)
