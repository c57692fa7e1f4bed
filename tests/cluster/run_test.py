"""leasehold exec, and leases without the plugin, with a real kubectl against a real kube-apiserver."""

import os
import shutil
import tempfile
import unittest

from case import AdminCase, SUBJECT, WHOAMI
from real_cluster import wait_for


class Run(AdminCase):
    def setUp(self):
        super().setUp()
        place = tempfile.mkdtemp(prefix="leasehold-test-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        self.box.environment["LEASEHOLD_RUNTIME_DIR"] = place
        self.place = place
        self.leases_nothing_yet = self.cluster.token_requests()

    def exec(self, *words, **options):
        """With the admin's context, for this run alone; nothing is stored."""
        return self.box.leasehold("exec", "--from-context", "admin", "--namespace", "ci",
                                  "--service-account", "deployer", *words, **options)

    def assert_nothing_is_left(self):
        self.assertEqual(os.listdir(os.path.join(self.place, "runs")), [])
        self.assertEqual(self.cluster.kubectl("get", "secrets", "--namespace", "ci", "-o", "name"),
                         "")

    def test_kubectl_is_the_service_account_by_one_lease(self):
        kubectl = " ".join((self.cluster.kubectl_path, *WHOAMI)).replace("{", "'{").replace(
            "}", "}'")
        result = self.exec("--", "sh", "-c", f"{kubectl} && {kubectl}")
        self.assertEqual((result.returncode, result.stdout), (0, SUBJECT * 2), result.stderr)
        self.assertEqual(self.cluster.token_requests() - self.leases_nothing_yet, 1)
        self.assert_nothing_is_left()

    def test_a_token_file_will_do(self):
        result = self.exec("--token-file", "--", self.cluster.kubectl_path, *WHOAMI)
        self.assertEqual((result.returncode, result.stdout), (0, SUBJECT), result.stderr)
        self.assert_nothing_is_left()

    def test_the_token_is_worth_nothing_afterwards(self):
        result = self.exec("--token-file", "--", "sh", "-c", 'cat "$LEASEHOLD_TOKEN_FILE"')
        token = result.stdout

        def is_refused():
            return self.box.run(self.cluster.kubectl_path, "--kubeconfig", "/dev/null", "--server",
                                self.cluster.server, "--certificate-authority",
                                self.cluster.facts["ca"], "--token", token,
                                *WHOAMI).returncode != 0
        wait_for(is_refused, 60, "the revocation")

    def test_a_dynamic_lease_goes_with_its_account(self):
        result = self.box.leasehold(
            "exec", "--from-context", "admin", "--namespace", "ci", "--credential", "dynamic",
            "--role-type", "cluster-role", "--role", "view", "--", self.cluster.kubectl_path,
            "get", "pods")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_nothing_is_left()
        accounts = self.cluster.kubectl("get", "serviceaccounts,rolebindings", "--namespace", "ci",
                                        "--selector", "app.kubernetes.io/managed-by=leasehold",
                                        "-o", "name")
        self.assertEqual(accounts, "")

    def test_a_kubeconfig_that_stands_for_itself(self):
        result = self.box.leasehold("profile", "add", "dev", "--from-context", "admin",
                                    "--namespace", "ci", "--service-account", "deployer")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = self.box.leasehold("lease", "create", "--profile", "dev", "-o", "kubeconfig").stdout
        alone = self.box.write("alone", text)
        result = self.box.run("env", "-i", self.cluster.kubectl_path, "--kubeconfig", alone,
                              *WHOAMI)
        self.assertEqual((result.returncode, result.stdout), (0, SUBJECT), result.stderr)
        self.assertEqual(self.box.leasehold("logout", "--profile", "dev").returncode, 0)


if __name__ == "__main__":
    unittest.main()
