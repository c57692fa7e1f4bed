"""A first day with leasehold, by the script: from setup on a terminal to nothing left, on the real
API server with the real kubectl."""

import json
import os
import re
import ssl
import subprocess
import unittest
import urllib.request

from case import AdminCase, SUBJECT
from tests.support.sandbox import PROGRAM
from tests.support.terminal import on_terminal


class FirstDay(AdminCase):
    namespaces = ("ci", "stage")

    def terminal(self, *words, typed=(), code=0):
        """A command as a person runs it, at 80 columns; answers what it showed."""
        status, shown = on_terminal((PROGRAM, *words), self.box.environment, typed)
        self.assertEqual(status, code, shown)
        return shown

    def secrets(self):
        return self.cluster.kubectl("get", "secrets", "--all-namespaces", "-o", "name").split()

    def fits(self, *words):
        shown = self.terminal(*words)
        self.assertLessEqual(max(map(len, shown.splitlines())), 80, shown)
        return shown

    def curl(self, token):
        """What a script does with the token."""
        request = urllib.request.Request(
            self.cluster.server + "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            json.dumps({"apiVersion": "authentication.k8s.io/v1",
                        "kind": "SelfSubjectReview"}).encode(),
            {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        trust = ssl.create_default_context(cafile=self.cluster.facts["ca"])
        handler = urllib.request.HTTPSHandler(context=trust)
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), handler).open(
                request, timeout=60) as answer:
            return json.load(answer)["status"]["userInfo"]["username"]

    def test_the_whole_day(self):
        # The morning: nothing is there, and the terminal asks.
        self.assertIn("no profiles; make one with 'leasehold setup NAME'",
                      self.terminal("profile", "list"))
        self.assertIn("admin in", self.terminal("status", code=1))
        shown = self.terminal("setup", "dev", typed=(
            ("kubeconfig context of the cluster (empty: current): ", ""),
            ("namespace of the service account [default]: ", "ci"),
            ("service account to lease tokens of: ", "deployer")))
        for words in ("there are: admin", "ci, default", "default, deployer",
                      "lease        " + SUBJECT + " until ", "current      dev (was admin"):
            self.assertIn(words, shown)
        self.assertEqual(self.whoami(), SUBJECT)
        self.assertRegex(self.terminal("status"), "token       " + SUBJECT + ", .* left")
        self.assertEqual(self.curl(self.ok("token").strip()), SUBJECT)

        # Midday: what is there, each list within the terminal.
        for words in (("lease", "list"), ("lease", "list", "--all-holders"), ("cache", "list"),
                      ("profile", "list"), ("kubeconfig", "list"), ("audit",)):
            self.assertIn("dev", self.fits(*words))
        [lease] = self.ok("lease", "list", "-o", "name").split()
        self.assertIn("0 to look at, 0 failed", self.terminal("doctor"))
        self.assertIn("there is no lease nothing", self.fails(3, "lease", "show", "nothing"))

        # The identity that it asks with stays.
        self.assertIn("asks for its tokens with",
                      self.fails(3, "setup", "admin", "--from-context", "admin", "-n", "ci",
                                 "--service-account", "deployer", "--force"))

        # The afternoon: another name, another namespace.
        self.terminal("profile", "rename", "dev", "work")
        self.assertEqual(self.whoami(), SUBJECT)
        self.assertNotIn("secret/" + lease, self.secrets())
        edit = dict(environment={"EDITOR": "sed -i 's/namespace: ci/namespace: stage/'"})
        edited = self.box.leasehold("profile", "edit", **edit)
        self.assertEqual(edited.returncode, 0, edited.stderr)
        [hint] = re.findall("hint: end them with: leasehold (.*)", edited.stderr)
        self.assertIn("revoked", self.ok(*hint.split()))
        self.assertEqual(self.whoami(), SUBJECT.replace("ci", "stage"))

        # The evening: nothing is left.
        self.assertIn("revoked", self.terminal("logout"))
        self.terminal("logout")
        self.assertIn("would remove", self.ok("uninstall", "--user", "--dry-run"))
        self.terminal("uninstall", "--user", typed=(("go on? (y/N)", "y"),))
        self.assertEqual(self.secrets(), [])
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertEqual(file.read(), self.admin)
        for path, folders, _ in os.walk(self.box.home):
            self.assertNotIn("leasehold", folders, path)

    def test_a_requester_without_rights_is_told_what_to_apply(self):
        self.cluster.kubectl("create", "serviceaccount", "newcomer", "--namespace", "ci")
        token = self.cluster.kubectl("create", "token", "newcomer", "--namespace", "ci")
        words = ("setup", "dev", "--server", self.cluster.server, "--certificate-authority",
                 self.cluster.facts["ca"], "-n", "ci", "--service-account", "deployer",
                 "--token-stdin")
        said = self.fails(4, *words, input=token)
        self.assertFalse(os.path.exists(self.box.profile_path("dev")))
        manifest = "\n".join(line for line in said.splitlines() if line.startswith("  ") or
                             line == "---")
        self.assertIn("kind: RoleBinding", manifest)
        self.cluster.apply(manifest)
        result = self.box.leasehold(*words, input=token)
        for _ in range(50):  # the API server takes a moment to know
            if result.returncode == 0:
                break
            result = self.box.leasehold(*words, input=token)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.whoami(), SUBJECT)
        self.ok("uninstall", "--user", "--keep-leases")

    def test_a_certificate_that_has_ended_is_named(self):
        key, request, pem = (self.box.path("late." + end) for end in ("key", "csr", "pem"))
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-subj",
                        "/O=system:masters/CN=late", "-out", request], check=True,
                       capture_output=True)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", self.cluster.facts["ca"],
                        "-CAkey", self.cluster.facts["ca_key"], "-set_serial", "77", "-days", "0",
                        "-out", pem], check=True, capture_output=True)
        said = self.fails(4, "setup", "dev", "--server", self.cluster.server,
                          "--certificate-authority", self.cluster.facts["ca"], "-n", "ci",
                          "--service-account", "deployer", "--requester-client-certificate", pem,
                          "--requester-client-key", key)
        self.assertRegex(said, r'client certificate \("%s"\) ended at 20\d\d-' % re.escape(pem))

    def test_a_home_that_is_wrong_is_named(self):
        home = self.box.write("not-a-home", "")
        said = self.fails(3, "setup", "dev", "--from-context", "admin", "-n", "ci",
                          "--service-account", "deployer", environment={"HOME": home})
        self.assertIn('HOME is "%s", which is no directory' % home, said)
        self.assertEqual(self.secrets(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
