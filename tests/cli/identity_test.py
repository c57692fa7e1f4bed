"""Jobs that share a user, a path and a variable's name share no lease; a renewed token keeps its."""

import json
import os
import unittest

from case import Case


class BehindOnePath(Case):
    def setUp(self):
        super().setUp()
        self.file = self.box.path("requester")
        self.put(self.api.admin_token_file)
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer", "--no-revocable",
                "--requester-token-file", self.file)

    def put(self, source):
        """Replaces the requester's token as kubelets and CI systems do: a new file, renamed."""
        with open(source, encoding="utf-8") as file:
            self.write(file.read())

    def write(self, text):
        with open(self.file + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.file + ".new", 0o600)
        os.rename(self.file + ".new", self.file)

    def token(self, **options):
        return self.credential(**options)["status"]["token"]

    def test_another_job_gets_another_lease_at_once(self):
        first = self.token()
        self.assertEqual(self.token(), first)
        before = self.token_requests()
        self.put(self.api.alice_token_file)
        second = self.leasehold("credential", "--profile", "dev")
        # Whether alice may is the server's to say; job A's token she never gets.
        self.assertNotIn(first, second.stdout)
        self.assertEqual(self.token_requests(), before + 1)
        self.put(self.api.admin_token_file)
        self.assertEqual(self.token(), first)
        self.assertEqual(self.token_requests(), before + 1)

    def test_a_switch_is_told_in_the_audit_log(self):
        self.token()
        self.put(self.api.alice_token_file)
        self.leasehold("lease", "create", "--profile", "dev")
        self.put(self.api.admin_token_file)
        self.ok("lease", "create", "--profile", "dev")
        lines = json.loads(self.ok("audit", "-o", "json"))
        self.assertIn("another identity asks than before",
                      " ".join(line.get("detail", "") for line in lines))

    def test_a_renewed_token_of_the_same_identity_keeps_the_lease(self):
        def token_of_robot():
            return json.loads(self.ok("lease", "create", "--profile", "dev", "-o", "json"))["token"]
        one, two = token_of_robot(), token_of_robot()
        self.assertNotEqual(one, two)
        self.write(one)
        first = self.leasehold("credential", "--profile", "dev")
        before = self.token_requests()
        self.write(two)
        again = self.leasehold("credential", "--profile", "dev")
        self.assertEqual((again.returncode, again.stdout), (first.returncode, first.stdout))
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(self.token_requests(), before)

    def test_nobody_is_served_without_the_file(self):
        first = self.token()
        os.remove(self.file)
        self.assertNotIn(first, self.leasehold("credential", "--profile", "dev").stdout)

    def test_a_new_login_is_another_lease_unless_it_is_the_same(self):
        self.ok("profile", "add", "kept", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer")
        self.ok("login", "--profile", "kept", "--token-file", self.api.admin_token_file)
        first = self.credential("kept")["status"]["token"]
        self.ok("login", "--profile", "kept", "--token-file", self.api.admin_token_file)
        self.assertEqual(self.credential("kept")["status"]["token"], first)
        self.ok("login", "--profile", "kept", "--token-file", self.api.alice_token_file)
        self.assertNotIn(first, self.leasehold("credential", "--profile", "kept").stdout)

    def test_a_kept_secret_is_for_its_server_only(self):
        self.ok("profile", "add", "kept", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer")
        self.ok("login", "--profile", "kept", "--token-file", self.api.admin_token_file)
        self.rewrite_profile("kept", self.api.server, "https://127.0.0.1:1")
        said = self.fails(4, "credential", "--profile", "kept")
        self.assertIn("leasehold login", said)


class RememberedIssuer(Case):
    """A cluster's first token says who issues them (JWT-1)."""

    def issuer_file(self):
        place = self.box.path(".local/state/leasehold/issuers")
        [name] = os.listdir(place)
        return os.path.join(place, name)

    def lease_fails(self, words):
        before = self.token_requests()
        self.assertIn(words, self.fails(*self.expected, "lease", "create", "--profile", "dev"))
        return self.token_requests() - before

    def test_another_issuer_is_refused(self):
        self.profile("dev", "--no-revocable")
        self.ok("lease", "create", "--profile", "dev")
        self.api.fault("token", path="/token$", claims={"iss": "https://evil.example"})
        self.expected = (7,)
        self.lease_fails("https://evil.example")
        # A longer one could not be remembered, and is none.
        self.api.clear()
        os.remove(self.issuer_file())
        self.api.fault("token", path="/token$", claims={"iss": "https://" + "e" * 3000})
        self.lease_fails("issuer of 3008 bytes")

    def test_a_spoilt_memory_leases_nothing(self):
        self.profile("dev", "--no-revocable")
        self.ok("lease", "create", "--profile", "dev")
        path = self.issuer_file()
        with open(path, encoding="utf-8") as file:
            issuer = file.read()
        self.expected = (3,)
        for spoil in (lambda: self.write(path, ""), lambda: self.write(path, "x" * 5000),
                      lambda: os.chmod(path, 0o666)):
            spoil()
            self.assertEqual(self.lease_fails("rm " + path), 0)
            self.write(path, issuer)
        self.ok("lease", "create", "--profile", "dev")

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)


if __name__ == "__main__":
    unittest.main(verbosity=1)
