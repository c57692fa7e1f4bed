"""The main job against a real kube-apiserver with the real kubectl."""

import json
import os
import re
import subprocess
import unittest

from case import AdminCase, SUBJECT
from real_cluster import claims
from tests.support.machine import need_plain_programs
from tests.support.sandbox import PROGRAM, exec_info


class MainJob(AdminCase):
    def copy_of(self, fact, name):
        with open(self.cluster.facts[fact], encoding="utf-8") as file:
            return self.box.write(name, file.read())

    def setup_dev(self, *more, name="dev"):
        result = self.box.leasehold("setup", name, "--from-context", "admin", "--namespace", "ci",
                                    "--service-account", "deployer", *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def credential(self, name="dev", **options):
        return self.box.leasehold("credential", "--profile", name, **options)

    def test_two_commands_and_kubectl_is_the_service_account(self):
        self.setup_dev()
        leased = self.cluster.token_requests()
        self.assertEqual(self.whoami(), SUBJECT)
        self.assertEqual(self.whoami(), SUBJECT)
        self.assertEqual(self.cluster.token_requests(), leased,
                         "a kubectl command after setup leased again")

    def test_a_hit_opens_no_connection(self):
        need_plain_programs("system calls of a hit")
        self.setup_dev()
        self.assertEqual(self.whoami(), SUBJECT)
        trace = self.box.path("trace")
        info = self.exec_info_of_kubectl()
        result = self.box.run("strace", "-f", "-o", trace, PROGRAM, "credential", "--profile",
                              "dev", environment={"KUBERNETES_EXEC_INFO": info})
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(trace, encoding="utf-8") as file:
            calls = re.findall(r"^\d+ +(\w+)\(", file.read(), re.MULTILINE)
        for forbidden in ("socket", "connect", "clone", "clone3", "fork", "vfork", "flock"):
            self.assertNotIn(forbidden, calls, "a hit must not: see %s" % calls)
        self.assertEqual(calls.count("execve"), 1, "the full program was started on a hit")
        self.assertLessEqual(len(calls), 40, "too many system calls: %s" % calls)

    def exec_info_of_kubectl(self):
        """What kubectl really passes for the context dev."""
        probe = self.box.write("probe", "#!/bin/sh\nprintf %s \"$KUBERNETES_EXEC_INFO\" >" +
                               self.box.path("info") + "\nexec " + PROGRAM + " \"$@\"\n", 0o700)
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            text = file.read()
        other = self.box.write("other", re.sub(r"(command: )\S+", r"\g<1>" + probe, text))
        result = self.kubectl("--kubeconfig", other, "--context", "dev", "auth", "whoami")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.box.path("info"), encoding="utf-8") as file:
            return file.read()

    def test_the_token_is_what_the_profile_asked_for(self):
        self.setup_dev("--ttl", "20m", "--audience", "https://kubernetes.default.svc.cluster.local",
                       "--audience", "vault")
        answer = json.loads(self.credential().stdout)
        token = claims(answer["status"]["token"])
        self.assertEqual(token["sub"], SUBJECT)
        self.assertEqual(sorted(token["aud"]),
                         ["https://kubernetes.default.svc.cluster.local", "vault"])
        self.assertEqual(token["exp"] - token["iat"], 1200)

    def test_ttls_out_of_bounds_are_refused_with_a_hint(self):
        result = self.box.leasehold("setup", "short", "--from-context", "admin", "--namespace", "ci",
                                    "--service-account", "deployer", "--ttl", "5m")
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        self.assertIn("hint: Kubernetes grants no token for less than 10m", result.stderr)
        self.assertFalse(os.path.exists(self.box.profile_path("short")))
        self.setup_dev("--max-ttl", "1h")
        for ttl, words in (("5m", "too short"), ("2h", "max-ttl")):
            result = self.box.leasehold("lease", "create", "--profile", "dev", "--ttl", ttl)
            self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
            self.assertIn(words, result.stderr)
            self.assertIn("hint:", result.stderr)

    def test_failures_have_their_own_words_and_codes(self):
        self.setup_dev()
        profile = self.box.profile_path("dev")
        with open(profile, encoding="utf-8") as file:
            good = file.read()

        def fails(text, code, words):
            self.box.write(os.path.relpath(profile, self.box.home), text)
            result = self.credential()
            self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
            self.assertIn(words, result.stderr)
            return result

        fails(good.replace("service-account: deployer", "service-account: nobody"), 3, "404")
        fails(re.sub(r"server: .*", "server: https://127.0.0.1:1", good), 3, "is now for")
        other_ca = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", "/dev/null", "-subj", "/CN=other", "-days", "1"],
            capture_output=True, text=True, check=True).stdout
        path = self.box.write("other-ca.pem", other_ca)
        fails(re.sub(r"certificate-authority-data: .*", "certificate-authority: " + path, good), 5,
              "trust")
        self.cluster.kubectl("create", "serviceaccount", "weak", "--namespace", "ci")
        weak = self.cluster.kubectl("create", "token", "weak", "--namespace", "ci").strip()
        token = self.box.write("weak-token", weak)
        as_token = re.sub(r"requester:\n(    .*\n)+", "requester:\n    token-file: %s\n" % token,
                          good)
        fails(as_token, 4, "403")
        expired = self.box.write("expired-token", weak[:-8] + "AAAAAAAA")
        fails(as_token.replace(token, expired), 4, "401")
        fails(re.sub(r"server: .*", "server: https://127.0.0.1:1",
                     as_token.replace(token, expired)), 5, "127.0.0.1")

    def test_a_hundred_cold_calls_make_one_lease(self):
        self.setup_dev()
        for turn in range(int(os.environ.get("LEASEHOLD_STORM_ROUNDS", "20"))):
            self.box.leasehold("cache", "clear")
            before = self.cluster.token_requests()
            calls = [self.box.start(PROGRAM, "credential", "--profile", "dev")
                     for _ in range(100)]
            outputs = [call.communicate(timeout=60) for call in calls]
            for call, (_, error) in zip(calls, outputs):
                self.assertEqual((call.returncode, error), (0, ""))
            tokens = {json.loads(output)["status"]["token"] for output, _ in outputs}
            self.assertEqual(len(tokens), 1, "round %d" % turn)
            self.assertEqual(self.cluster.token_requests() - before, 1, "round %d" % turn)

    def test_a_profile_refuses_another_cluster(self):
        self.setup_dev()
        requests = len(self.cluster.audit())
        for info in (exec_info("https://evil.example:6443"),
                     exec_info(self.cluster.server, **{"insecure-skip-tls-verify": True}),
                     exec_info(self.cluster.server, **{"tls-server-name": "evil"}),
                     exec_info(self.cluster.server, "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==")):
            result = self.credential(environment={"KUBERNETES_EXEC_INFO": info})
            self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
            self.assertIn("dev", result.stderr)
        self.assertEqual(len(self.cluster.audit()), requests)
        info = exec_info(self.cluster.server, self.cluster.ca_data)
        self.assertEqual(
            self.credential(environment={"KUBERNETES_EXEC_INFO": info}).returncode, 0)

    def test_both_versions_are_spoken(self):
        self.setup_dev()
        for version in ("v1", "v1beta1"):
            info = exec_info(self.cluster.server, self.cluster.ca_data, version)
            for environment, arguments in (({"KUBERNETES_EXEC_INFO": info}, ()),
                                           ({}, ("--api-version", version))):
                for _ in range(2):
                    result = self.box.leasehold("credential", "--profile", "dev", *arguments,
                                                environment=environment)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertEqual(json.loads(result.stdout)["apiVersion"],
                                     "client.authentication.k8s.io/" + version)
                    self.assertEqual(result.stderr, "")

    def test_a_service_account_can_be_the_requester(self):
        """Least privilege: a requester that may create this one account's tokens and nothing else."""
        self.setup_dev()
        check = self.box.leasehold("profile", "check", "dev")
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.cluster.kubectl("create", "serviceaccount", "requester", "--namespace", "ci")
        bearer = self.cluster.kubectl("create", "token", "requester", "--namespace", "ci").strip()
        ca = self.copy_of("ca", "ca.pem")
        result = self.box.leasehold(
            "profile", "add", "least", "--server", self.cluster.server, "--certificate-authority",
            ca, "--namespace", "ci", "--service-account", "deployer")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.credential("least").returncode, 4)
        result = self.box.leasehold("login", "--profile", "least", "--token-stdin",
                                    input=bearer + "\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        check = self.box.leasehold("profile", "check", "least")
        self.assertEqual(check.returncode, 4, check.stdout)
        manifest = "".join(line[12:] + "\n" for line in check.stdout.splitlines()
                           if line.startswith(" " * 12) and "apply" not in line)
        self.cluster.apply(manifest)
        self.cluster.kubectl("create", "rolebinding", "requester", "--namespace", "ci",
                             "--role", "leasehold-requester",
                             "--serviceaccount", "ci:requester")
        check = self.box.leasehold("profile", "check", "least")
        self.assertEqual(check.returncode, 0, check.stdout)
        result = self.box.leasehold("lease", "create", "--profile", "least", "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(claims(json.loads(result.stdout)["token"])["sub"], SUBJECT)
        logout = self.box.leasehold("logout", "--profile", "least")
        self.assertEqual(logout.returncode, 0, logout.stderr)

    def test_client_certificate_and_token_file_requesters(self):
        ca = self.copy_of("ca", "ca.pem")
        cert = self.copy_of("admin_cert", "admin.crt")
        key = self.copy_of("admin_key", "admin.key")
        result = self.box.leasehold(
            "setup", "cert", "--server", self.cluster.server, "--certificate-authority", ca,
            "--namespace", "ci", "--service-account", "deployer",
            "--requester-client-certificate", cert, "--requester-client-key", key)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.whoami(), SUBJECT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
