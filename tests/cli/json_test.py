"""What `-o json` and `-o yaml` print is what docs/json-schema.json says: every command that takes
them, in the states that it knows, and no key that does not stand there."""

import json
import os
import re
import sys
import unittest

import jsonschema
import yaml

from exec_case import ExecCase, answer
from infisical_case import InfisicalCase
from lease_case import LeaseCase, SOON
from tests.support.sandbox_case import SandboxCase

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(ROOT, "docs/json-schema.json"), encoding="utf-8") as text:
    SCHEMA = json.load(text)
DEFINITIONS = SCHEMA["$defs"]
KINDS = ("static", "dynamic", "unknown")
shown = set()  # the commands whose output was held against the schema


class PlainLoader(yaml.SafeLoader):
    """Times stay texts, as they are in JSON."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def name_of(words):
    return "-".join(words)


def objects_of(schema, place):
    """Every part of a schema that describes an object, with its place."""
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from objects_of(part, f"{place}/{number}")
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield place, schema
        for key, part in schema.items():
            yield from objects_of(part, f"{place}/{key}")


class SchemaTest(SandboxCase):
    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_it_has_one_style_of_keys_and_says_what_each_is(self):
        for place, schema in objects_of(DEFINITIONS, ""):
            with self.subTest(place):
                self.assertIn("additionalProperties", schema, "keys may come unseen")
                for key, part in schema.get("properties", {}).items():
                    self.assertRegex(key, r"\A[a-z]+([A-Z][a-z]+)*\Z")
                    self.assertIn("description", part, key)

    def test_only_what_a_site_says_may_have_other_keys(self):
        self.assertEqual([place for place, schema in objects_of(DEFINITIONS, "")
                          if schema["additionalProperties"] is True], ["/dynamic-secret", "/dynamic-secret/properties/inputs"])

    def test_it_has_every_command_that_prints_data(self):
        printing = set()
        for words in re.findall(r"(?m)^  (?!leasehold)(\S+(?: \S+)*) {2,}", self.ok("--help")):
            if re.search(r"--output .*\bjson\b", self.ok(*words.split(), "--help")):
                printing.add(name_of(words.split()))
        self.assertGreater(len(printing), 15)
        self.assertEqual(printing - set(DEFINITIONS), set())
        used = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(SCHEMA)))
        self.assertEqual(set(DEFINITIONS) - printing - used, set(), "of no command")


class OutputCase(InfisicalCase, LeaseCase):
    """`data` runs a command as JSON and as YAML, and holds both against the schema."""

    def data(self, *words, more=(), code=0, form="json"):
        result = self.leasehold(*words, *more, "-o", form)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        found = json.loads(result.stdout) if form == "json" else yaml.load(result.stdout,
                                                                            PlainLoader)
        name = name_of(words)
        errors = jsonschema.Draft202012Validator(
            {**SCHEMA, "$ref": "#/$defs/" + name}).iter_errors(found)
        self.assertEqual([f"{error.json_path}: {error.message}" for error in errors], [], found)
        shown.add(name)
        return found

    def both(self, *words, **options):
        found = self.data(*words, **options)
        self.assertEqual(self.data(*words, form="yaml", **options), found)
        return found


class ProfilesTest(OutputCase):
    def test_of_every_provider_and_a_broken_one(self):
        self.assertEqual(self.both("profile", "list"), [])
        self.profile("static")
        self.ok("profile", "add", "dynamic", "--from-context", "admin", "--from-kubeconfig",
                self.box.path("admin"), "--namespace", "ci", "--credential", "dynamic", "--role",
                "reader", "--recheck", "off")
        self.universal("site")
        self.ok("profile", "add", "engine", "--provider", "vault", "--server", self.api.server,
                "--certificate-authority", self.api.ca, "--address", "https://127.0.0.1:1",
                "--mount", "kubernetes", "--role", "viewer", "--namespace", "ci", "--auth",
                "token")
        self.ok("profile", "add", "plugin", "--provider", "exec", "--server", self.api.server,
                "--certificate-authority", self.api.ca, "--command", "/bin/true")
        self.profile("broken")
        self.rewrite_profile("broken", "provider: kubernetes", "provider: nobody")
        profiles = {row["name"]: row for row in self.both("profile", "list")}
        self.assertEqual(set(profiles["broken"]), {"name", "error"})
        # A setting of this name is not the profile's file.
        self.assertEqual((profiles["site"]["path"], profiles["site"]["settings"]["path"]),
                         (self.box.profile_path("site"), "/k8s"))
        self.assertEqual((profiles["static"]["maxTtl"],
                          profiles["static"]["settings"]["service-account"]), ("8h", "deployer"))
        for name in set(profiles) - {"broken"}:
            self.both("profile", "show", more=(name,))

    def test_checks(self):
        self.profile()
        self.data("profile", "check", more=("dev",))
        self.data("doctor")
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        self.data("profile", "check", more=("dev",), code=3)
        self.data("doctor", more=("--offline",))

    def test_kubeconfig_entries(self):
        self.box.write("kubeconfig", "")
        self.assertEqual(self.both("kubeconfig", "list"), [])
        self.setup()
        [sound] = self.both("kubeconfig", "list")
        os.remove(self.box.profile_path("dev"))
        [spoilt] = self.both("kubeconfig", "list")
        self.assertEqual((sound["problems"], len(spoilt["problems"])), ([], 1))

    def test_version(self):
        self.both("version")


class LeasesTest(OutputCase):
    def test_of_the_cluster_from_none_to_over(self):
        for words in (("lease", "list"), ("cache", "list"), ("audit",)):
            self.assertEqual(self.both(*words), [])
        self.setup()
        self.assertTrue(self.both("status")["usable"])
        [lease] = self.both("lease", "list")
        self.both("lease", "show", more=(lease["id"],))
        self.data("lease", "list", more=("--local",))
        self.data("lease", "list", more=("--all-holders",))
        self.both("cache", "list")
        renewed = self.data("lease", "renew", more=(lease["id"],))
        self.assertIn("token", renewed)
        self.data("lease", "revoke", more=(renewed["id"],))
        self.assertEqual(self.data("lease", "revoke", more=("--all",)), [])
        self.ok("cache", "clear")
        self.assertFalse(self.data("status", code=1)["usable"])

    def test_what_is_not_revoked_and_what_is_left_over(self):
        self.setup()
        [lease] = self.data("lease", "list")
        self.api.fault("answer", method="DELETE", status=500, message="no way", times=9)
        [ending] = self.data("lease", "revoke", more=(lease["id"],), code=5)
        self.assertEqual(ending["result"], "not revoked")
        self.api.clear()
        self.api.skew(SOON)
        self.assertNotEqual(self.data("lease", "prune", more=("--dry-run",))["removed"], [])
        self.assertNotEqual(self.data("lease", "prune")["removed"], [])

    def test_of_a_site(self):
        for name, secret, code in zip(KINDS, ("deployer", "dynamic", "dynamic"), (4, 0, 4)):
            kind = () if name == "unknown" else ("--credential-type", name)
            self.universal(name, *kind, secret=secret)
            self.data("lease", "create", more=(name,))
            self.credential(name)
            rows = self.data("lease", "list", more=(name,))
            self.assertEqual({row["revocable"] for row in rows},
                             {{"static": False, "dynamic": True, "unknown": None}[name]})
            for row in rows:
                self.data("lease", "show", more=(row["id"], "--profile", name))
            if name != "static":
                self.data("lease", "renew", more=(rows[0]["id"], "--profile", name))
                self.data("lease", "show", more=(rows[0]["id"], "--profile", name))
            self.data("status", more=(name,))
            self.assertEqual({row["kind"] for row in self.data("cache", "list")},
                             {"lease", "session"})
            self.data("lease", "revoke", more=("--profile", name), code=code)
        self.assertIn("revocation", {line["event"] for line in self.data("audit")})

    def test_a_client_certificate(self):
        certificate, key = ExecCase.key_pair(self)
        path = self.box.write("tool", "#!/bin/sh\ncat " + self.box.write("answer", answer(
            None, clientCertificateData=certificate, clientKeyData=key)), 0o755)
        self.ok("profile", "add", "pair", "--provider", "exec", "--server", self.api.server,
                "--certificate-authority", self.api.ca, "--command", path)
        self.assertIn("clientKeyData", self.data("lease", "create", more=("pair",)))
        self.data("lease", "list", more=("--local",))

    def test_failures_in_the_audit_log(self):
        self.profile()
        self.api.fault("answer", path="/token$", status=403, message="no")
        self.fails(4, "lease", "create", "dev")
        self.assertIn("exitCode", self.data("audit")[-1])


class DynamicSecretsTest(OutputCase):
    def test_all_that_can_be_done_with_one(self):
        self.site.grant(self.robot, "shop", [
            "lease", "read-root-credential", "create-root-credential", "edit-root-credential",
            "delete-root-credential"])
        self.universal()
        token = self.box.write("token", self.reach[1])
        self.data("infisical", "definition", "create", more=(
            "made", "--profile", "dev", "--default-ttl", "1h", "--max-ttl", "8h",
            "--credential-type", "static", "--cluster-url", self.reach[0], "--cluster-token-file",
            token, "--cluster-certificate-authority", self.api.ca, "--ssl", "true", "--namespace",
            "ci", "--service-account", "deployer"))
        self.data("infisical", "definition", "list", more=("--profile", "dev"))
        self.data("infisical", "definition", "show", more=("made", "--profile", "dev"))
        self.data("infisical", "definition", "update", more=("made", "--profile", "dev",
                                                             "--default-ttl", "2h"))
        self.data("infisical", "definition", "delete", more=("made", "--profile", "dev"))


def tearDownModule():
    """Of a whole run: no command that prints data was left out."""
    if len(sys.argv) == 1:
        used = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(SCHEMA)))
        missed = set(DEFINITIONS) - used - shown
        if missed:
            raise AssertionError("never held against the schema: " + ", ".join(sorted(missed)))


if __name__ == "__main__":
    unittest.main()
