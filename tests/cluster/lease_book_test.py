"""Static and dynamic leases on a real kube-apiserver with its controllers, asked for by a service
account that holds the manifests of packaging/rbac and nothing else, and is confined by their
admission policy."""

import json
import os
import unittest

import yaml

from case import ClusterCase
from real_cluster import wait_for
from tests.packaging.own_root import OwnRoot
from tests.support.machine import SLACK, need_plain_programs
from tests.support.sandbox import PROGRAM

HERE = os.path.dirname(os.path.abspath(__file__))
RBAC = os.path.join(HERE, "..", "..", "packaging", "rbac")
OURS = "app.kubernetes.io/managed-by=leasehold"
KINDS = "secrets,serviceaccounts,roles,rolebindings"
REVOKED_WITHIN = 10 + SLACK  # seconds; the API server itself remembers for 10


class Book(ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for namespace in ("infisical", "stage", "prod"):  # the first is of its manifest
            cls.cluster.kubectl("create", "namespace", namespace)
        for namespace in ("ci", "stage"):
            cls.cluster.kubectl("create", "role", "reader", "--namespace", namespace,
                                "--verb=get,list", "--resource=configmaps")
        cls.cluster.kubectl("apply", "-f", os.path.join(RBAC, "requester.yaml"))
        cls.confine_requesters()

    @classmethod
    def confine_requesters(cls):
        """Applies admission-policy.yaml; answers when the API server has taken it up."""
        cls.cluster.kubectl("apply", "-f", os.path.join(RBAC, "admission-policy.yaml"))
        probe = ("create", "secret", "generic", "probe", "--namespace", "ci", "--dry-run=server",
                 "--as", "somebody", "--as-group", "leasehold-requesters", "--as-group",
                 "system:masters")

        def enforced():
            try:
                cls.cluster.kubectl(*probe)
            except AssertionError as refusal:
                return "leasehold-requesters" in str(refusal)
            return False
        wait_for(enforced, 30, "the admission policy's enforcement")

    def setUp(self):
        super().setUp()
        with open(self.cluster.facts["ca"], encoding="utf-8") as file:
            self.ca = self.box.write("ca.pem", file.read())
        self.rights = []
        self.addCleanup(self.take_rights)
        self.token_file = self.requester("leasehold-requester")

    def requester(self, name):
        token = self.cluster.kubectl("create", "token", name, "--namespace", "leasehold").strip()
        return self.box.write("token-of-" + name, token)

    def give_rights(self, *names):
        for name in names:
            path = os.path.join(RBAC, name + ".yaml")
            self.cluster.kubectl("apply", "-f", path)
            self.rights.append(path)

    def take_rights(self):
        self.cluster.kubectl("delete", KINDS, "--namespace", "ci", "-l", OURS)
        self.cluster.kubectl("delete", KINDS, "--namespace", "stage", "-l", OURS)
        self.cluster.kubectl("delete", "clusterroles,clusterrolebindings", "-l", OURS)
        for path in self.rights:
            self.cluster.kubectl("delete", "--ignore-not-found", "-f", path)

    def profile(self, name, *more, token_file=None):
        self.ok("profile", "add", name, "--server", self.cluster.server, "--certificate-authority",
                self.ca, "--requester-token-file", token_file or self.token_file,
                "--namespace", "ci", *more)

    def static(self, name="dev", *more, **options):
        self.profile(name, "--service-account", "deployer", *more, **options)

    def dynamic(self, name, *more):
        self.profile(name, "--credential", "dynamic", *more)

    def create(self, name, *more):
        return json.loads(self.ok("lease", "create", "--profile", name, "-o", "json", *more))

    def as_lease(self, lease, *arguments):
        """kubectl with the leased token."""
        return self.box.run(self.cluster.kubectl_path, "--kubeconfig", "/dev/null", "--server",
                            self.cluster.server, "--certificate-authority", self.ca, "--token",
                            lease["token"], *arguments)

    def may(self, lease, *arguments):
        # A binding is known to the authorizer a moment after it was made.
        wait_for(lambda: self.as_lease(lease, *arguments).returncode == 0, 60,
                 "what the role allows: " + " ".join(arguments))

    def may_not(self, lease, *arguments):
        result = self.as_lease(lease, *arguments)
        self.assertIn("Forbidden", result.stderr, result.stdout)

    def ours(self):
        text = self.cluster.kubectl("get", KINDS + ",clusterroles,clusterrolebindings",
                                    "--all-namespaces", "-l", OURS, "-o", "name")
        return sorted(text.split())

    def assert_ends(self, lease, what):
        """Prints how long the API server goes on taking the token; fails after REVOKED_WITHIN s."""
        def refused():
            result = self.as_lease(lease, "auth", "whoami")
            return result.returncode != 0 and "Unauthorized" in result.stderr
        took = wait_for(refused, REVOKED_WITHIN, "401 for a revoked %s token" % what)
        print("%s: 401 %.1f s after the revocation" % (what, took), flush=True)


class StaticLeases(Book):
    def test_a_revoked_static_token_gets_401(self):
        self.give_rights("static", "revocable")
        self.static()
        lease = self.create("dev")
        self.assertEqual(self.as_lease(lease, "auth", "whoami").returncode, 0)
        self.ok("lease", "revoke", lease["id"])
        self.assert_ends(lease, "static")

    def test_setup_and_kubectl_with_a_revocable_lease(self):
        self.give_rights("static", "revocable")
        self.ok("setup", "dev", "--server", self.cluster.server, "--certificate-authority", self.ca,
                "--requester-token-file", self.token_file, "--namespace", "ci",
                "--service-account", "deployer")
        result = self.box.run(self.cluster.kubectl_path, "auth", "whoami", "-o",
                              "jsonpath={.status.userInfo.username}")
        self.assertEqual(result.stdout, "system:serviceaccount:ci:deployer", result.stderr)
        [lease] = json.loads(self.ok("lease", "list", "-o", "json"))
        self.assertEqual((lease["state"], lease["cached"], lease["revocable"]),
                         ("active", "fresh", True))
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.ours(), [])

    def test_without_rights_on_secrets_a_lease_is_not_revocable(self):
        self.give_rights("static")
        self.static()
        result = self.box.leasehold("lease", "create", "--profile", "dev", "-o", "json")
        self.assertFalse(json.loads(result.stdout)["revocable"])
        self.assertIn("cannot be revoked", result.stderr)

    def test_renewed_tokens_end_with_their_lease(self):
        self.give_rights("static", "revocable")
        self.static()
        lease = self.create("dev")
        renewed = json.loads(self.ok("lease", "renew", lease["id"], "-o", "json"))
        self.assertEqual(self.as_lease(renewed, "auth", "whoami").returncode, 0)
        self.ok("lease", "revoke", lease["id"])
        self.assert_ends(lease, "renewed static (old)")
        self.assert_ends(renewed, "renewed static (new)")


class SelfHealing(Book):
    def test_kubectl_gets_over_a_revocation_behind_its_back(self):
        self.give_rights("static", "revocable")
        self.ok("setup", "dev", "--server", self.cluster.server, "--certificate-authority", self.ca,
                "--requester-token-file", self.token_file, "--namespace", "ci",
                "--service-account", "deployer")
        whoami = (self.cluster.kubectl_path, "auth", "whoami")
        self.assertEqual(self.box.run(*whoami).returncode, 0)
        token = json.loads(self.ok("credential", "--profile", "dev"))["status"]["token"]
        [secret] = [name for name in self.ours() if name.startswith("secret/")]
        self.cluster.kubectl("delete", secret, "--namespace", "ci")
        self.assert_ends({"token": token}, "static (behind our back)")
        first = self.box.run(*whoami)
        # Its second run has had the server asked behind it.
        took = wait_for(lambda: self.box.run(*whoami).returncode == 0, 5 + SLACK,
                        "another token for kubectl")
        print("first kubectl after the revocation: exit %d, one that works %.1f s later"
              % (first.returncode, took), flush=True)


class DynamicLeases(Book):
    def test_a_role_in_each_namespace_of_the_list(self):
        self.give_rights("dynamic-role")
        self.dynamic("dyn", "--namespace", "stage", "--role", "reader")
        for namespace, other in (("ci", "stage"), ("stage", "ci")):
            lease = self.create("dyn", "--namespace", namespace)
            self.may(lease, "get", "configmaps", "--namespace", namespace)
            self.may_not(lease, "get", "secrets", "--namespace", namespace)
            self.may_not(lease, "get", "configmaps", "--namespace", other)
        result = self.box.leasehold("lease", "create", "--profile", "dyn", "--namespace", "default")
        self.assertEqual(result.returncode, 4, result.stderr)

    def test_a_cluster_role_bound_in_the_namespace(self):
        self.give_rights("dynamic-role")
        self.dynamic("dyn", "--role-type", "cluster-role", "--role", "view", "--binding", "role")
        lease = self.create("dyn")
        self.may(lease, "get", "pods", "--namespace", "ci")
        self.may_not(lease, "get", "pods", "--namespace", "stage")
        self.may_not(lease, "get", "secrets", "--namespace", "ci")

    def test_a_cluster_role_bound_in_the_whole_cluster(self):
        self.give_rights("dynamic-cluster")
        self.dynamic("dyn", "--role-type", "cluster-role", "--role", "view", "--binding", "cluster")
        lease = self.create("dyn")
        self.may(lease, "get", "pods", "--all-namespaces")
        self.may_not(lease, "get", "nodes")

    def test_rules_of_the_profiles_own(self):
        self.give_rights("dynamic-role", "dynamic-rules")
        rules = self.box.write("rules.yaml", "- apiGroups: [\"\"]\n  resources: [configmaps]\n"
                               "  verbs: [get, list]\n")
        self.dynamic("dyn", "--rules-file", rules)
        lease = self.create("dyn")
        self.may(lease, "get", "configmaps", "--namespace", "ci")
        self.may_not(lease, "get", "pods", "--namespace", "ci")
        # What the requester does not hold it cannot grant, and nothing is left.
        wide = self.box.write("wide.yaml", "- apiGroups: [\"\"]\n  resources: [secrets]\n"
                              "  verbs: [get]\n")
        self.dynamic("wide", "--rules-file", wide)
        before = self.ours()
        result = self.box.leasehold("lease", "create", "--profile", "wide")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual(self.ours(), before)

    def test_a_role_that_may_not_be_bound(self):
        self.give_rights("dynamic-role")
        self.dynamic("dyn", "--role-type", "cluster-role", "--role", "cluster-admin")
        result = self.box.leasehold("lease", "create", "--profile", "dyn")
        self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
        self.assertEqual(self.ours(), [])

    def test_a_revoked_dynamic_token_gets_401(self):
        self.give_rights("dynamic-role")
        self.dynamic("dyn", "--role", "reader")
        lease = self.create("dyn")
        self.may(lease, "get", "configmaps", "--namespace", "ci")
        self.ok("lease", "revoke", lease["id"])
        self.assertEqual(self.ours(), [])
        self.assert_ends(lease, "dynamic")

    def test_the_collector_removes_what_the_owner_leaves(self):
        self.give_rights("dynamic-role", "dynamic-cluster")
        self.dynamic("dyn", "--role", "reader")
        self.dynamic("wide", "--role-type", "cluster-role", "--role", "view", "--binding",
                     "cluster")
        name = self.create("dyn")["id"]
        self.cluster.kubectl("delete", "serviceaccount", name, "--namespace", "ci")
        took = wait_for(lambda: not self.ours(), 60, "the collection of a RoleBinding")
        print("owner ServiceAccount deleted: all gone after %.1f s" % took, flush=True)
        name = self.create("wide")["id"]
        self.cluster.kubectl("delete", "clusterrolebinding", name)
        took = wait_for(lambda: not self.ours(), 60, "the collection of a ServiceAccount")
        print("owner ClusterRoleBinding deleted: all gone after %.1f s" % took, flush=True)


class Around(Book):
    def test_profile_check_prints_what_is_missing_and_that_is_enough(self):
        self.cluster.kubectl("create", "serviceaccount", "newcomer", "--namespace", "leasehold")
        token = self.requester("newcomer")
        self.static("dev", "--revocable", token_file=token)
        self.profile("dyn", "--credential", "dynamic", "--role", "reader", "--namespace", "stage",
                     token_file=token)
        for name in ("dev", "dyn"):
            result = self.box.leasehold("profile", "check", name, "-o", "json")
            self.assertEqual(result.returncode, 4, result.stdout)
            [step] = [one for one in json.loads(result.stdout) if one["check"] == "rbac"]
            manifest = step["hint"][step["hint"].index("apiVersion"):].replace(
                "name: leasehold-requester", "name: of-" + name)
            self.cluster.apply(manifest)  # roles, and what binds them to the newcomer
            wait_for(lambda one=name: self.box.leasehold("profile", "check", one).returncode == 0,
                     60, "a check that finds nothing missing")
            lease = self.create(name)
            self.ok("lease", "revoke", lease["id"])

    def test_two_people_on_one_cluster(self):
        self.give_rights("static", "revocable")
        self.static("ada")
        self.static("bob")
        ada, bob = self.create("ada"), self.create("bob")
        seen = [lease["id"] for lease in json.loads(
            self.ok("lease", "list", "--profile", "ada", "-o", "json"))]
        self.assertEqual(seen, [ada["id"]])
        everyone = json.loads(self.ok("lease", "list", "--profile", "ada", "--all-holders", "-o",
                                      "json"))
        self.assertIn(bob["id"], [lease["id"] for lease in everyone])
        # Whoever may not read the records sees nothing, whatever the flags.
        self.cluster.kubectl("create", "serviceaccount", "stranger", "--namespace", "leasehold")
        self.static("eve", token_file=self.requester("stranger"))
        result = self.box.leasehold("lease", "list", "--profile", "eve", "--all-holders")
        self.assertEqual(result.returncode, 4, result.stdout)
        result = self.box.leasehold("lease", "revoke", ada["id"], "--profile", "eve",
                                    "--all-holders")
        self.assertEqual(result.returncode, 4, result.stdout)
        self.assertEqual(self.as_lease(ada, "auth", "whoami").returncode, 0)

    def test_prune_with_the_clock_past_expiry(self):
        self.give_rights("static", "revocable", "dynamic-role")
        self.static()
        self.dynamic("dyn", "--role", "reader")
        self.create("dev")
        self.create("dyn")
        self.ok("lease", "prune")
        self.assertEqual(len(self.ours()), 3)
        result = self.box.run("faketime", "-f", "+3h", os.environ["LEASEHOLD_FULL"], "lease",
                              "prune")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.ours(), [])

    def test_prune_with_the_rights_of_the_cronjob(self):
        self.give_rights("static", "revocable", "prune-cronjob")
        self.static()
        self.static("prune", token_file=self.requester("leasehold-prune"))
        self.create("dev")
        prune = ("lease", "prune", "--profile", "prune", "--all-holders")
        self.ok(*prune)
        self.assertEqual(len(self.ours()), 1)
        result = self.box.run("faketime", "-f", "+3h", os.environ["LEASEHOLD_FULL"], *prune)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.ours(), [])
        # It leases nothing.
        result = self.box.leasehold("lease", "create", "--profile", "prune")
        self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)

    def test_the_cronjob_runs_as_it_is_shipped(self):
        """In the root directory of a pod, with nothing there but the programs."""
        need_plain_programs("the static program")
        self.give_rights("static", "revocable", "prune-cronjob")
        self.static()
        self.create("dev")
        with open(os.path.join(RBAC, "prune-cronjob.yaml"), encoding="utf-8") as file:
            job, = (one for one in yaml.safe_load_all(file) if one["kind"] == "CronJob")
        pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        own = OwnRoot(self.box.path("pod"), user=65532)
        own.need()
        own.install(PROGRAM, os.environ["LEASEHOLD_STATIC"])
        # As an emptyDir is.
        os.makedirs(own.root + "/config")
        os.chmod(own.root + "/config", 0o777)
        own.give_service_account(self.requester("leasehold-prune"), self.cluster.facts["ca"])
        for container in (*pod["initContainers"], *pod["containers"]):
            command = [word.replace("https://kubernetes.default.svc", self.cluster.facts["server"])
                       for word in container["command"]]
            variables = {one["name"]: one["value"] for one in container["env"]}
            host, port = self.cluster.facts["server"].removeprefix("https://").split(":")
            variables |= {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
            said = own.ok("/bin/" + command[0], *command[1:], environment=variables)
        self.assertEqual(said, "nothing has expired\n")
        self.assertEqual(len(self.ours()), 1)

    def test_our_audit_log_joins_with_the_servers(self):
        self.give_rights("static", "revocable")
        self.static()
        lease = self.create("dev")
        self.assertEqual(self.as_lease(lease, "auth", "whoami").returncode, 0)
        [line] = json.loads(self.ok("audit", "--event", "lease", "-o", "json"))
        credential = "JTI=" + line["jti"]
        used = [event for event in self.cluster.audit()
                if credential in event["user"].get("extra", {}).get(
                    "authentication.kubernetes.io/credential-id", [])]
        self.assertTrue(used, "no event of the server's audit log has " + credential)
        self.assertEqual({event["user"]["username"] for event in used}, {line["subject"]})
        # The server also says which token it issued, on the request that asked for it.
        issued = [event for event in self.cluster.audit() if event.get("annotations", {}).get(
            "authentication.kubernetes.io/issued-credential-id") == credential]
        self.assertEqual(len(issued), 1)

    def test_the_manifests_are_valid(self):
        for name in sorted(os.listdir(RBAC)):
            if name.endswith(".yaml"):
                self.cluster.kubectl("apply", "--dry-run=server", "-f", os.path.join(RBAC, name))


if __name__ == "__main__":
    unittest.main()
