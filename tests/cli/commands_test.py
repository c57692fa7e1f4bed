"""The commands for people: help, formats, errors, codes."""

import json
import os
import re
import subprocess
import unittest

from case import PROGRAM, Case


class Commands(Case):
    def words(self):
        """Every command, as --help lists them."""
        return [re.split("  +", line.strip())[0].split() for line in self.ok("--help").splitlines()
                if re.match(r"  [a-z]", line) and not line.startswith("  leasehold ")]

    def test_every_command_has_help_without_a_profile_or_home(self):
        commands = self.words()
        self.assertGreater(len(commands), 15)
        for words in commands:
            result = subprocess.run([PROGRAM, *words, "--help"], env={}, capture_output=True,
                                    text=True, timeout=120, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)
            self.assertIn("Usage: leasehold " + " ".join(words), result.stdout)

    def test_every_data_command_speaks_json_and_yaml(self):
        self.setup()
        for words in (["profile", "list"], ["profile", "show", "dev"], ["profile", "check", "dev"],
                      ["kubeconfig", "list"], ["lease", "list"],
                      ["lease", "create", "--profile", "dev"], ["cache", "list"], ["doctor"],
                      ["version"]):
            self.assertTrue(json.loads(self.ok(*words, "-o", "json")), words)
            self.assertTrue(self.ok(*words, "--output=yaml"), words)
            self.assertTrue(self.ok(*words, "-o", "table"), words)
            self.fails(2, *words, "-o", "xml")

    def test_the_versions_of_what_it_is_linked_with(self):
        told = json.loads(self.ok("version", "-o", "json"))["libraries"]
        for name, module in (("openssl", "openssl"), ("libyaml", "yaml-0.1"), ("nettle", "nettle"),
                             ("keyutils", "libkeyutils")):
            known = subprocess.run(["pkg-config", "--modversion", module], capture_output=True,
                                   text=True, check=True).stdout.strip()
            # nettle tells no third number of itself.
            self.assertTrue(known == told[name] or known.startswith(told[name] + "."), name)
        self.assertEqual(told["glibc"], os.confstr("CS_GNU_LIBC_VERSION").split()[-1])
        self.assertEqual(set(told), {"boost", "glibc", "keyutils", "libstdc++", "libyaml", "nettle",
                                     "openssl"})

    def test_usage_errors(self):
        for words in (("nonsense",), ("profile", "nonsense"), ("lease", "create"),
                      ("lease", "create", "--profile", "dev", "extra"), ("version", "--nonsense"),
                      ("setup",), ("setup", "Bad Name", "--server", "https://a"),
                      ("login",), ("cache", "list", "--prof", "dev"),
                      ("setup", "x", "--server", "http://a.example", "--namespace", "n",
                       "--service-account", "s"),
                      ("setup", "x", "--server", "https://a", "--namespace", "N",
                       "--service-account", "s"),
                      ("setup", "x", "--server", "https://a", "--namespace", "n",
                       "--service-account", "s", "--ttl", "soon"),
                      ("setup", "x", "--server", "https://a", "--namespace", "n",
                       "--service-account", "s", "--provider", "magic")):
            self.assertIn("hint: ", self.fails(2, *words), words)

    def test_profiles(self):
        self.assertIn("no profiles", self.ok("profile", "list"))
        self.profile("one")
        self.profile("two", "--ttl", "30m", "--audience", "a", "--audience", "b")
        listed = json.loads(self.ok("profile", "list", "-o", "json"))
        self.assertEqual([p["name"] for p in listed], ["one", "two"])
        self.assertEqual(listed[1]["audiences"], ["a", "b"])
        shown = json.loads(self.ok("profile", "show", "two", "-o", "json"))["values"]
        self.assertEqual(shown["ttl"]["value"], "30m")
        self.assertRegex(shown["ttl"]["origin"], r"^line \d+$")
        self.assertEqual(shown["max-ttl"], {"value": "8h", "origin": "default"})
        mode = os.stat(self.box.profile_path("one")).st_mode & 0o777
        self.assertEqual(mode, 0o600)
        self.ok("profile", "remove", "one")
        text = self.fails(3, "profile", "show", "one")
        self.assertIn("hint: profiles in", text)
        self.assertIn("two", text)

    def test_a_broken_profile_is_told_with_its_position(self):
        self.profile()
        self.rewrite_profile("dev", "provider: kubernetes", "provider: kubernetes\ntll: 1h")
        text = self.fails(3, "credential", "--profile", "dev")
        self.assertRegex(text, r'profiles/dev\.yaml:\d+:1: unknown key "tll"')
        self.assertIn("broken", self.ok("profile", "list"))

    def test_profile_check_prints_the_missing_rule(self):
        self.profile()
        self.assertIn("ok", self.ok("profile", "check", "dev"))

    def test_lease_list_and_cache(self):
        self.assertEqual(self.ok("lease", "list"), "no leases\n")
        self.setup()
        token = self.credential()["status"]["token"]
        lease = json.loads(self.ok("lease", "list", "-o", "json"))[0]
        self.assertEqual((lease["profile"], lease["subject"], lease["cached"], lease["stores"]),
                         ("dev", "system:serviceaccount:ci:deployer", "fresh", ["kernel-keyring"]))
        for words in (["lease", "list"], ["cache", "list"]):
            for form in ("table", "json", "yaml"):
                self.assertNotIn(token, self.ok(*words, "-o", form))
        self.assertEqual(self.ok("cache", "clear", "--profile", "dev"), "forgot 1 token\n")
        self.assertEqual(self.ok("cache", "list"), "the cache is empty\n")

    def test_lease_create_prints_the_token_only_where_it_is_asked_for(self):
        self.profile()
        lease = json.loads(self.ok("lease", "create", "--profile", "dev", "--ttl", "15m", "-o",
                                   "json"))
        self.assertEqual(lease["ttlSeconds"], 900)
        self.assertTrue(lease["token"].startswith("ey"))
        self.assertNotIn("eyJ", self.ok("lease", "create", "--profile", "dev"))
        self.assertIn("max-ttl", self.fails(2, "lease", "create", "--profile", "dev", "--ttl",
                                            "9h"))
        self.assertIn("10m", self.fails(2, "lease", "create", "--profile", "dev", "--ttl", "5m"))

    def test_doctor_finds_what_is_broken(self):
        self.setup()
        checks = {c["check"]: c for c in json.loads(self.ok("doctor", "-o", "json"))}
        self.assertEqual(checks["store kernel-keyring"]["state"], "ok")
        self.assertRegex(checks["store kernel-keyring"]["finding"], r"holds \d+ entr.* bytes$")
        self.assertEqual(checks["store memory"]["state"], "ok")
        self.assertEqual(checks["store secret-service"]["state"], "ok")
        self.assertIn("none here", checks["store secret-service"]["finding"])
        self.assertEqual(checks["dev rbac"]["state"], "ok")
        self.api.skew(600)
        checks = {c["check"]: c for c in json.loads(self.ok("doctor", "-o", "json"))}
        self.assertEqual(checks["dev clock"]["state"], "warning")
        self.assertIn("600 s", checks["dev clock"]["finding"].replace("599", "600"))
        os.chmod(self.box.profile_path("dev"), 0o666)
        result = self.leasehold("doctor")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("chmod", result.stdout)

    def test_doctor_makes_nothing(self):
        place = {"LEASEHOLD_CONFIG_DIR": self.box.path("new-config"),
                 "LEASEHOLD_RUNTIME_DIR": self.box.path("new-runtime"),
                 "LEASEHOLD_STATE_DIR": self.box.path("new-state")}
        before = sorted(os.listdir(self.box.home))
        self.assertIn("made when it is needed", self.ok("doctor", "--offline", environment=place))
        self.assertEqual(sorted(os.listdir(self.box.home)), before)

    def test_profiles_that_cannot_be_listed_are_not_none(self):
        place = {"LEASEHOLD_CONFIG_DIR": os.path.dirname(self.box.write("etc/profiles", ""))}
        result = self.leasehold("doctor", "--offline", environment=place)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("cannot list", result.stdout)
        self.assertNotIn("there are none", result.stdout)

    def test_a_profile_directory_that_others_may_change_is_refused(self):
        self.profile()
        os.chmod(os.path.dirname(self.box.profile_path("dev")), 0o777)
        self.assertIn("chmod 700", self.fails(3, "credential", "--profile", "dev"))

    def test_an_empty_token_file_makes_no_anonymous_request(self):
        token = self.box.write("empty-token", "")
        self.ok("profile", "add", "x", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "--namespace", "ci", "--service-account", "deployer",
                "--requester-token-file", token)
        before = self.api.counters()["requests"]
        self.assertIn("is empty", self.fails(3, "credential", "--profile", "x"))
        self.assertEqual(self.api.counters()["requests"], before)

    def test_a_plugin_gains_no_rights_and_gets_no_secret_of_ours(self):
        log = self.box.path("status")
        plugin = self.box.write("plugin", "#!/bin/sh\n{ cat /proc/self/status; env; } >" + log +
                                "\nexit 1\n")
        os.chmod(plugin, 0o700)
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "a",
                  "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
                  "clusters": [{"name": "c", "cluster": {"server": self.api.server}}],
                  "users": [{"name": "u", "user": {"exec": {
                      "apiVersion": "client.authentication.k8s.io/v1", "command": plugin,
                      "interactiveMode": "Never"}}}]}
        self.box.write("with-plugin", json.dumps(config))
        self.ok("profile", "add", "p", "--from-context", "a", "--from-kubeconfig",
                self.box.path("with-plugin"), "--certificate-authority", self.api.ca,
                "--namespace", "ci", "--service-account", "deployer")
        self.leasehold("credential", "--profile", "p",
                       environment={"INFISICAL_TOKEN": "CANARY", "AWS_PROFILE": "mine"})
        with open(log, encoding="utf-8") as file:
            text = file.read()
        self.assertRegex(text, r"NoNewPrivs:\s1")
        # A plugin's own variables reach it; another provider's secrets do not.
        self.assertIn("AWS_PROFILE=mine", text)
        self.assertNotIn("CANARY", text)

    def test_an_option_without_its_value_is_named(self):
        self.assertIn("--from-context lacks its value",
                      self.fails(2, "profile", "add", "x", "--from-context", "--namespace", "ci"))
        self.assertIn("--ttl lacks its value",
                      self.fails(2, "profile", "add", "x", "--ttl", "--namespace=ci"))

    def test_no_secret_is_an_option(self):
        for words in self.words():
            text = self.ok(*words, "--help")
            for option in re.findall(r"--([a-z-]+)", text):
                self.assertNotIn(option, ("token", "password", "secret", "client-secret"), words)

    def test_arguments_and_environment_of_children_hold_no_secret(self):
        """A requester's exec plugin sees no token of ours, and /proc shows none."""
        plugin = self.box.write("plugin", "#!/bin/sh\ncat /proc/$PPID/cmdline >>%s\nenv >>%s\n"
                                "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\","
                                "\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%%s\"}}' "
                                "\"$(cat %s)\"\n" % (self.box.path("seen"), self.box.path("seen"),
                                                     self.api.admin_token_file), 0o700)
        self.box.write("admin", json.dumps({
            "clusters": [{"name": "c", "cluster": {"server": self.api.server,
                                                   "certificate-authority": self.api.ca}}],
            "contexts": [{"name": "admin", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {"exec": {
                "apiVersion": "client.authentication.k8s.io/v1", "command": plugin,
                "interactiveMode": "Never"}}}]}))
        self.profile()
        token = self.credential()["status"]["token"]
        with open(self.box.path("seen"), encoding="utf-8") as file:
            seen = file.read()
        self.assertIn("LEASEHOLD_PROFILE_CHAIN=dev", seen)
        self.assertNotIn(token, seen)

    def test_a_profile_cannot_ask_with_its_own_token(self):
        self.setup()
        self.rewrite_profile("dev", self.box.path("admin"), self.box.kubeconfig)
        self.rewrite_profile("dev", "context: admin", "context: dev")
        self.assertIn("own token", self.fails(4, "credential", "--profile", "dev") or "")

    def test_completion(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("leasehold", self.ok("completion", shell))
        self.fails(2, "completion", "tcsh")

    def test_a_kubeconfig_runs_the_plugin_and_nothing_else(self):
        self.profile()
        before = self.api.counters()["requests"]
        client = {"KUBERNETES_EXEC_INFO": "{}"}
        for words in (("profile", "remove", "dev"), ("lease", "revoke", "--all"), ("setup", "x"),
                      ("lease", "list"), ("doctor",), ("__complete", ""), ("cache", "clear"),
                      ("renew-in-background", "--profile", "dev"),
                      ("check-in-background", "--profile", "dev"),
                      ("sweep-in-background", "--profile", "dev")):
            said = self.fails(2, *words, environment=client)
            self.assertRegex(said, "may not run|started by leasehold itself")
        self.assertEqual(self.api.counters()["requests"], before)
        self.ok("profile", "show", "dev")
        self.ok("version", environment=client)
        self.ok("lease", "--help", environment=client)

    def test_help_is_by_provider(self):
        self.assertNotIn("--project-slug", self.ok("profile", "add", "--help"))
        self.assertIn("--project-slug", self.ok("help", "profile", "add", "--provider", "infisical"))
        self.assertIn("--project-slug", self.ok("setup", "--help", "--all"))

    def test_a_flag_of_another_provider_is_an_error(self):
        said = self.fails(2, "profile", "add", "x", "--server", "https://a.example", "--namespace",
                          "ci", "--service-account", "d", "--site", "https://b.example")
        self.assertIn("--site is a flag of provider infisical", said)

    def test_a_dry_run_of_setup_writes_and_leases_nothing(self):
        before = self.api.counters()["requests"]
        said = self.ok("setup", "x", "--server", "https://127.0.0.1:1", "--namespace", "ci",
                       "--service-account", "deployer", "--dry-run")
        self.assertIn("service-account: deployer", said)
        self.assertIn("+- name: leasehold-x", said.replace('"', ""))
        self.assertEqual(self.api.counters()["requests"], before)
        self.assertIn("no profiles", self.ok("profile", "list"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
