"""packaging/ci: the files are what each platform takes, and their shell parts lease, run and revoke
against a real kube-apiserver, in an environment as the platform gives it."""

import glob
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import unittest

import yaml

import platforms
from tests.cluster.oidc_case import ACCOUNT, AUDIENCE, PIPELINE, RUNNER, OidcCase
from tests.cluster.real_cluster import wait_for
from tests.support.installed import CannotInstall, python_packages
from tests.support.machine import left_out, need_root
from tests.support.sandbox import PROGRAM, Sandbox

RUNS = ("/dev/shm/leasehold-runs-%d/*" % os.geteuid(), "/run/user/%d/leasehold-runs/*" % os.geteuid())


class TemplateCase(OidcCase):
    def setUp(self):
        self.box = Sandbox()
        self.addCleanup(self.box.close)
        self.authority = self.box.write("ca.pem", self.ca)
        home = self.box.path("theirs")
        os.mkdir(home, 0o755)
        if os.geteuid() == 0:
            os.chown(home, 1001, 1001)
        self.environment = {
            "HOME": home, "CI": "true",
            "PATH": ":".join((self.box.path("agent"), os.path.dirname(PROGRAM),
                              os.path.dirname(self.cluster.kubectl_path), "/usr/bin:/bin",
                              *os.environ["PATH"].split(":")))}
        self.runs_before = self.runs()

    def runs(self):
        return {path for pattern in RUNS for path in glob.glob(pattern)}

    def secrets(self):
        return self.cluster.kubectl("get", "secrets", "-n", "ci", "-o", "name").split()

    def inputs(self, run, **more):
        return {"run": run, "server": self.cluster.server, "certificate-authority": self.authority,
                "namespace": "ci", "service-account": "deployer", "audience": AUDIENCE,
                "options": ["--revocable"], **more}

    def platform(self, run, **more):
        try:
            return self.PLATFORM(self.box, self.inputs(run, **more))
        except CannotInstall as trouble:
            left_out("%s: %s" % (self.PLATFORM.__name__, trouble))

    def started(self, run, **more):
        platform = self.platform(run, **more)
        self.given = self.job()
        return subprocess.Popen(
            [*self.around(platform), *platform.words], cwd=self.box.home, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**self.environment, **self.given, **platform.environment})

    def around(self, _):
        return []

    def of_job(self, run, **more):
        process = self.started(run, **more)
        out, err = process.communicate(timeout=300)
        self.assertEqual(self.secrets(), [], "a lease is left")
        self.assertEqual(self.runs(), self.runs_before)
        return process.returncode, out, err


class Each:
    """What holds on every platform."""

    def test_the_commands_are_the_service_account(self):
        code, out, err = self.of_job("kubectl auth whoami -o "
                                     "jsonpath='{.status.userInfo.username} {.kind}'")
        self.assertEqual(code, 0, err)
        self.assertIn(ACCOUNT + " SelfSubjectReview", out)

    def test_they_fail_as_they_do(self):
        code, out, err = self.of_job("kubectl get secrets\nexit 7")
        self.assertNotEqual(code, 0)
        self.assertNotIn("exit 7", out)
        self.assertIn("forbidden", err)
        self.assertEqual(self.of_job("exit 7")[0], 7)

    def test_inputs_are_no_commands(self):
        hostile = "$(touch hacked) `touch hacked`; touch hacked '\"$HOME"
        self.assertNotEqual(self.of_job("true", **{"service-account": hostile})[0], 0)
        code, out, err = self.of_job("printf '%s|' " + shlex.quote(hostile))
        self.assertEqual(code, 0, err)
        self.assertIn(hostile + "|", out)
        self.assertFalse(os.path.exists(self.box.path("hacked")))

    def test_who_may_not_lease_is_told(self):
        code, _, err = self.of_job("touch hacked", namespace="stage")
        self.assertNotEqual(code, 0)
        self.assertIn("hint: ", err)
        self.assertFalse(os.path.exists(self.box.path("hacked")))


class GitHub(TemplateCase, Each):
    PLATFORM = platforms.GitHub

    def inputs(self, run, **more):
        return {**super().inputs(run, **more), "certificate-authority": self.ca}

    def job(self):
        temporary = self.box.path("runner-temp")
        os.makedirs(temporary, exist_ok=True)
        return {**self.issuers.github_job(RUNNER), "SSL_CERT_FILE": self.issuers.ca,
                "GITHUB_ACTIONS": "true", "RUNNER_TEMP": temporary}

    def test_the_token_is_masked_before_the_commands(self):
        code, out, err = self.of_job('echo "token $(cat "$LEASEHOLD_TOKEN_FILE")"')
        self.assertEqual(code, 0, err)
        found = re.search(r"\A::add-mask::(ey\S+)\ntoken (\S+)\n\Z", out)
        self.assertTrue(found, out)
        self.assertEqual(*found.groups())
        self.assertNotIn(found.group(1), err)

    def test_a_cancelled_job_revokes(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.started("touch begun; sleep 300")
            wait_for(lambda: os.path.exists(self.box.path("begun")), 60, "the commands")
            self.assertEqual(len(self.secrets()), 1)
            process.send_signal(number)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 128 + number)
            self.assertEqual(self.secrets(), [])
            self.assertEqual(self.runs(), self.runs_before)
            os.remove(self.box.path("begun"))

    def test_what_the_job_lacks_is_named(self):
        self.job = lambda: {}
        code, _, err = self.of_job("true")
        self.assertEqual(code, 3)
        self.assertIn("id-token: write", err)


class GitLab(TemplateCase, Each):
    PLATFORM = platforms.GitLab

    def job(self):
        return {"LEASEHOLD_CI_JWT": self.issuers.jwt("gitlab", PIPELINE, AUDIENCE),
                "GITLAB_CI": "true"}

    def test_the_commands_do_not_get_the_jwt(self):
        code, out, err = self.of_job("env; tr '\\0' '\\n' </proc/$$/environ")
        self.assertEqual(code, 0, err)
        self.assertIn("KUBECONFIG=", out)
        self.assertNotIn(self.given["LEASEHOLD_CI_JWT"], out + err)


class GitLabOnAlpine(GitLab):
    PLATFORM = platforms.GitLabOnAlpine


class CircleCI(TemplateCase, Each):
    PLATFORM = platforms.CircleCI

    def job(self):
        self.jwt = self.issuers.jwt("gitlab", PIPELINE, AUDIENCE)
        self.box.write("jwt-of-the-job", self.jwt + "\n")
        return {"CIRCLECI": "true"}

    def test_the_commands_do_not_get_the_jwt(self):
        code, out, err = self.of_job("env; tr '\\0' '\\n' </proc/$$/environ")
        self.assertEqual(code, 0, err)
        self.assertNotIn(self.jwt, out + err)


class Jenkins(TemplateCase, Each):
    PLATFORM = platforms.Jenkins

    def job(self):
        return {"CREDENTIAL_prod": self.issuers.jwt("gitlab", PIPELINE, AUDIENCE)}

    def test_the_commands_do_not_get_the_variable(self):
        code, out, err = self.of_job("env")
        self.assertEqual(code, 0, err)
        self.assertNotIn("LEASEHOLD_CI_JWT", out)
        self.assertNotIn(self.given["CREDENTIAL_prod"], err, "-x printed it")

    def test_what_is_missing_is_named(self):
        code, _, err = self.of_job("")
        self.assertEqual(code, 1)
        self.assertIn("run is missing", err)


class Tekton(TemplateCase, Each):
    PLATFORM = platforms.Tekton

    def job(self):
        self.jwt = self.box.write("jwt", self.issuers.jwt("gitlab", PIPELINE, AUDIENCE), 0o644)
        return {}

    def around(self, platform):
        """The volume with the JWT, mounted as the kubelet does."""
        need_root()
        place = os.path.dirname(platform.jwt_path)
        return ["unshare", "--mount", "sh", "-c",
                f"mount -t tmpfs none /run && mkdir {place} && cp {self.jwt} {platform.jwt_path} && "
                'exec "$@"', "sh"]


class Files(unittest.TestCase):
    """Each validator finds nothing, and what is wrong in each way."""

    @classmethod
    def setUpClass(cls):
        cls.box = Sandbox()
        cls.addClassCleanup(cls.box.close)
        try:
            cls.modules = python_packages(os.path.join(platforms.HERE, "validators"))
        except CannotInstall as trouble:
            left_out("no validators: %s" % trouble)

    def by(self, program, *arguments):
        words = ([sys.executable, "-m", program] if program != "zizmor" else
                 [os.path.join(self.modules, "bin", program)])
        return subprocess.run([*words, *arguments], env={**os.environ, "PYTHONPATH": self.modules},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)

    def by_schema(self, schema, document):
        path = self.box.write("document.json", json.dumps(document))
        return self.by("check_jsonschema", "--builtin-schema", "vendor." + schema, path)

    def assert_takes(self, schema, document, spoil):
        result = self.by_schema(schema, document)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        spoil(document)
        self.assertNotEqual(self.by_schema(schema, document).returncode, 0)

    def test_github(self):
        [action] = platforms.template("github/action.yml")
        self.assert_takes("github-actions", action,
                          lambda action: action["runs"]["steps"][0].pop("shell"))

    def test_gitlab(self):
        body = platforms.template("gitlab/templates/leasehold.yml")[1]
        self.assert_takes("gitlab-ci", body, lambda body: [*body.values()][0].update(script=7))

    def test_circleci(self):
        [orb] = platforms.template("circleci/orb.yml")
        self.assert_takes("circle-ci", orb, lambda orb: orb["commands"]["run"].pop("steps"))

    def test_the_uses_that_the_readme_shows(self):
        with open(os.path.join(platforms.TEMPLATES, "README.md"), encoding="utf-8") as file:
            shown = dict(re.findall(r"\*\*(.*?)\*\*.*?```(?:yaml|groovy)\n(.*?)```", file.read(),
                                    re.S))
        workflow = yaml.safe_load(shown["GitHub Actions"])
        # YAML 1.1 reads "on" as true.
        self.assert_takes("github-workflows", {("on" if name is True else name): value
                                               for name, value in workflow.items()},
                          lambda workflow: workflow.pop("jobs"))
        self.assert_takes("gitlab-ci", yaml.safe_load(shown["GitLab"]),
                          lambda gitlab: gitlab.update(include=7))
        self.assert_takes("circle-ci", yaml.safe_load(shown["CircleCI"]),
                          lambda circle: circle.pop("version"))
        step = workflow["jobs"]["deploy"]["steps"][-1]
        [action] = platforms.template("github/action.yml")
        platforms.checked(action["inputs"], step["with"],
                          lambda what: what.get("required", False))

    def test_zizmor_finds_no_weakness_in_the_action(self):
        path = os.path.join(platforms.TEMPLATES, "github", "action.yml")
        result = self.by("zizmor", "--offline", "--no-progress", path)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        with open(path, encoding="utf-8") as file:
            weak = self.box.write("action.yml", file.read().replace(
                "set -euo pipefail\n", "set -euo pipefail\n        echo ${{ inputs.run }}\n", 1))
        self.assertNotEqual(self.by("zizmor", "--offline", "--no-progress", weak).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=1)
