"""The logins to Infisical that a key or a certificate of the user's own proves: Oracle Cloud, Alibaba
Cloud, a service account of Google Cloud, TLS."""

import json
import os

from infisical_case import InfisicalCase, main
from tests.support.rsa import RsaKey

TENANCY, USER = "ocid1.tenancy.oc1..t", "ocid1.user.oc1..u"
CONFIG = f"""[DEFAULT]
tenancy={TENANCY}
region=eu-frankfurt-1

[WORK]
user={USER}
fingerprint=20:3b:97
key_file=~/.oci/key.pem
"""


class KeyCase(InfisicalCase):
    def key(self, name):
        os.makedirs(os.path.dirname(self.box.path(name)), exist_ok=True)
        return RsaKey(self.box.path(name))

    def lease(self, code=0, name="dev", **environment):
        """What was said of one that has no lease yet."""
        words = ("lease", "create", "--profile", name)
        if code == 0:
            return self.ok(*words, environment=environment)
        return self.fails(code, *words, environment=environment)

    def keeps_its_lease(self):
        """A second call finds the first one's lease: it is known whose it is."""
        first = self.credential()["status"]["token"]
        self.count_from_here()
        self.assertEqual(self.credential()["status"]["token"], first)
        self.assertEqual(self.asked(), (0, 0, 0, 0))
        return first


class Oracle(KeyCase):
    def setUp(self):
        super().setUp()
        key = self.key(".oci/key.pem")
        self.site.set_method(self.robot, "oci", tenancyOcid=TENANCY, userOcid=USER,
                             fingerprint="20:3b:97", modulus=key.modulus)
        self.config = self.box.write(".oci/config", CONFIG)
        self.with_method("oci", "--identity-id", self.robot, "--oci-profile", "WORK")

    def test_with_the_key_of_a_user(self):
        self.keeps_its_lease()
        with open(self.box.path(".config/leasehold/profiles/dev.yaml"), encoding="utf-8") as file:
            self.assertNotIn("PRIVATE", file.read())

    def test_the_variables_of_its_own_tool(self):
        moved = self.box.write("elsewhere", CONFIG)
        self.ok("profile", "add", "env", *self.arguments("--identity-id", self.robot), environment={
            "INFISICAL_AUTH_METHOD": "oci-auth", "OCI_CLI_CONFIG_FILE": moved,
            "OCI_CLI_PROFILE": "WORK"})
        shown = self.ok("profile", "show", "env")
        self.assertIn(moved, shown)
        self.assertIn("WORK", shown)
        self.lease(name="env")

    def test_another_key(self):
        self.key(".oci/key.pem")
        said = self.lease(5)
        self.assertIn("key, region and clock", said)

    def test_what_is_wrong_here(self):
        os.chmod(self.box.path(".oci/key.pem"), 0o644)
        for folder in (self.box.home, self.box.path(".oci")):
            os.chmod(folder, 0o755)
        self.assertIn("can be read by other users", self.lease(3))
        self.box.write(".oci/config", CONFIG.replace("key_file=~/", "key_file=./"))
        self.assertIn("key_file", self.lease(3))
        os.unlink(self.config)
        self.assertIn("oci setup config", self.lease(4))
        self.assertEqual(self.asked(), (0, 0, 0, 0))

    def test_another_user_is_another_holder_and_another_key_is_not(self):
        first = self.keeps_its_lease()
        self.box.write(".oci/config", CONFIG.replace("20:3b:97", "77:77"))
        self.assertEqual(self.credential()["status"]["token"], first)
        self.box.write(".oci/config", CONFIG.replace(USER, "ocid1.user.oc1..other"))
        self.count_from_here()
        self.assertNotEqual(self.credential()["status"]["token"], first)
        self.assertEqual(self.asked()[3], 1)


class Alibaba(KeyCase):
    SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"

    def setUp(self):
        super().setUp()
        self.site.set_method(self.robot, "alicloud", keys={"AKEXAMPLE": "alibaba-secret"})
        self.with_method("alicloud", "--identity-id", self.robot, "--access-key-id", "AKEXAMPLE",
                         "--store", "file")

    def test_from_the_environment(self):
        pair = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "AKEXAMPLE", self.SECRET: "alibaba-secret"}
        self.lease(**pair)
        self.ok("cache", "clear")
        said = self.lease(3, ALIBABA_CLOUD_SECURITY_TOKEN="sts", **pair)
        self.assertIn("temporary", said)

    def test_the_secret_of_another_key_is_left_alone(self):
        said = self.lease(4, ALIBABA_CLOUD_ACCESS_KEY_ID="AKOTHER", **{self.SECRET: "other"})
        self.assertIn("leasehold login", said)
        self.assertEqual(self.asked(), (0, 0, 0, 0))

    def test_from_a_file_and_from_login(self):
        file = self.box.write("secret", "alibaba-secret\n")
        self.with_method("alicloud", "--identity-id", self.robot, "--access-key-id", "AKEXAMPLE",
                         "--access-key-secret-file", file, name="file")
        self.lease(name="file")
        self.ok("cache", "clear")
        self.ok("login", "--profile", "dev", "--access-key-secret-stdin", input="alibaba-secret\n")
        self.keeps_its_lease()

    def test_a_wrong_secret(self):
        said = self.lease(5, **{self.SECRET: "not-the-secret"})
        self.assertIn("key, region and clock", said)
        self.assertNotIn("not-the-secret", said)


class GoogleKey(KeyCase):
    ACCOUNT = "robot@shop.iam.gserviceaccount.com"

    def setUp(self):
        super().setUp()
        self.rsa = self.key("key.pem")
        self.site.set_method(self.robot, "gcp",
                             accounts={self.ACCOUNT: {"k1": self.rsa.modulus}})
        self.file = self.write("k1", self.rsa)

    def write(self, kid, rsa, account=ACCOUNT):
        return self.box.write("key.json", json.dumps({
            "type": "service_account", "project_id": "shop", "private_key_id": kid,
            "private_key": rsa.pem(), "client_email": account,
            "token_uri": "https://oauth2.googleapis.com/token"}))

    def test_the_variables_of_infisicals_own_tool(self):
        self.ok("profile", "add", "dev", *self.arguments(), environment={
            "INFISICAL_AUTH_METHOD": "gcp-iam", "INFISICAL_MACHINE_IDENTITY_ID": self.robot,
            "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH": self.file})
        self.keeps_its_lease()

    def test_right_and_wrong(self):
        self.with_method("gcp-iam", "--identity-id", self.robot, "--service-account-key-file",
                         self.file)
        self.lease()
        self.ok("cache", "clear")
        self.write("k2", self.rsa)
        said = self.lease(4)
        self.assertIn("TokenError", said)
        self.assertIn("clock", said)
        self.assertNotIn("log in again", said)
        self.box.write("key.json", "{}")
        self.assertIn("gcloud iam service-accounts keys create", self.lease(3))
        self.box.write("key.json", "{}", 0o644)
        os.chmod(self.box.home, 0o755)
        self.assertIn("can be read by other users", self.lease(3))

    def test_without_a_key_file(self):
        said = self.fails(2, "profile", "add", "dev", *self.arguments(
            "--auth", "gcp-iam", "--identity-id", self.robot))
        self.assertIn("--service-account-key-file", said)


class ClientCertificate(KeyCase):
    def setUp(self):
        super().setUp()
        self.site.set_method(self.robot, "tls-cert", commonNames=["robot"])

    def certificate(self, name):
        made = self.site.add_client_certificate(name)
        return ("--site-client-certificate", made["certificate"], "--site-client-key", made["key"])

    def test_the_certificate_of_the_connection_proves_it(self):
        self.with_method("tls-cert", "--identity-id", self.robot, *self.certificate("robot"))
        self.keeps_its_lease()
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.last_request("/token/revoke")["status"], 200)

    def test_another_name(self):
        self.with_method("tls-cert", "--identity-id", self.robot, *self.certificate("other"))
        self.assertIn("common name not allowed", self.lease(4))

    def test_what_is_missing(self):
        flags = self.certificate("robot")
        self.assertIn("--site-client-key", self.fails(2, "profile", "add", "dev", *self.arguments(
            "--auth", "tls-cert", "--identity-id", self.robot, *flags[:2])))
        self.with_method("tls-cert", "--identity-id", self.robot, *flags)
        os.unlink(flags[3])
        self.assertIn("client key", self.lease(3))


class LittleUse(KeyCase):
    """A login may be one of few: it is not made to list or to end what there is not."""

    def test_no_login_is_spent(self):
        certificate = self.site.add_client_certificate("robot")
        self.key(".oci/key.pem")
        self.box.write(".oci/config", CONFIG)
        ways = {"oci": ("--oci-profile", "WORK"),
                "alicloud": ("--access-key-id", "AKEXAMPLE"),
                "tls-cert": ("--site-client-certificate", certificate["certificate"],
                             "--site-client-key", certificate["key"])}
        for method, flags in ways.items():
            with self.subTest(method):
                self.with_method(method, "--identity-id", self.robot, *flags, name=method)
                for words in (("lease", "list"), ("logout",), ("profile", "remove")):
                    result = self.leasehold(*words, *(("--profile",) if words[0] != "profile"
                                                      else ()), method)
                    self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(self.asked(), (0, 0, 0, 0))


if __name__ == "__main__":
    main()
