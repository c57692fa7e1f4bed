"""kubeconfig wrap | unwrap: the cache in front of plugins that a kubeconfig has already."""

import json
import os
import threading
import time
import unittest

from exec_case import PROGRAM, ExecCase, answer, exec_info
from tests.support.clocks import DUE, by_clock, need_clockwork
from tests.support.machine import need_program
from tests.support.sessions import wait_for

ENTRY = """apiVersion: v1
kind: Config
# mine
clusters:
  - name: prod
    cluster:
      server: {server}
      certificate-authority: {ca}
contexts:
  - name: arn:aws:eks:eu-west-1:1:cluster/Prod
    context: {{cluster: prod, user: prod-user, namespace: shop}}
  - name: admin
    context: {{cluster: prod, user: admin}}
users:
  - name: prod-user
    user:
      exec: # the plugin
        apiVersion: client.authentication.k8s.io/v1
        command: tool
        args: ["get-token", '--cluster=x']
        env:
          - name: TOOL_PROFILE
            value: prod
        interactiveMode: Never
  - name: admin
    user: {{token: x}}
current-context: admin
"""
CONTEXT = "arn:aws:eks:eu-west-1:1:cluster/Prod"
NAME = "arn-aws-eks-eu-west-1-1-cluster-prod"


class Wrapped(ExecCase):
    def setUp(self):
        super().setUp()
        self.prints(answer("from-the-plugin"))
        self.text = ENTRY.format(server=self.api.server, ca=self.api.ca)
        self.box.write("kubeconfig", self.text)

    def read(self):
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            return file.read()


class Wrapping(Wrapped):
    def test_in_and_out(self):
        shown = self.ok("kubeconfig", "wrap", CONTEXT)
        self.assertIn("-        command: tool", shown)
        self.assertIn("exec.command: " + self.box.path("bin/tool"), shown)
        wrapped = self.read()
        self.assertIn("credential", wrapped)
        self.assertIn("current-context: admin\n", wrapped)
        self.assertEqual(self.status(NAME)["token"], "from-the-plugin")
        again = self.leasehold("kubeconfig", "wrap", CONTEXT)
        self.assertEqual((again.returncode, self.read()), (0, wrapped))
        self.assertIn("wrapped already", again.stderr)
        self.ok("kubeconfig", "unwrap", CONTEXT)
        self.assertEqual(self.read(), self.text)
        self.assertIn("not wrapped", self.leasehold("kubeconfig", "unwrap", CONTEXT).stderr)

    def test_a_dry_run_writes_nothing(self):
        shown = self.ok("kubeconfig", "wrap", "--all", "--dry-run")
        self.assertIn("+", shown)
        self.assertEqual(self.read(), self.text)
        self.assertFalse(os.path.exists(self.box.profile_path(NAME)))

    def test_all_leaves_out_what_cannot_be(self):
        self.box.write("kubeconfig", self.text.replace("command: tool", "command: missing"))
        told = self.leasehold("kubeconfig", "wrap", "--all")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("left as it is", told.stderr)
        self.assertIn("missing", self.fails(3, "kubeconfig", "wrap", CONTEXT))

    def shared(self, **status):
        """The user is that of a second cluster, too; its plugin prints whom it is asked for."""
        text = self.text.replace("contexts:\n", "  - name: other\n    cluster: {server: "
                                 "\"https://other.example\"}\ncontexts:\n  - name: second\n"
                                 "    context: {cluster: other, user: prod-user}\n")
        text = text.replace("interactiveMode: Never", "interactiveMode: Never\n"
                            "        provideClusterInfo: true")
        self.box.write("kubeconfig", text)
        self.plugin("case \"$KUBERNETES_EXEC_INFO\" in *other.example*) for=other;; *) for=prod;; "
                    "esac\ncat <<END\n" + answer("for-$for", **status) + "\nEND")
        return text

    def told(self, *cluster, name=NAME):
        return self.status(name, environment={"KUBERNETES_EXEC_INFO": exec_info(*cluster)})["token"]

    def test_a_user_of_several_clusters_gets_each_its_own(self):
        text = self.shared()
        prod, other = (self.api.server, self.api.ca_data), ("https://other.example",)
        shown = self.ok("kubeconfig", "wrap", CONTEXT)
        self.assertIn("# for cluster https://other.example, of the same user: profile second", shown)
        for _ in range(3):
            self.assertEqual(self.told(*prod), "for-prod")
            self.assertEqual(self.told(*other), "for-other")
        self.assertEqual(self.runs(), 2)
        self.assertEqual(self.told(*other, name="second"), "for-other")
        self.assertEqual(self.runs(), 2)
        # A cluster that nobody is for, another authority, and a client that names none.
        for info in (exec_info("https://evil.example"), exec_info(other[0], self.api.ca_data),
                     exec_info(prod[0]), exec_info(), None):
            environment = {} if info is None else {"KUBERNETES_EXEC_INFO": info}
            self.fails(4, "credential", "--profile", NAME, environment=environment)
        # The other's profile decides as soon as it is changed, a hit or not.
        self.rewrite_profile("second", "https://other.example", "https://moved.example")
        self.fails(4, "credential", "--profile", NAME,
                   environment={"KUBERNETES_EXEC_INFO": exec_info(*other)})
        self.assertEqual(self.told(*prod), "for-prod")
        self.ok("kubeconfig", "unwrap", CONTEXT)
        self.assertEqual(self.read(), text)

    def test_the_context_that_is_named_comes_first(self):
        text = self.shared()
        self.ok("kubeconfig", "wrap", "second")
        self.assertIn("siblings", self.ok("profile", "show", "second"))
        self.assertEqual(self.told("https://other.example", name="second"), "for-other")
        self.assertEqual(self.told(self.api.server, self.api.ca_data, name="second"), "for-prod")
        self.ok("kubeconfig", "unwrap", "--all")
        self.assertEqual(self.read(), text)

    def test_a_siblings_token_is_renewed_behind(self):
        need_clockwork()
        self.shared(expirationTimestamp=time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                      time.gmtime(time.time() + 3600)))
        self.ok("kubeconfig", "wrap", CONTEXT)
        other = {"KUBERNETES_EXEC_INFO": exec_info("https://other.example")}
        self.assertEqual(self.told("https://other.example"), "for-other")
        self.assertEqual(self.runs(), 1)
        later = self.box.run(*by_clock(DUE, DUE, PROGRAM, "credential", "--profile", NAME),
                             environment=other)
        self.assertEqual(later.returncode, 0, later.stderr)
        self.assertTrue(wait_for(lambda: self.runs() == 2), "nothing renewed it behind")

    def test_a_sibling_does_not_go_unnoticed(self):
        self.shared()
        self.ok("kubeconfig", "wrap", "second")
        said = self.fails(3, "profile", "rename", NAME, "new")
        self.assertIn("profile second names %s among its siblings" % NAME, said)
        self.assertIn("leasehold profile edit second", said)
        self.assertEqual(self.told(self.api.server, self.api.ca_data, name="second"), "for-prod")
        removed = self.leasehold("profile", "remove", NAME)
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertIn("profile second still names %s among its siblings" % NAME, removed.stderr)

    def test_others_edit_meanwhile(self):
        self.ok("kubeconfig", "wrap", CONTEXT)
        edited = self.read().replace("user: {token: x}", "user: {token: y}")
        self.box.write("kubeconfig", edited + "# new\n")
        self.ok("kubeconfig", "unwrap", "--all")
        self.assertEqual(self.read(),
                         self.text.replace("user: {token: x}", "user: {token: y}") + "# new\n")

    def test_a_rewritten_entry_is_wrapped_again(self):
        self.ok("kubeconfig", "wrap", CONTEXT)
        other = self.text.replace("--cluster=x", "--cluster=y")
        self.box.write("kubeconfig", other)
        self.ok("kubeconfig", "wrap", CONTEXT)
        self.assertIn("--cluster=y", self.ok("profile", "show", NAME))
        self.ok("kubeconfig", "unwrap", CONTEXT)
        self.assertEqual(self.read(), other)

    def test_another_profile_of_the_name_stays(self):
        self.profile(NAME)
        self.assertIn("--profile", self.fails(3, "kubeconfig", "wrap", CONTEXT))
        self.ok("kubeconfig", "wrap", CONTEXT, "--profile", "shop", "--ttl", "2m")
        self.assertIn("2m", self.ok("profile", "show", "shop"))

    def test_a_profile_that_goes_is_told(self):
        self.ok("kubeconfig", "wrap", CONTEXT)
        gone = self.leasehold("profile", "remove", NAME)
        self.assertEqual(gone.returncode, 0, gone.stderr)
        self.assertIn("leasehold kubeconfig unwrap " + CONTEXT, gone.stderr)
        self.assertIn("is gone", self.ok("doctor", "--offline"))
        self.ok("kubeconfig", "unwrap", CONTEXT)
        self.assertEqual(self.read(), self.text)

    def test_doctor_names_them(self):
        report = json.loads(self.ok("doctor", "--offline", "-o", "json"))
        found = [step for step in report if "wrap" in step["hint"]]
        self.assertEqual(len(found), 1, report)
        self.assertIn(CONTEXT, found[0]["hint"])
        self.assertEqual(self.runs(), 0)
        self.assertRegex(self.ok("doctor", "--offline", "--measure-plugins"),
                         r"costs \d+ ms a call")
        self.assertEqual(self.runs(), 1)
        self.ok("kubeconfig", "wrap", CONTEXT)
        self.assertIn("is wrapped", self.ok("doctor", "--offline"))


class BesideKubectl(Wrapped):
    ROUNDS = int(os.environ.get("LEASEHOLD_TEST_ROUNDS", "10"))

    def setUp(self):
        need_program("kubectl", path=None)
        super().setUp()

    def kubectl(self, *arguments):
        return self.box.run("kubectl", *arguments)

    def test_rounds_beside_kubectl_config_set(self):
        """Neither loses what the other writes, and the plugin comes back."""
        self.kubectl("config", "set", "clusters.extra.server", "https://extra.example")
        stop = threading.Event()
        written = []

        def write():
            number = 0
            while not stop.is_set():
                name = "users.u%d.token" % number
                if self.kubectl("config", "set", name, str(number)).returncode == 0:
                    written.append("u%d" % number)
                    number += 1

        thread = threading.Thread(target=write)
        thread.start()
        try:
            for _ in range(self.ROUNDS):
                self.ok("kubeconfig", "wrap", CONTEXT)
                self.ok("kubeconfig", "unwrap", CONTEXT)
        finally:
            stop.set()
            thread.join()
        view = json.loads(self.kubectl("config", "view", "--raw", "-o", "json").stdout)
        users = {one["name"]: one["user"] for one in view["users"]}
        self.assertEqual(set(written) - set(users), set())
        self.assertEqual(users["prod-user"]["exec"]["command"], "tool")
        self.assertNotIn("extensions", users["prod-user"])

    def test_what_kubectl_makes_of_a_wrapped_file_unwraps(self):
        def canonical():
            self.kubectl("config", "set", "clusters.extra.server", "https://extra.example")
            return self.read()
        expected = canonical()
        self.box.write("kubeconfig", self.text)
        self.ok("kubeconfig", "wrap", CONTEXT)
        canonical()
        self.ok("kubeconfig", "unwrap", CONTEXT)
        # Once more, so that kubectl lays it out.
        self.kubectl("config", "set", "clusters.extra.server", "https://other.example")
        self.assertEqual(canonical(), expected)


if __name__ == "__main__":
    unittest.main()
