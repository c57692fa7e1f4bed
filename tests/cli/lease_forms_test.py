"""leasehold lease create -o ...: a lease for places where no plugin can run."""

import json
import re
import unittest

from lease_case import LeaseCase


class Forms(LeaseCase):
    def setUp(self):
        super().setUp()
        self.profile()

    def create_as(self, form, *more):
        result = self.leasehold("lease", "create", "--profile", "dev", "-o", form, *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        [lease] = self.ours()
        ident = lease.split("/")[1]
        self.assertRegex(result.stderr, r"^leasehold: lease " + ident + r" ends at 20\d\d-[^ ]*Z, "
                         "or by: leasehold lease revoke " + ident + "\n$")
        return result.stdout

    def test_token(self):
        self.assertRegex(self.create_as("token"), r"^[\w-]+\.[\w-]+\.[\w-]+\n$")

    def test_exec_credential(self):
        answer = json.loads(self.create_as("exec-credential"))
        self.assertEqual(answer["kind"], "ExecCredential")
        self.assertEqual(set(answer["status"]), {"token", "expirationTimestamp"})

    def test_env(self):
        text = self.create_as("env")
        names = ("KUBE_HOST", "KUBE_CLUSTER_CA_CERT_DATA", "K8S_AUTH_HOST", "KUBE_TOKEN",
                 "K8S_AUTH_API_KEY")
        shown = self.box.run("dash", "-c", 'eval "$0"; for name; do printf "%s\\0" "$(printenv '
                             '"$name")"; done', text, *names)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        host, ca, other_host, token, key = shown.stdout.split("\0")[:-1]
        with open(self.api.ca, encoding="ascii") as file:
            self.assertEqual(ca.strip(), file.read().strip())
        self.assertEqual((host, other_host), (self.api.server, self.api.server))
        self.assertEqual(token, key)
        self.assertTrue(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token))

    def test_kubeconfig(self):
        text = self.create_as("kubeconfig")
        path = self.box.write("alone", text)
        shown = self.box.run("kubectl", "--kubeconfig", path, "config", "view", "--raw", "-o", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        view = json.loads(shown.stdout)
        self.assertEqual(view["current-context"], "dev")
        self.assertEqual(view["contexts"][0]["context"]["namespace"], "ci")
        self.assertEqual(view["clusters"][0]["cluster"],
                         {"server": self.api.server,
                          "certificate-authority-data": self.api.ca_data})
        self.assertEqual(list(view["users"][0]["user"]), ["token"])

    def test_anything_else_is_refused_before_a_lease(self):
        message = self.fails(2, "lease", "create", "--profile", "dev", "-o", "xml")
        self.assertIn("table, json, yaml, token, exec-credential, kubeconfig or env", message)
        self.assertIn("not table, wide, name, json or yaml", self.fails(2, "lease", "list", "-o", "token"))
        self.assertEqual(self.ours(), [])

    def test_completion_knows_them(self):
        words = self.ok("__complete", "lease", "create", "-o", "k").splitlines()
        self.assertEqual(words[0], "kubeconfig")
        self.assertEqual(self.ok("__complete", "lease", "list", "-o", "k"), ":4\n")


if __name__ == "__main__":
    unittest.main()
