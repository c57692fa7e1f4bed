"""Requesters as people have them: tokens and their files, and how 'login' is given one."""

import json
import os
import subprocess
import unittest

from case import PROGRAM, Case
from tests.support.machine import left_out, need_plain_programs


class Tokens(Case):
    def token_file_profile(self, text, name="dev", mode=0o600):
        path = self.box.write(name + ".token", text, mode)
        self.ok("profile", "add", name, "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer",
                "--requester-token-file", path)
        return path

    def test_a_token_with_a_colon_from_everywhere(self):
        token = self.api.token()
        self.assertIn(":", token)
        self.setup("context")
        self.token_file_profile(token, "file")
        self.credential("file")

    def test_white_space_around_a_token_is_none_of_it(self):
        for number, text in enumerate(("%s\n\n", "  %s\t\r\n", "\n%s \n")):
            name = "dev%d" % number
            self.token_file_profile(text % self.api.token(), name)
            self.credential(name)

    def test_an_open_file_in_a_closed_directory(self):
        path = self.token_file_profile(self.api.token(), "open", 0o644)
        self.credential("open")
        self.ok("cache", "clear")
        os.chmod(self.box.home, 0o755)
        self.addCleanup(os.chmod, self.box.home, 0o700)
        self.assertIn("chmod 600 " + path, self.fails(3, "credential", "--profile", "open"))

    def test_login_reads_a_pipe(self):
        self.token_file_profile(self.api.token())
        self.rewrite_profile("dev", "token-file: " + self.box.path("dev.token"), "token: stored")
        kept = subprocess.run(
            ["bash", "-c", '"$0" login --profile dev --token-file <(printf "%s\\n\\n" "$1")',
             PROGRAM, self.api.token()], env=self.box.environment, capture_output=True, text=True,
            timeout=60, check=False)
        self.assertEqual(kept.returncode, 0, kept.stderr)
        self.credential()


class Failures(Case):
    """What is remembered of a failure, and for whom."""

    def test_a_renewed_credential_is_tried_at_once(self):
        self.profile()
        with open(self.box.path("admin"), encoding="utf-8") as file:
            good = file.read()
        self.box.write("admin", good.replace(self.api.token(), "expired"))
        self.fails(4, "credential", "--profile", "dev")
        self.box.write("admin", good)
        self.credential()

    def test_no_descriptors_in_one_process_are_no_failure_of_the_next(self):
        need_plain_programs("few descriptors")
        self.profile()
        result = self.box.run("sh", "-c", 'ulimit -n 6; exec "$0" credential --profile dev',
                              PROGRAM)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("Too many open files", result.stderr)
        self.assertNotIn("a bug", result.stderr)
        self.credential()

    def test_no_network_in_one_process_is_no_failure_of_the_next(self):
        """A sandbox without a network beside a terminal that has one."""
        if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
            left_out("no network namespaces here")
        self.profile()
        result = self.box.run("unshare", "--net", PROGRAM, "credential", "--profile", "dev")
        self.assertEqual((result.returncode, result.stdout), (5, ""), result.stderr)
        self.assertIn("no network here", result.stderr)
        self.credential()

    def test_a_plugin_that_wants_a_login_is_run_again_after_it(self):
        session = self.box.path("session")
        plugin = self.box.write("plugin", """#!/bin/sh
test -e %s || { echo 'session expired, run: sso login' >&2; exit 1; }
echo '{"apiVersion": "client.authentication.k8s.io/v1", "status": {"token": "%s"}}'
""" % (session, self.api.token()), 0o700)
        with open(self.box.path("admin"), encoding="utf-8") as file:
            kubeconfig = json.load(file)
        kubeconfig["users"][0]["user"] = {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": plugin,
            "interactiveMode": "Never"}}
        self.box.write("admin", json.dumps(kubeconfig))
        self.profile()
        self.assertIn("run: sso login", self.fails(4, "credential", "--profile", "dev"))
        self.box.write("session", "")
        self.credential()


if __name__ == "__main__":
    unittest.main(verbosity=1)
