"""Every way to log in to Infisical, right and wrong, through the real program."""

import base64
import json
import os
import time

from infisical_case import InfisicalCase, main
from tests.support.desktop import Desktop
from tests.support.jwe import seal
from tests.support.metadata import Metadata


def jwt(**claims):
    """A token that nobody checks the signature of."""
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")  # noqa: E731
    return f"{part({'alg': 'RS256'})}.{part(claims | {'jti': os.urandom(8).hex()})}.c2ln"


class WithJwt(InfisicalCase):
    """kubernetes, oidc and jwt: a token from a file or a variable."""

    def setUp(self):
        super().setUp()
        self.good = jwt(sub="robot")
        for method in ("kubernetes", "oidc", "jwt", "azure", "gcp"):
            self.site.set_method(self.robot, method, jwts=[self.good])

    def test_from_a_file(self):
        file = self.box.write("token", self.good + "\n", 0o644)
        for method in ("kubernetes", "oidc", "jwt"):
            with self.subTest(method):
                self.with_method(method, "--identity-id", self.robot, "--jwt-file", file,
                                 name=method)
                self.credential(method)
        bad = self.box.write("bad", jwt(sub="somebody"))
        for method in ("kubernetes", "oidc", "jwt"):
            with self.subTest(method):
                self.with_method(method, "--identity-id", self.robot, "--jwt-file", bad,
                                 name="bad-" + method)
                self.count_from_here()
                for _ in range(3):
                    said = self.fails(4, "credential", "--profile", "bad-" + method)
                self.assertIn("not accepted for this identity", said)
                self.assertEqual(self.asked()[2], 1)

    def test_from_a_variable(self):
        self.with_method("oidc", "--identity-id", self.robot, "--jwt-variable", "GITLAB_TOKEN")
        said = self.fails(4, "lease", "create", "--profile", "dev")
        self.assertIn("GITLAB_TOKEN", said)
        self.ok("lease", "create", "--profile", "dev", environment={"GITLAB_TOKEN": self.good})
        self.with_method("jwt", "--identity-id", self.robot, name="plain")
        self.ok("lease", "create", "--profile", "plain", environment={"INFISICAL_JWT": self.good})

    def test_an_identity_without_the_method(self):
        other = self.site.add_identity("other")["id"]
        self.with_method("jwt", "--identity-id", other)
        said = self.fails(3, "lease", "create", "--profile", "dev",
                          environment={"INFISICAL_JWT": self.good})
        self.assertIn("auth method not found", said)

    def test_from_github(self):
        service = Metadata({("GET", "/token"): lambda headers: json.dumps({"value": self.good})
                            if headers["Authorization"] == "Bearer runner" else None})
        self.addCleanup(service.stop)
        self.with_method("oidc", "--identity-id", self.robot, "--jwt-audience", "https://a b")
        job = {"ACTIONS_ID_TOKEN_REQUEST_URL": service.url + "/token?api-version=2.0",
               "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner"}
        self.ok("lease", "create", "--profile", "dev", environment=job)
        self.assertEqual(service.asked[0][1], "/token?api-version=2.0&audience=https%3A%2F%2Fa%20b")
        self.ok("cache", "clear")
        job["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "wrong"
        self.with_method("oidc", "--identity-id", self.robot, name="again")
        self.ok("logout", "--profile", "again")
        self.assertIn("GitHub", self.fails(4, "lease", "create", "--profile", "again",
                                           environment=job))

    def test_azure_and_gcp_from_their_metadata_services(self):
        service = Metadata({
            ("GET", "/metadata/identity/oauth2/token"):
                lambda headers: json.dumps({"access_token": self.good})
                if headers["Metadata"] == "true" else None,
            ("GET", "/computeMetadata/v1/instance/service-accounts/default/identity"):
                lambda headers: self.good if headers["Metadata-Flavor"] == "Google" else None})
        self.addCleanup(service.stop)
        for method in ("azure", "gcp"):
            with self.subTest(method):
                self.with_method(method, "--identity-id", self.robot, "--metadata-endpoint",
                                 service.url, name=method)
                self.credential(method)
        self.assertIn("resource=https%3A%2F%2Fmanagement.azure.com%2F", service.asked[0][1])
        self.assertIn("audience=" + self.robot, service.asked[1][1])

    def test_metadata_is_only_asked_for_close_by(self):
        self.with_method("gcp", "--identity-id", self.robot, "--metadata-endpoint",
                         "http://192.0.2.1")
        self.assertIn("without TLS", self.fails(3, "lease", "create", "--profile", "dev"))


class Ldap(InfisicalCase):
    def setUp(self):
        super().setUp()
        self.site.set_method(self.robot, "ldap", username="ann", password="pass word")

    def test_right_and_wrong(self):
        self.with_method("ldap", "--identity-id", self.robot, "--username", "ann")
        said = self.fails(4, "credential", "--profile", "dev",
                          environment={"INFISICAL_LDAP_PASSWORD": "wrong"})
        self.assertIn("Invalid credentials", said)
        self.ok("login", "--profile", "dev", "--password-stdin", input="pass word\n")
        self.credential()
        self.assertEqual(self.asked()[2], 2)


class Token(InfisicalCase):
    def test_a_token_of_token_auth_needs_no_login(self):
        token = self.session_token()
        self.count_from_here()
        self.with_method("token")
        self.ok("lease", "create", "--profile", "dev", environment={"INFISICAL_TOKEN": token})
        self.assertEqual(self.asked(), (1, 1, 0, 1))
        file = self.box.write("token", token)
        self.with_method("token", "--access-token-file", file, name="file")
        self.credential("file")
        said = self.fails(4, "lease", "create", "--profile", "dev",
                          environment={"INFISICAL_TOKEN": jwt(exp=1)})
        self.assertIn("TokenError", said)
        self.assertIn("service tokens", self.fails(3, "lease", "create", "--profile", "dev",
                                                   environment={"INFISICAL_TOKEN": "st.a.b"}))

    def session_token(self):
        """What an administrator would have made: here, that of a login."""
        import http.client
        import ssl
        port = int(self.site.site.rpartition(":")[2])
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, context=ssl.create_default_context(cafile=self.site.ca))
        connection.request("POST", "/api/v1/auth/universal-auth/login", json.dumps(self.login),
                           {"Content-Type": "application/json"})
        token = json.load(connection.getresponse())["accessToken"]
        connection.close()
        return token


class Aws(InfisicalCase):
    KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret/key"}

    def setUp(self):
        super().setUp()
        self.site.set_method(self.robot, "aws", keys={"AKIDEXAMPLE": "secret/key"})
        self.with_method("aws", "--identity-id", self.robot, "--aws-region", "eu-central-1")

    def test_from_the_environment(self):
        self.ok("lease", "create", "--profile", "dev", environment=self.KEYS)

    def test_with_a_session_token(self):
        self.ok("lease", "create", "--profile", "dev",
                environment=self.KEYS | {"AWS_SESSION_TOKEN": "session"})

    def test_from_the_shared_file(self):
        self.box.write(".aws/credentials", "[default]\naws_access_key_id = x\n[work]\n"
                       "aws_access_key_id=AKIDEXAMPLE\naws_secret_access_key = secret/key\n")
        self.ok("lease", "create", "--profile", "dev", environment={"AWS_PROFILE": "work"})

    def test_with_a_wrong_key(self):
        said = self.fails(4, "lease", "create", "--profile", "dev",
                          environment=self.KEYS | {"AWS_SECRET_ACCESS_KEY": "wrong"})
        self.assertIn("signature does not match", said)

    def test_the_machines_credentials_only_when_asked_for(self):
        roles = "/latest/meta-data/iam/security-credentials/"
        token = lambda text: lambda headers: text if headers[  # noqa: E731
            "X-aws-ec2-metadata-token"] == "imds" else None
        service = Metadata({("PUT", "/latest/api/token"): "imds", ("GET", roles): token("role\n"),
                            ("GET", roles + "role"): token(json.dumps({
                                "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret/key",
                                "Token": "session"}))})
        self.addCleanup(service.stop)
        said = self.fails(4, "lease", "create", "--profile", "dev")
        self.assertIn("machine-credentials", said)
        self.assertEqual(service.asked, [])
        self.with_method("aws", "--identity-id", self.robot, "--machine-credentials",
                         "--metadata-endpoint", service.url, name="machine")
        self.credential("machine")
        container = Metadata({("GET", "/role"): lambda headers: json.dumps({
            "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret/key", "Token": "t"})
            if headers["Authorization"] == "pod" else None})
        self.addCleanup(container.stop)
        self.ok("cache", "clear")  # dev has the session, too: logout would leave it
        self.ok("lease", "create", "--profile", "machine", environment={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url + "/role",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "pod"})
        self.assertEqual(len(container.asked), 1)


class Cli(InfisicalCase):
    """A person's login with Infisical's own CLI, in the file that it falls back to."""

    PASSPHRASE = "abcdefghij"
    BACKEND = {"vaultBackendType": "file",
               "vaultBackendPassphrase": base64.b64encode(PASSPHRASE.encode()).decode()}

    def setUp(self):
        super().setUp()
        person = self.site.add_person("ann@example.com")
        self.site.grant("ann@example.com", "shop")
        self.token = person["token"]
        self.with_method("cli")

    def value(self, token=None):
        return json.dumps({"email": "ann@example.com", "privateKey": "",
                           "JTWToken": token or self.token, "RefreshToken": ""})

    def configure(self, **config):
        self.box.write(".infisical/infisical-config.json", json.dumps({
            "loggedInUserEmail": "ann@example.com",
            "LoggedInUserDomain": self.site.site + "/api"} | self.BACKEND | config))

    def log_in(self, domain=None, token=None):
        self.configure(LoggedInUserDomain=domain or self.site.site + "/api")
        value = self.value(token)
        item = json.dumps({"Key": "ann@example.com",
                           "Data": base64.b64encode(value.encode()).decode()})
        self.box.write("infisical-keyring/ann@example.com", seal(item.encode(), self.PASSPHRASE))

    def test_nobody_is_logged_in(self):
        said = self.fails(4, "lease", "create", "--profile", "dev")
        self.assertIn("infisical login --domain " + self.site.site, said)

    def test_a_session_in_the_file(self):
        self.log_in()
        self.ok("lease", "create", "--profile", "dev")
        self.assertEqual(self.asked()[1:], (1, 0, 1))

    def test_a_session_of_another_site_stays_there(self):
        self.log_in(domain="https://eu.infisical.com/api")
        self.assertIn("eu.infisical.com", self.fails(4, "lease", "create", "--profile", "dev"))
        self.assertEqual(self.asked()[1], 0)

    def test_a_session_that_has_ended(self):
        self.log_in(token=jwt(exp=int(time.time())))
        self.assertIn("has ended", self.fails(4, "lease", "create", "--profile", "dev"))

    def test_another_passphrase(self):
        self.log_in()
        said = self.fails(4, "lease", "create", "--profile", "dev",
                          environment={"INFISICAL_VAULT_FILE_PASSPHRASE": "wrong"})
        self.assertIn("INFISICAL_VAULT_FILE_PASSPHRASE", said)


    def test_a_configuration_that_is_none(self):
        for text in ("{", "[]", '{"loggedInUserEmail": 1}', "", "{}"):
            with self.subTest(text=text):
                self.box.write(".infisical/infisical-config.json", text)
                said = self.fails(4, "lease", "create", "--profile", "dev")
                self.assertIn("infisical login --domain " + self.site.site, said)
        self.assertEqual(self.asked()[1], 0)

    def test_one_login_of_several_has_its_own_domain(self):
        def log_in(domain):
            self.log_in()
            self.configure(LoggedInUserDomain="", loggedInUsers=[
                {"email": "bob@example.com", "domain": "https://us.infisical.com/api"}, 7,
                {"email": "ann@example.com", "domain": domain}])

        log_in("https://eu.infisical.com/api")
        self.assertIn("eu.infisical.com", self.fails(4, "lease", "create", "--profile", "dev"))
        self.assertEqual(self.asked()[1], 0)
        log_in(self.site.site + "/api")
        self.ok("cache", "clear")
        self.ok("lease", "create", "--profile", "dev")


class CliInTheKeyring(Cli):
    """The same in the desktop's keyring, where the CLI puts it if there is one: under its own name
    and the person's, without a schema."""

    BACKEND = {}

    def sandbox(self):
        box = super().sandbox()
        self.desktop = Desktop(box)
        self.addCleanup(self.desktop.close)
        return box

    def log_in(self, domain=None, token=None):
        self.configure(LoggedInUserDomain=domain or self.site.site + "/api")
        self.keep(self.value(token))

    def keep(self, value):
        kept = self.box.run("secret-tool", "store", "--label=infisical", "service", "infisical-cli",
                            "username", "ann@example.com", input=value,
                            environment=self.desktop.environment)
        self.assertEqual(kept.returncode, 0, kept.stderr)

    def leasehold(self, *words, environment=None, **options):
        return super().leasehold(*words, environment=self.desktop.environment | (environment or {}),
                                 **options)

    def test_what_is_no_session(self):
        for value in ("no JSON", "{}", '{"JTWToken": "two words"}', "[]"):
            with self.subTest(value=value):
                self.log_in()
                self.keep(value)
                said = self.fails(4, "lease", "create", "--profile", "dev")
                self.assertIn("the session of \"ann@example.com\" cannot be read", said)
        self.assertEqual(self.asked()[1], 0)

    def test_a_locked_keyring(self):
        self.log_in()
        self.desktop.lock()
        said = self.fails(8, "lease", "create", "--profile", "dev")
        self.assertIn("the session of Infisical's CLI cannot be read", said)

    def test_another_passphrase(self):
        """It opens the file alone."""
        self.log_in()
        self.ok("lease", "create", "--profile", "dev",
                environment={"INFISICAL_VAULT_FILE_PASSPHRASE": "wrong"})


class Organization(InfisicalCase):
    def test_a_sub_organisation_under_either_name(self):
        self.site.add_organization("branch")
        for field in ("organizationSlug", "subOrganizationName"):
            with self.subTest(field):
                self.site.switch(organization_field=field)
                robot = self.site.add_identity("r" + field, sub_organizations=["branch"])["id"]
                self.login = self.site.add_client_secret(robot)
                self.universal(field.lower(), "--organization-slug", "nowhere")
                said = self.fails(3, "credential", "--profile", field.lower())
                self.assertIn("nowhere", said)


if __name__ == "__main__":
    main()
