"""CI jobs without a stored secret: the real API server trusts two platforms' issuers (structured
authentication configuration), and leases to their jobs by their own JWTs."""

import json
import os
import unittest

from oidc_case import ACCOUNT, AUDIENCE, MAIN, OTHER, PIPELINE, RUNNER, OidcCase
from real_cluster import claims
from tests.support.sandbox import Sandbox


class Oidc(OidcCase):
    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)

    def leasehold(self, *arguments, job=None):
        return self.box.leasehold(*arguments, environment=job or {})

    def ok(self, *arguments, job=None):
        result = self.leasehold(*arguments, job=job)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def flags(self, *more, credential=("--service-account", "deployer")):
        return ("--server", self.cluster.server, "--certificate-authority",
                self.box.write("ca.pem", self.ca), "--namespace", "ci", *credential, *more)

    def variable(self, *more, credential=("--service-account", "deployer")):
        return self.flags("--requester-oidc", "variable", "--requester-oidc-variable", "JOB_JWT",
                          *more, credential=credential)

    def gitlab_job(self, subject=PIPELINE, audience=AUDIENCE, **more):
        return {"JOB_JWT": self.issuers.jwt("gitlab", subject, audience, **more)}

    def github_job(self, runner=RUNNER):
        return {**self.issuers.github_job(runner), "SSL_CERT_FILE": self.issuers.ca}

    def whoami(self, job):
        """Who the real kubectl is by the kubeconfig that `setup` wrote."""
        result = self.box.run(self.cluster.kubectl_path, "auth", "whoami", "-o",
                              "jsonpath={.status.userInfo.username}", environment=job)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def askers(self):
        """Who asked for the tokens that were granted, the last one last."""
        return [event["user"]["username"] for event in self.cluster.audit()
                if event.get("objectRef", {}).get("subresource") == "token"
                and event["responseStatus"]["code"] == 201]

    def refused(self, *words, job, code=4, command=("lease", "create", "--profile", "ci")):
        result = self.leasehold(*command, job=job)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        for jwt in job.values():
            if jwt.startswith("ey"):
                self.assertNotIn(jwt.split(".")[2], result.stderr)

    def test_a_job_of_github(self):
        job = self.github_job()
        self.ok("setup", "ci", *self.flags("--requester-oidc", "github",
                                           "--requester-oidc-audience", AUDIENCE), job=job)
        self.assertEqual(self.askers()[-1], "github:" + MAIN)
        self.assertEqual(self.issuers.asked[-1], AUDIENCE)
        asked, leased = len(self.issuers.asked), len(self.askers())
        self.assertEqual(self.whoami(job), ACCOUNT)
        self.assertEqual(self.whoami(job), ACCOUNT)
        self.assertEqual((len(self.issuers.asked), len(self.askers())), (asked, leased))
        # Another job's runner has another token: its lease is another, if it gets any.
        other = self.github_job("runner-of-fork")
        self.refused("may not create serviceaccounts/token", "(403)", "github:repo:fork/web",
                     job=other)
        self.refused("GitHub's token service refuses", job=self.github_job("nobody"))
        self.refused("id-token: write", job={}, code=3)
        self.assertEqual(self.whoami(job), ACCOUNT)
        self.assertEqual(len(self.askers()), leased)

    def test_a_job_with_a_jwt_in_a_variable(self):
        job = self.gitlab_job()
        self.ok("setup", "ci", *self.variable(), job=job)
        self.assertEqual(self.askers()[-1], "gitlab:" + PIPELINE)
        leased = len(self.askers())
        self.assertEqual(self.whoami(job), ACCOUNT)
        # The same pipeline later: another JWT, the same identity, the same lease.
        renewed = self.gitlab_job()
        self.assertNotEqual(job, renewed)
        self.assertEqual(self.whoami(renewed), ACCOUNT)
        self.assertEqual(len(self.askers()), leased)
        # Another branch gets none of it, and no lease of its own.
        self.refused("may not create", "ref:feature",
                     job=self.gitlab_job(PIPELINE.replace("main", "feature")))
        self.refused("JOB_JWT", "id_tokens", job={})

    def test_two_subjects_have_two_leases(self):
        self.ok("profile", "add", "ci", *self.variable("--no-revocable"))

        def token(job):
            return json.loads(self.ok("credential", "--profile", "ci", job=job))["status"]["token"]
        first, second = token(self.gitlab_job()), token(self.gitlab_job(OTHER))
        self.assertNotEqual(first, second)
        self.assertEqual(self.askers()[-2:], ["gitlab:" + PIPELINE, "gitlab:" + OTHER])
        self.assertEqual(token(self.gitlab_job()), first)
        self.assertEqual(token(self.gitlab_job(OTHER)), second)
        # The same subject of another issuer is somebody else, too.
        github = {"JOB_JWT": self.issuers.jwt("github", PIPELINE, AUDIENCE)}
        self.refused("may not create", "github:" + PIPELINE, job=github)

    def test_a_job_with_a_jwt_in_a_file(self):
        # As platforms write it: readable by all, with a line's end.
        file = self.box.write("jwt", self.gitlab_job()["JOB_JWT"] + "\n", 0o644)
        self.ok("setup", "ci", *self.flags("--requester-oidc", "file", "--requester-oidc-file",
                                           file))
        leased = len(self.askers())
        self.assertEqual(self.whoami({}), ACCOUNT)
        self.box.write("jwt", self.gitlab_job()["JOB_JWT"], 0o644)
        self.assertEqual(self.whoami({}), ACCOUNT)
        self.assertEqual(len(self.askers()), leased)
        self.box.write("jwt", "")
        self.refused("is empty, and should hold the JWT", job={}, code=3)
        os.remove(file)
        self.refused("JWT", file, "does not exist", job={}, code=3)

    def test_what_the_server_does_not_take(self):
        self.ok("profile", "add", "ci", *self.variable())
        refused = (
            (self.issuers.jwt("gitlab", PIPELINE, "somebody else"),
             ('for audience "somebody else"', "--authentication-config")),
            (self.issuers.jwt("gitlab", PIPELINE, AUDIENCE, ends_in=-60),
             ("the JWT ended at", "a new one of its platform")),
            (self.issuers.jwt("stranger", PIPELINE, AUDIENCE),
             ('of issuer "' + self.issuers.url("stranger"), "must trust that issuer")),
            (self.gitlab_job()["JOB_JWT"][:-8] + "AAAAAAAA", ("of subject", PIPELINE)),
            ("opaque", ("no JWT",)))
        for jwt, words in refused:
            with self.subTest(words):
                self.refused("(401)", "hint: ", *words, job={"JOB_JWT": jwt})
                check = self.leasehold("profile", "check", "ci", job={"JOB_JWT": jwt})
                self.assertIn(words[0], check.stdout)
        # GitLab leaves the name of a variable that it does not know as it is.
        self.refused("holds no JWT", job={"JOB_JWT": "$JOB_JWT"}, code=3)

    def test_a_jwt_that_ends_leaves_its_lease(self):
        short = self.gitlab_job()
        self.ok("setup", "ci", *self.variable(), job=short)
        leased = len(self.askers())
        ended = self.gitlab_job(ends_in=-60)
        self.assertEqual(self.whoami(ended), ACCOUNT)
        self.assertEqual(len(self.askers()), leased)
        self.refused("the JWT ended at", job=ended, command=("lease", "create", "--profile", "ci",
                                                             "--ttl", "20m"))

    def test_dynamic_leases(self):
        def accounts():
            return self.cluster.kubectl("get", "serviceaccounts", "-n", "ci", "-o", "name").split()
        before = accounts()
        dynamic = ("--credential", "dynamic", "--role-type", "cluster-role", "--role", "view")
        for flags, job in ((self.variable(credential=dynamic), self.gitlab_job()),
                           (self.flags("--requester-oidc", "github", "--requester-oidc-audience",
                                       AUDIENCE, credential=dynamic), self.github_job())):
            self.ok("setup", "ci", "--force", *flags, job=job)
            self.assertTrue(self.whoami(job).startswith("system:serviceaccount:ci:leasehold-"))
            listed = self.box.run(self.cluster.kubectl_path, "get", "configmaps", "-n", "ci",
                                  environment=job)
            self.assertEqual(listed.returncode, 0, listed.stderr)
            self.assertEqual(len(accounts()), len(before) + 1)
            check = self.leasehold("profile", "check", "ci", job=job)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
            # What a job's end does: nothing of it is left in the cluster.
            self.ok("logout", "--profile", "ci", job=job)
            self.assertEqual(accounts(), before)

    def test_the_token_is_the_accounts_and_the_lease_is_revoked(self):
        job = self.gitlab_job()
        self.ok("profile", "add", "ci", *self.variable(), job=job)
        lease = json.loads(self.ok("lease", "create", "--profile", "ci", "-o", "json", job=job))
        self.assertEqual(claims(lease["token"])["sub"], ACCOUNT)
        self.assertTrue(lease["revocable"])
        self.ok("lease", "revoke", lease["id"], "--profile", "ci", job=job)
        self.assertNotIn(lease["id"], self.cluster.kubectl("get", "secrets", "-n", "ci"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
