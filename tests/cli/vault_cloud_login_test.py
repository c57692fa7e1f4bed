"""The logins to Vault that a cloud vouches for, right and wrong. What is signed and sent is held to
what the server and the cloud behind it hold it to (tests/vault_standin/clouds.py)."""

import json
import time

from tests.support.clocks import by_clock, need_clockwork
from tests.support.metadata import HANG
from tests.support.rsa import RsaKey
from tests.support.sandbox import PROGRAM
from vault_case import LEASE, LOOKUP, VaultCase, main

HOSTILE = "\x1b]0;mine\x07\u202e" + "x" * 5000


class CloudCase(VaultCase):
    """`method` is the cloud's, and `login` its request."""

    def setUp(self):
        super().setUp()
        self.login = f"POST auth/{self.method}/login"

    def assert_refused(self, code, said):
        """A lease fails so, and nothing of what was hostile reaches the terminal."""
        result = self.leasehold("lease", "create", "--profile", "dev")
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(said, result.stderr)
        self.assertNotIn("\x1b", result.stderr)
        self.assertLess(len(result.stderr), 1000)

    def goes_through_its_life(self, **environment):
        """Cold, hit, warm, ended at the server, ended here."""
        show = lambda: self.ok("credential", "--profile", "dev", environment=environment)  # noqa: E731
        first = show()
        self.assertEqual(self.vault.paths(), [self.login, LEASE])
        self.assertEqual(show(), first)
        self.assertEqual(self.vault.paths(), [])
        self.ok("cache", "clear", "--profile", "dev")
        show()
        self.assertEqual(self.vault.paths(), [LEASE])
        self.vault.end_sessions()
        self.ok("cache", "clear", "--profile", "dev")
        show()
        self.assertEqual(self.vault.paths(), [LEASE, LOOKUP, self.login, LEASE])
        steps = json.loads(self.ok("profile", "check", "dev", "-o", "json",
                                   environment=environment))
        self.assertEqual([step["state"] for step in steps[:3]], ["ok"] * 3, steps)
        self.assertNotIn(self.login, self.vault.paths())
        self.ok("logout", "--profile", "dev", environment=environment)
        self.assertEqual(self.vault.paths()[-1], "POST auth/token/revoke-self")
        show()
        self.assertEqual(self.vault.paths(), [self.login, LEASE])

    def is_refused_once(self, said, **environment):
        """However often kubectl asks."""
        self.vault.paths()
        self.assertIn(said, self.lease(4, **environment))
        for _ in range(3):
            self.assertIn(said, self.fails(4, "credential", "--profile", "dev",
                                           environment=environment))
        self.assertEqual(self.vault.paths(), [self.login])

    def test_the_role_is_needed(self):
        said = self.fails(2, "profile", "add", "dev", *self.arguments("--auth", self.method))
        self.assertIn("--auth-role", said)


class Aws(CloudCase):
    method = "aws"
    KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret/key"}
    MACHINE = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret/key", "Token": "session"}
    ROLES = "/latest/meta-data/iam/security-credentials/"

    def setUp(self):
        super().setUp()
        self.vault.clouds.keys["AKIDEXAMPLE"] = "secret/key"

    def profile_of(self, *more):
        self.with_method("aws", "--auth-role", "ci", *more)

    def instance(self, *more):
        """Version 2 of an instance's service: nothing without the token that a PUT gives."""
        asks = lambda text: lambda headers: text if headers.get(  # noqa: E731
            "X-aws-ec2-metadata-token") == "imds" else (401, "")
        service = self.metadata({
            ("PUT", "/latest/api/token"):
                lambda headers: "imds" if headers.get("X-aws-ec2-metadata-token-ttl-seconds")
                else (400, ""),
            ("GET", self.ROLES): asks("a role\n"),
            ("GET", self.ROLES + "a%20role"): asks(json.dumps(self.MACHINE))})
        self.profile_of("--machine-credentials", "--metadata-endpoint", service.url, *more)
        return service

    def test_through_its_life_by_the_environment(self):
        self.profile_of()
        self.goes_through_its_life(**self.KEYS)

    def test_the_header_that_says_for_whom_it_is(self):
        self.vault.clouds.server_id = "vault.example"
        self.profile_of()
        self.is_refused_once("missing header", **self.KEYS)
        # A profile that was put right is another try.
        self.profile_of("--server-id-header", "other.example")
        self.is_refused_once('got "other.example"', **self.KEYS)
        self.profile_of("--server-id-header", "vault.example")
        self.ok("credential", "--profile", "dev", environment=self.KEYS)

    def test_wrong_keys_and_right_ones_after_them(self):
        self.profile_of()
        wrong = self.KEYS | {"AWS_SECRET_ACCESS_KEY": "wrong/key"}
        self.is_refused_once("SignatureDoesNotMatch", **wrong)
        # Somebody who tries by hand is let try.
        self.assertNotIn("wrong/key", self.lease(4, **wrong))
        self.assertEqual(self.vault.paths(), [self.login])
        self.credential(environment=self.KEYS)

    def test_keys_that_have_ended_and_newer_ones_in_the_same_place(self):
        need_clockwork()
        self.vault.clouds.session_tokens["AKIDEXAMPLE"] = "old"
        self.vault.clouds.expired.add("old")
        self.profile_of()
        section = ("[work]\naws_access_key_id = AKIDEXAMPLE\n"
                   "aws_secret_access_key = secret/key\naws_session_token = %s\n")
        self.box.write(".aws/credentials", section % "old")
        self.is_refused_once("ExpiredToken", AWS_PROFILE="work")
        self.box.write(".aws/credentials", section % "new")
        self.vault.clouds.session_tokens["AKIDEXAMPLE"] = "new"
        # What was answered last is not asked again for 15 s; the login itself is, at once.
        later = self.box.run(*by_clock(20, 20, PROGRAM, "credential", "--profile", "dev"),
                             environment={"AWS_PROFILE": "work"})
        self.assertEqual(later.returncode, 0, later.stderr)

    # The server asks sts.amazonaws.com unless it is set up otherwise, wherever the client runs.
    def test_the_region_of_the_machine_is_not_the_servers(self):
        self.profile_of()
        self.lease(AWS_REGION="eu-central-1", AWS_DEFAULT_REGION="eu-central-1", **self.KEYS)
        self.profile_of("--aws-region", "eu-central-1")
        self.ok("logout", "--profile", "dev", environment=self.KEYS)
        said = self.lease(4, **self.KEYS)
        self.assertIn("valid region", said)
        self.assertIn("--aws-region", said)

    def test_an_unknown_role(self):
        self.with_method("aws", "--auth-role", "nope")
        self.is_refused_once("entry for role nope not found", **self.KEYS)

    def test_without_keys(self):
        self.profile_of()
        self.assertIn("vault.auth.machine-credentials", self.lease(4))
        self.assertEqual(self.vault.paths(), [])

    def test_through_its_life_on_an_instance(self):
        self.vault.clouds.session_tokens["AKIDEXAMPLE"] = "session"
        service = self.instance()
        self.goes_through_its_life()
        self.assertEqual([asked[0] for asked in service.asked[:3]], ["PUT", "GET", "GET"])

    def test_in_a_container(self):
        self.vault.clouds.session_tokens["AKIDEXAMPLE"] = "session"
        instance = self.instance()
        container = self.metadata({
            ("GET", "/role"): lambda headers: json.dumps(self.MACHINE)
            if headers.get("Authorization") == "pod" else (403, "who are you?")})
        where = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url + "/role?x=%20"}
        self.assertIn("who are you?", self.lease(4, **where))
        self.lease(AWS_CONTAINER_AUTHORIZATION_TOKEN="pod", **where)
        self.assertEqual(container.asked[-1][1], "/role?x=%20")
        file = self.box.write("token", "pod\n")
        self.ok("logout", "--profile", "dev", environment=where)
        self.lease(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=file, **where)
        self.assertEqual(instance.asked, [])

    def test_an_instance_that_says_something_else(self):
        service = self.instance("--deadline", "2s")
        usual = dict(service.answers)
        for answers, code, said in (
                ({("PUT", "/latest/api/token"): None}, 4, "instance metadata service refuses (404)"),
                ({("PUT", "/latest/api/token"): "a\r\nX-Evil: b"}, 7, "metadata"),
                ({("PUT", "/latest/api/token"): (403, HOSTILE)}, 4, "\\x1b]0;mine"),
                ({("GET", self.ROLES): None}, 4, "refuses (404)"),
                ({("GET", self.ROLES): "../../../x?y=#z\n"}, 4, "refuses (404)"),
                ({("GET", self.ROLES + "a%20role"): HOSTILE}, 7, "answered no credentials"),
                ({("GET", self.ROLES + "a%20role"): '{"Code": "Failed"}'}, 7, "no credentials"),
                ({("PUT", "/latest/api/token"): HANG}, 6, "instance metadata service")):
            with self.subTest(said, answers=str(answers)[:60]):
                service.answers.update(usual | answers)
                self.assert_refused(code, said)
        self.assertEqual(self.vault.paths(), [])


class JwtCase(CloudCase):
    """The machine's service gives a JWT that the cloud has signed."""

    def setUp(self):
        super().setUp()
        self.key = RsaKey(self.box.path("cloud.pem"))
        self.vault.clouds.signers["k1"] = self.key
        self.serve()

    def serve(self, *flags, **more):
        self.service = self.metadata(self.answers(**more))
        self.with_method(self.method, "--auth-role", "ci", "--metadata-endpoint", self.service.url,
                         *flags)

    def refused(self, said, **more):
        self.serve(**more)
        self.is_refused_once(said)

    def test_through_its_life(self):
        self.goes_through_its_life()

    def test_what_the_server_does_not_take(self):
        other = RsaKey(self.box.path("other.pem"))
        for said, more in {self.BAD_SIGNATURE: {"key": other}, "expired": {"exp": 1},
                           "udience": {"aud": "https://other.example"}}.items():
            with self.subTest(said):
                if said == "udience" and self.method == "gcp":
                    said = "'aud' must end in"
                self.refused(said, **more)

    def test_an_unknown_role(self):
        self.with_method(self.method, "--auth-role", "nope", "--metadata-endpoint",
                         self.service.url)
        self.is_refused_once("nope")

    def test_a_service_that_says_something_else(self):
        self.serve("--deadline", "2s")
        for answer, code, said in ((None, 4, "metadata service refuses (404)"),
                                   ((400, HOSTILE), 4, "\\x1b]0;mine"),
                                   (HOSTILE, 7, "answered no token"),
                                   ("", 7, "answered no token"),
                                   (HANG, 6, "metadata service")):
            with self.subTest(said):
                self.service.answers["GET", self.PATH] = answer
                self.assert_refused(code, said)
        self.assertEqual(self.vault.paths(), [])


class Gcp(JwtCase):
    method = "gcp"
    BAD_SIGNATURE = "unable to get public key"
    PATH = "/computeMetadata/v1/instance/service-accounts/default/identity"

    def answers(self, key=None, exp=None, aud=None):
        def identity(headers):
            if headers.get("Metadata-Flavor") != "Google":
                return 403, "Missing Metadata-Flavor:Google header."
            _, path, _ = self.service.asked[-1]
            self.assertIn("format=full", path)
            asked = path.partition("audience=")[2].replace("%3A", ":").replace("%2F", "/")
            machine = {"project_id": "shop", "zone": "z", "instance_id": "1",
                       "instance_name": "vm-1", "project_number": 1}
            return (key or self.key).jwt("k1", {
                "iss": "https://accounts.google.com", "sub": "1234", "aud": aud or asked,
                "exp": exp or int(time.time()) + 3600, "google": {"compute_engine": machine}})
        return {("GET", self.PATH): identity}

    def test_the_audience_is_the_roles(self):
        self.lease()
        self.assertTrue(self.service.asked[0][1].endswith("audience=http%3A%2F%2Fvault%2Fci"),
                        self.service.asked)


class Azure(JwtCase):
    method = "azure"
    BAD_SIGNATURE = "failed to verify"
    PATH = "/metadata/identity/oauth2/token"
    MACHINE = {"subscriptionId": "5d1a", "resourceGroupName": "shop", "name": "vm-1",
               "vmScaleSetName": ""}

    def setUp(self):
        super().setUp()
        self.vault.clouds.machines.add(("5d1a", "shop", "vm_name", "vm-1"))

    def answers(self, key=None, exp=None, aud=None, **machine):
        def token(headers):
            if headers.get("Metadata") != "true":
                return 400, "Required metadata header not specified"
            asked = self.service.asked[-1][1].partition("resource=")[2]
            asked = asked.replace("%3A", ":").replace("%2F", "/")
            return json.dumps({"access_token": (key or self.key).jwt("k1", {
                "iss": "https://sts.windows.net/t/", "sub": "s", "oid": "principal",
                "aud": aud or asked, "exp": exp or int(time.time()) + 3600})})
        instance = json.dumps({"compute": self.MACHINE | machine})
        return {("GET", self.PATH): token,
                ("GET", "/metadata/instance"):
                    lambda headers: instance if headers.get("Metadata") == "true" else None}

    def sent(self):
        [body] = [body for _, path, body, _ in self.vault.asked if path == "auth/azure/login"]
        return {name: value for name, value in body.items() if name != "jwt"}

    def test_a_machine_and_a_scale_sets_machine(self):
        self.lease()
        self.assertEqual(self.sent(), {"role": "ci", "subscription_id": "5d1a",
                                       "resource_group_name": "shop", "vm_name": "vm-1"})
        self.vault.paths()
        self.vault.clouds.machines = {("5d1a", "shop", "vmss_name", "set")}
        self.ok("logout", "--profile", "dev")
        self.serve(name="set_0", vmScaleSetName="set")
        self.vault.paths()
        self.lease()
        self.assertEqual(self.sent(), {"role": "ci", "subscription_id": "5d1a",
                                       "resource_group_name": "shop", "vmss_name": "set"})

    def test_another_machine(self):
        self.refused("subscription not authorized", subscriptionId="other")

    def test_the_mounts_own_resource(self):
        self.vault.clouds.resource = "https://vault.example"
        self.is_refused_once('expected audience "https://vault.example"')
        self.assertIn("--azure-resource", self.lease(4))
        self.with_method("azure", "--auth-role", "ci", "--metadata-endpoint", self.service.url,
                         "--azure-resource", "https://vault.example")
        self.credential()

    def test_a_service_that_does_not_say_which_machine_it_is(self):
        for answer in ("{}", "[]", HOSTILE, json.dumps({"compute": {"subscriptionId": 1}})):
            self.service.answers["GET", "/metadata/instance"] = answer
            self.assertIn("does not say which machine this is", self.lease(7))
        self.assertEqual(self.vault.paths(), [])


del CloudCase, JwtCase

if __name__ == "__main__":
    main()
