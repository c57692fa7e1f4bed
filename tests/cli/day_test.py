"""A day with leasehold: what the next kubectl would use, profiles by other names, words mistyped."""

import json
import os
import re
import unittest

from case import PROGRAM
from lease_case import LeaseCase
from tests.support.terminal import on_terminal


class DayCase(LeaseCase):
    def terminal(self, *words, typed=(), **environment):
        return on_terminal((PROGRAM, *words), dict(self.box.environment, **environment), typed)


class StatusTest(DayCase):
    def test_it_tells_what_the_next_kubectl_would_use(self):
        self.setup()
        text = self.ok("status")
        self.assertRegex(text, r"context     dev in \S+/kubeconfig\n")
        self.assertRegex(text, r"profile     dev \(kubernetes, https://")
        self.assertRegex(text, r"token       system:serviceaccount:ci:deployer, (59m\d+s|1h) left "
                               r"\(until 20\d\d-")
        self.assertRegex(text, r"revocable   yes: leasehold lease revoke leasehold-\S+\n")
        self.assertRegex(text, r"last asked  20\d\d-\S+ \(lease\)\n")
        data = json.loads(self.ok("status", "-o", "json"))
        self.assertEqual((data["profile"], data["usable"]), ("dev", True))

    def test_without_a_token_it_exits_with_1(self):
        self.setup()
        self.ok("cache", "clear")
        before = self.token_requests()
        result = self.leasehold("status")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("none: the next call leases one", result.stdout)
        self.assertEqual(self.token_requests(), before, "status leased a token")

    def test_a_context_that_is_another_s_is_told(self):
        with open(self.box.path("admin"), encoding="utf-8") as file:
            self.box.write("kubeconfig", file.read())
        result = self.leasehold("status")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("which is not one of leasehold's", result.stdout)

    def test_names_in_a_kubeconfig_do_nothing_to_a_terminal(self):
        self.setup()
        hostile = 'evil\\e[2J\\u202E\\u0085\\r'  # as YAML writes it
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            text = file.read()
        self.box.write("kubeconfig", re.sub(
            r'(?m)^((- |  )name|current-context|    (cluster|user)): .*$', r'\1: "%s"' %
            hostile.replace("\\", "\\\\"), text))
        for words in (("status",), ("kubeconfig", "list"), ("kubeconfig", "diff", "dev"),
                      ("doctor", "--offline"), ("cache", "list"), ("profile", "check", "dev"),
                      ("kubeconfig", "wrap", hostile, "--dry-run"), ("exec", "--", "true"),
                      ("kubeconfig", "remove", "dev", "--dry-run")):
            with self.subTest(words):
                result = self.leasehold(*words)
                for bad in ("\x1b", "\u202e", "\x85", "\r"):
                    self.assertNotIn(bad, result.stdout + result.stderr)
        self.assertIn(r"evil\x1b[2J\u{202e}\u{0085}", self.leasehold("status").stdout)


class TokenTest(DayCase):
    def test_it_is_the_cached_one(self):
        self.setup()
        before = self.token_requests()
        token = self.ok("token")
        self.assertEqual(token, self.credential()["status"]["token"] + "\n")
        self.assertEqual(self.ok("token", "dev"), token)
        self.assertEqual(self.ok("token", "--profile", "dev"), token)
        self.assertEqual(self.token_requests(), before)

    def test_no_kubeconfig_may_ask_for_it(self):
        self.setup()
        for command in ("token", "status"):
            words = self.fails(2, command, environment={"KUBERNETES_EXEC_INFO": "{}"})
            self.assertIn("a kubeconfig may not run", words)


class NamesTest(DayCase):
    def test_the_current_context_s_profile_is_meant(self):
        self.setup()
        self.profile("other")
        self.assertIn("dev", self.ok("profile", "show"))
        self.assertIn("system:serviceaccount:ci:deployer", self.ok("lease", "create"))
        self.assertIn("revoked", self.ok("logout"))

    def test_where_none_is_current_the_question_names_a_way_out(self):
        self.profile()
        words = self.fails(2, "lease", "create")
        self.assertIn("which profile? no context is current", words)
        self.assertIn("--profile NAME", words)

    def test_a_name_may_be_said_both_ways(self):
        self.setup()
        for words in (("profile", "show"), ("profile", "check"), ("kubeconfig", "add"),
                      ("lease", "create"), ("lease", "list"), ("cache", "list"), ("audit",),
                      ("doctor", "--offline"), ("token",), ("status",)):
            with self.subTest(words=words):
                self.ok(*words, "dev")
                self.ok(*words, "--profile", "dev")
                self.assertIn("two profiles are named",
                              self.fails(2, *words, "dev", "--profile", "other"))

    def test_n_is_namespace(self):
        self.ok("profile", "add", "dev", "--from-context", "admin", "--from-kubeconfig",
                self.box.path("admin"), "-n", "ci", "--service-account", "deployer")
        self.ok("lease", "create", "dev", "-n", "ci")
        self.ok("kubeconfig", "add", "dev", "-n", "ci")

    def test_what_is_mistyped_is_named(self):
        for words, meant in ((("setpu",), "'leasehold setup'"),
                             (("profile", "lsit"), "'leasehold profile list'"),
                             (("leas", "list"), "'leasehold lease"),
                             (("lease", "list", "--al-holders"), "--all-holders"),
                             (("setup", "x", "--namespcae", "y"), "--namespace")):
            with self.subTest(words=words):
                self.assertIn("hint: did you mean " + meant, self.fails(2, *words))
        self.assertNotIn("did you mean", self.fails(2, "frobnicate"))

    def test_bare_words_print_help(self):
        for words in ((), ("lease",), ("infisical", "definition")):
            with self.subTest(words=words):
                result = self.leasehold(*words)
                self.assertEqual((result.returncode, result.stderr), (2, ""))
                self.assertIn("COMMAND [OPTIONS]", result.stdout)
        self.assertIn("Usage: leasehold lease revoke", self.ok("help", "lease", "revoke"))

    def topics(self):
        found = re.findall(r"(?m)^  (\S+) ", self.ok("help", "topics"))
        self.assertGreater(len(found), 5)
        return found

    def test_help_begins_with_examples(self):
        self.assertRegex(self.ok("help", "lease", "create"),
                         r"\AUsage: .*\n\n  leasehold lease create dev\n  leasehold .*\n  eval .*\n\n")
        for topic in self.topics():
            self.assertRegex(self.ok("help", topic), r"\A%s: .*\n\n(  .*\n){3,}\n" % topic)
        # What is a topic and a group of commands is told as both.
        self.assertRegex(self.ok("help", "kubeconfig"), r"\Akubeconfig: (.*\n)+Usage: (.*\n)+  "
                                                        "kubeconfig add ")
        self.assertIn("leasehold help topics", self.ok("--help"))
        self.assertIn("did you mean 'leasehold help stores'?", self.fails(2, "help", "stroes"))
        self.ok("help", "stores", environment={"KUBERNETES_EXEC_INFO": "{}"})

    def test_topics_are_completed(self):
        words = self.ok("__complete", "help", "").split()
        self.assertLess({"topics", "lease", *self.topics()}, set(words))
        self.assertEqual(self.ok("__complete", "help", "sto").split(), ["stores", ":4"])
        self.assertEqual(self.ok("__complete", "he").split(), ["help", ":4"])
        self.assertEqual(self.ok("__complete", "help", "lease", "sh").split(), ["show", ":4"])

    def test_help_keeps_to_the_terminal(self):
        for words in ((), ("--help",), ("setup", "--help"), ("lease", "revoke", "--help"),
                      ("help", "login"), ("help", "topics"),
                      *(("help", topic) for topic in self.topics())):
            with self.subTest(words=words):
                _, shown = self.terminal(*words)
                self.assertLessEqual(max(map(len, shown.splitlines())), 80, shown)
        for option in re.findall(r"(?m)^  (?:-\w \[ )?(--[\w-]+)(?: \])? VALUE ",
                                 self.ok("setup", "--help", "--all")):
            self.assertEqual(option, "--server-id-header", "no word for its value")
        for words in ("--profile NAME", "--ttl DURATION", "--kubeconfig FILE", "--server URL"):
            self.assertIn(words, self.ok("help", "setup"))


class RenameTest(DayCase):
    def test_the_entries_and_the_current_context_move_along(self):
        self.setup()
        self.ok("kubeconfig", "add", "dev", "--context", "second", "-n", "default")
        said = self.ok("profile", "rename", "dev", "prod")
        self.assertIn("profile dev is now prod", said)
        listed = {row["context"]: row for row in json.loads(self.ok("kubeconfig", "list", "-o",
                                                                    "json"))}
        self.assertEqual({name: (row["profile"], row["namespace"], row["problems"])
                          for name, row in listed.items()},
                         {"prod": ("prod", "ci", []), "second": ("prod", "default", [])})
        self.assertEqual(self.ours(), [], "a lease of the old name goes on")
        self.fails(3, "profile", "show", "dev")
        self.assertEqual(self.ok("token"), self.ok("token", "prod"))

    def test_what_login_keeps_moves_along(self):
        self.ok("profile", "add", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "-n", "ci", "--service-account", "deployer", "--store", "file")
        self.ok("login", "dev", "--token-file", self.api.admin_token_file)
        self.ok("profile", "rename", "dev", "prod")
        self.ok("lease", "create", "prod")

    def test_a_name_that_is_taken_changes_nothing(self):
        self.setup()
        self.profile("prod")
        self.assertIn("already", self.fails(3, "profile", "rename", "dev", "prod"))
        self.assertEqual(len(self.ours()), 1)


class EditTest(DayCase):
    def edit(self, script):
        return self.leasehold("profile", "edit", "dev", environment={"EDITOR": script})

    def text(self):
        with open(self.box.profile_path("dev"), encoding="utf-8") as file:
            return file.read()

    def test_what_comes_back_is_written(self):
        self.profile()
        result = self.edit("sed -i 's/^provider: .*/&\\nttl: 20m/'")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("ttl: 20m", self.text())
        self.assertEqual(os.listdir(os.path.dirname(self.box.profile_path("dev"))), ["dev.yaml"])

    def test_what_is_no_profile_changes_nothing(self):
        self.profile()
        before = self.text()
        result = self.edit("sed -i 's/provider: .*/provider: nobody/'")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("nothing was changed", result.stderr)
        self.assertEqual(self.text(), before)
        self.assertIn("failed", self.edit("false").stderr)
        self.assertEqual(self.text(), before)

    def test_on_a_terminal_it_is_opened_again(self):
        self.profile()
        flag = self.box.path("second")
        script = self.box.write("editor", "#!/bin/sh\nif [ -e %s ]; then sed -i 's/nobody/"
                                "kubernetes/' \"$1\"; else touch %s; sed -i 's/kubernetes$/nobody/'"
                                " \"$1\"; fi\n" % (flag, flag), 0o700)
        code, shown = self.terminal("profile", "edit", "dev", typed=(("edit again?", "y"),),
                                    EDITOR=script)
        self.assertEqual(code, 0, shown)


class TablesTest(DayCase):
    LISTS = (("lease", "list"), ("lease", "list", "--local"), ("cache", "list"),
             ("profile", "list"), ("kubeconfig", "list"), ("audit",))

    def test_they_fit_80_columns_on_a_terminal(self):
        self.setup("a-profile-with-a-rather-long-name")
        for words in self.LISTS:
            with self.subTest(words=words):
                code, shown = self.terminal(*words)
                self.assertEqual(code, 0, shown)
                self.assertGreater(len(shown.splitlines()), 1)
                self.assertLessEqual(max(map(len, shown.splitlines())), 80, shown)
                code, wide = self.terminal(*words, "-o", "wide")
                self.assertEqual(wide, self.ok(*words), "wide is what a pipe gets")

    def test_names_alone_and_no_headers(self):
        self.setup()
        self.assertEqual(self.ok("profile", "list", "-o", "name"), "dev\n")
        self.assertEqual(self.ok("kubeconfig", "list", "-o", "name"), "dev\n")
        self.assertRegex(self.ok("lease", "list", "-o", "name"), r"\Aleasehold-\w+\n\Z")
        for words in self.LISTS:
            full = self.ok(*words).splitlines()
            bare = self.ok(*words, "--no-headers").splitlines()
            self.assertEqual(len(bare), len(full) - 1, words)


class QuestionsTest(DayCase):
    def test_everybody_s_leases_end_only_after_a_yes(self):
        self.setup()
        words = ("lease", "revoke", "--all", "--all-holders")
        code, shown = self.terminal(*words, typed=(("go on? (y/N)", "n"),))
        self.assertEqual(code, 130, shown)
        self.assertIn("nothing was done", shown)
        self.assertEqual(len(self.ours()), 1)
        code, shown = self.terminal(*words, "--yes")
        self.assertEqual(code, 0, shown)
        self.assertEqual(self.ours(), [])

    def test_a_slow_server_is_named_after_two_seconds(self):
        self.setup()
        self.api.fault("latency", seconds=4, path="/token$", times=1)
        code, shown = self.terminal("lease", "create", "dev")
        self.assertEqual(code, 0, shown)
        self.assertEqual(shown.count("leasehold: waiting for " + self.api.server + " ...\n"), 1)
        self.api.fault("latency", seconds=3, path="/token$", times=1)
        self.assertEqual(self.leasehold("lease", "create", "dev").stderr, "")


class RemoveTest(DayCase):
    def test_a_profile_whose_cluster_is_gone_can_be_removed(self):
        self.setup()
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        stays = self.leasehold("profile", "remove", "dev")
        self.assertNotEqual(stays.returncode, 0)
        hint = re.search("hint: to remove it all the same: leasehold (.*)", stays.stderr)
        self.ok(*hint[1].split())
        self.fails(3, "profile", "show", "dev")

    def test_where_no_lease_is_known_there_is_no_question(self):
        self.profile()
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        self.ok("profile", "remove", "dev")

    def test_a_second_logout_is_fine(self):
        self.setup()
        self.assertIn("forgot 1 token\n", self.ok("logout", "dev"))
        self.assertIn("no token was cached\n", self.ok("logout", "dev"))


class UninstallTest(DayCase):
    def left(self):
        return sorted(name for name in os.listdir(self.box.home) if name.startswith("."))

    def test_nothing_is_left(self):
        with open(self.box.path("admin"), encoding="utf-8") as file:
            before = self.box.write("kubeconfig", file.read())
        with open(before, encoding="utf-8") as file:
            text = file.read()
        self.setup()
        self.setup("second", "--store", "file")
        foretold = self.ok("uninstall", "--user", "--dry-run")
        for words in ("would revoke lease leasehold-", 'would remove context "dev" in',
                      "would remove " + self.box.home + "/.config/leasehold/profiles\n"):
            self.assertIn(words, foretold)
        self.assertEqual(len(self.ours()), 2)
        self.assertIn("--user", self.fails(2, "uninstall"))
        self.ok("uninstall", "--user")
        self.assertEqual(self.ours(), [])
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertEqual(file.read(), text)
        for path, folders, files in os.walk(self.box.home):
            self.assertNotIn("leasehold", folders, path)
            self.assertFalse({"audit.jsonl", "dev.yaml"} & set(files), path)
        self.assertEqual(self.ok("uninstall", "--user", "--dry-run"),
                         "there is nothing of leasehold's\n")

    def test_leases_that_no_store_has_are_foretold(self):
        self.setup()
        [lease] = self.leases()
        self.ok("cache", "clear")
        self.assertIn("would revoke lease " + lease["id"] + " of profile dev\n",
                      self.ok("uninstall", "--user", "--dry-run"))
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        foretold = self.leasehold("uninstall", "--user", "--dry-run")
        self.assertEqual(foretold.returncode, 0, foretold.stderr)
        self.assertIn("the server's view of profile dev is left out", foretold.stderr)

    def test_leases_that_cannot_be_revoked_stop_it(self):
        self.setup()
        self.rewrite_profile("dev", self.api.server, "https://127.0.0.1:1")
        result = self.leasehold("uninstall", "--user")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("leasehold uninstall --user --keep-leases", result.stderr)
        self.ok("profile", "show", "dev")
        self.ok("uninstall", "--user", "--keep-leases")


class SetupQuestionsTest(DayCase):
    def test_what_is_not_there_is_asked_for_again(self):
        code, shown = self.terminal(
            "setup", "dev", "--from-kubeconfig", self.box.path("admin"), "--from-context", "admin",
            typed=(("namespace of the service account [default]: ", "c1"),
                   ('there is no "c1"', "ci"),
                   ("service account to lease tokens of: ", "deployr"),
                   ('there is no "deployr"; did you mean deployer?', "deployer")))
        self.assertEqual(code, 0, shown)
        self.assertIn("system:serviceaccount:ci:deployer until", shown)


class DoctorTest(DayCase):
    def checks(self, code):
        result = self.leasehold("doctor", "--offline", "-o", "json")
        self.assertEqual(result.returncode, code, result.stdout)
        return {check["check"]: check for check in json.loads(result.stdout)}

    def test_requesters_are_looked_at(self):
        self.setup()
        self.assertEqual(self.checks(0)["requester of dev"]["state"], "ok")
        os.chmod(self.box.path("admin"), 0o644)
        open_to_others = self.checks(0)["requester of dev"]
        self.assertEqual((open_to_others["state"], open_to_others["hint"]),
                         ("warning", "chmod 600 " + self.box.path("admin")))
        os.chmod(self.box.path("admin"), 0o600)
        self.rewrite_profile("dev", "context: admin", "context: nobody")
        gone = self.checks(3)["requester of dev"]
        self.assertIn('there is no context "nobody"', gone["finding"])
        # An entry of leasehold's in the place of the one that it asks with.
        self.rewrite_profile("dev", "context: nobody", "context: dev")
        self.rewrite_profile("dev", self.box.path("admin"), self.box.kubeconfig)
        own = self.checks(3)["requester of dev"]
        self.assertIn("is an entry of profile dev now, which asks nobody", own["finding"])
        self.assertIn("leasehold profile edit dev", own["hint"])

    def test_it_ends_with_counts_and_is_plain_in_a_pipe(self):
        self.setup()
        self.assertRegex(self.ok("doctor"), r"\n\d+ ok, \d+ to look at, 0 failed\n\Z")
        self.assertNotIn("\x1b", self.ok("doctor"))
        self.assertIn("\x1b[32mok\x1b[0m", self.terminal("doctor", "--offline")[1])
        self.assertNotIn("\x1b", self.terminal("doctor", "--offline", NO_COLOR="1")[1])


class RoleTest(DayCase):
    def test_a_check_finds_a_role_that_is_missing(self):
        self.dynamic("dyn", role=("--role", "no-such"))
        checked = self.leasehold("profile", "check", "dyn")
        self.assertEqual(checked.returncode, 3, checked.stdout)
        self.assertIn('failed    role: there is no Role "no-such" in namespace ci', checked.stdout)
        self.dynamic("dyn", "--force")
        self.assertIn('ok        role: role ci/reader', self.ok("profile", "check", "dyn"))


class SetupTokenTest(DayCase):
    def arguments(self, *more):
        return ("setup", "dev", "--server", self.api.server, "--certificate-authority",
                self.api.ca, "-n", "ci", "--service-account", "deployer", *more)

    def test_setup_keeps_the_token_that_it_is_given(self):
        self.ok(*self.arguments("--token-file", self.api.admin_token_file))
        self.ok("lease", "create", "dev")

    def test_it_goes_once_the_profile_asks_with_something_else(self):
        self.ok(*self.arguments("--token-file", self.api.admin_token_file, "--store", "file"))
        self.ok("cache", "clear")
        place = self.box.path(".local/state/leasehold/tokens")
        self.assertEqual(len(os.listdir(place)), 1)
        self.setup("dev", "--force", "--store", "file", "--no-check")
        self.assertEqual(os.listdir(place), [])

    def test_on_a_terminal_it_asks_for_it(self):
        with open(self.api.admin_token_file, encoding="ascii") as file:
            token = file.read().strip()
        code, shown = self.terminal(*self.arguments(), typed=(("token for profile dev: ", token),))
        self.assertEqual(code, 0, shown)
        self.assertNotIn(token, shown)

    def test_one_that_is_refused_is_not_kept(self):
        words = self.fails(4, *self.arguments("--token-stdin"), input="nonsense\n")
        self.assertIn("nothing was set up", words)
        self.ok("profile", "add", "dev", *self.arguments()[2:])
        self.assertIn("no token is kept", self.fails(4, "lease", "create", "dev"))


if __name__ == "__main__":
    unittest.main()
