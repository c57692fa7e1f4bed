"""A provider costs two rows and its own rooms: one that is a script is added in a test build, and
every command works with it.

The desk is a directory: what lies in it is the provider's "server" (src/lease/stub/provider.hpp).
"""

import difflib
import json
import os
import re
import unittest

from tests.support.sandbox import PROGRAM, exec_info
from tests.support.sandbox_case import SandboxCase
from tests.support.terminal import on_terminal

OVERLAY = os.environ["STUB_OVERLAY"]
SOURCE = os.environ["LEASEHOLD_SOURCE_DIR"]
HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = "https://cluster.example:6443"


def tree(root):
    """Every file below a directory, by its path from there."""
    return {os.path.relpath(os.path.join(place, name), root)
            for place, _, names in os.walk(root) for name in names}


class TwoRows(unittest.TestCase):
    def test_two_files_of_the_product_get_a_row_each(self):
        edited = tree(OVERLAY)
        self.assertEqual(edited, {"src/lease/providers.cpp", "helper/providers/table.cpp"})
        for path in edited:
            with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
                before = file.read().splitlines()
            with open(os.path.join(OVERLAY, path), encoding="utf-8") as file:
                after = file.read().splitlines()
            matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
            changes = [op for op in matcher.get_opcodes() if op[0] != "equal"]
            # An include and a row; no line of the product is changed or gone.
            self.assertEqual([op[0] for op in changes], ["insert", "insert"], path)
            include, row = (after[op[3]:op[4]] for op in changes)
            self.assertEqual(len([line for line in include if line]), 1, include)
            self.assertRegex(include[0] + include[-1], "#include")
            self.assertEqual(len(re.findall(r'"stub"', "\n".join(row))), 1, row)

    def test_all_else_lies_in_rooms_of_its_own(self):
        own = {path for path in tree(HERE) if path.endswith((".cpp", ".hpp"))}
        self.assertGreater(len(own), 4)
        for path in own:
            self.assertRegex(path, r"^(src/lease/stub/|helper/providers/stub/)")
            self.assertFalse(os.path.exists(os.path.join(SOURCE, path)), path)


class Case(SandboxCase):
    def setUp(self):
        super().setUp()
        self.desk = self.box.path("desk")
        os.makedirs(os.path.join(self.desk, "tickets"), 0o700)

    def flags(self, *more):
        return ("--provider", "stub", "--server", SERVER, "--desk", self.desk, "--ticket", "gate",
                *more)

    def add(self, name="dev", *more):
        return self.ok("profile", "add", name, *self.flags(*more))

    def token(self, name="dev", **options):
        answer = json.loads(self.ok("credential", "--profile", name, **options))
        return answer["status"]["token"]

    def grants(self):
        place = os.path.join(self.desk, "grants")
        return sorted(os.listdir(place)) if os.path.exists(place) else []

    def notes(self):
        with open(os.path.join(self.desk, "notes"), encoding="ascii") as file:
            return file.read().split()

    def demand_pass(self, text):
        self.box.write("desk/pass", text)


class Profiles(Case):
    def test_add_show_and_list(self):
        text = self.add("dev", "--window", "left", "--ttl", "5m")
        self.assertIn("next: leasehold login --profile dev", text)
        shown = json.loads(self.ok("profile", "show", "dev", "-o", "json"))["values"]
        self.assertEqual({key: shown[key]["value"] for key in shown if key.startswith("stub.")},
                         {"stub.desk": self.desk, "stub.ticket": "gate", "stub.window": "left"})
        self.assertRegex(shown["stub.desk"]["origin"], r"^line \d+$")
        self.assertEqual(shown["deadline"]["value"], "10s")
        listed = self.ok("profile", "list")
        self.assertRegex(listed, r"dev +stub +https://cluster\.example:6443 +gate +5m +ok")

    def test_variables_stand_in_for_flags(self):
        self.ok("profile", "add", "dev", "--provider", "stub", "--server", SERVER, "--ticket", "t",
                environment={"STUB_DESK": self.desk})
        self.assertIn(self.desk, self.ok("profile", "show", "dev"))

    def test_mistakes_are_told(self):
        for part, words in (
                (("--provider", "stub", "--server", SERVER, "--ticket", "t"), "--desk is missing"),
                (self.flags("--window", "up"), 'unknown --window "up"'),
                (self.flags("--window", "left", "--window", "right"), "more than once"),
                (self.flags("--desk", "elsewhere"), "more than once"),
                (self.flags("--namespace", "ci"), "--namespace means nothing"),
                (self.flags("--service-account", "a"), "a flag of provider kubernetes, and this "
                 "profile's is stub"),
                (self.flags("--project-slug", "a"), "a flag of provider infisical, and this "
                 "profile's is stub"),
                (("--server", SERVER, "--namespace", "n", "--service-account", "a", "--desk", "d"),
                 "--desk is a flag of provider stub, and this profile's is kubernetes"),
                (("--provider", "stubb", "--server", SERVER), 'unknown --provider "stubb"')):
            text = self.fails(2, "profile", "add", "dev", *part)
            self.assertIn(words, text)
            self.assertIn("hint: ", text)
        text = self.fails(2, "profile", "add", "dev", *self.flags("--ttl", "30s"))
        self.assertIn("the desk grants nothing shorter than 1m", text)
        self.assertIn("providers of this version: kubernetes, infisical, vault, exec, stub",
                      self.fails(2, "profile", "add", "x", "--provider", "y", "--server", SERVER))
        self.assertIn("setup dev --from-context CONTEXT --provider stub --desk DIRECTORY",
                      self.fails(2, "profile", "add", "dev", "--provider", "stub"))

    def test_mistakes_in_the_file_have_their_place(self):
        self.add()
        path = self.box.profile_path("dev")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for mistake, words in (("ticket: a b", r'dev\.yaml:\d+:\d+: "stub.ticket"'),
                               ("ticket: gate\n  tiket: x",
                                r'dev\.yaml:\d+:\d+: unknown key "stub.tiket"'),
                               ("", r'dev\.yaml:\d+:\d+: "stub.ticket" is missing')):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("ticket: gate", mistake))
            self.assertRegex(self.fails(3, "credential", "--profile", "dev"), words)

    def test_check_and_doctor_ask_the_desk(self):
        self.add()
        self.assertRegex(self.ok("profile", "check", "dev"), "ok +desk: open")
        self.box.write("desk/closed", "back at nine\n")
        result = self.box.leasehold("profile", "check", "dev")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("the desk is closed: back at nine", result.stdout)
        self.assertIn("dev desk: the desk is closed",
                      self.box.leasehold("doctor", "--profile", "dev").stdout)


class Help(Case):
    def test_help_shows_the_providers_own_flags(self):
        text = self.ok("setup", "--provider", "stub", "--help")
        self.assertIn("Options of provider stub (a desk of the tests), at least\n  --desk DIRECTORY",
                      text)
        for flag in ("--desk", "--ticket", "--path", "--window"):
            self.assertRegex(text, rf"\n +{flag} [A-Z]+")
        for other in ("--service-account", "--project-slug"):
            self.assertNotIn(other + " VALUE", text)
        told = " ".join(text.split())
        self.assertRegex(told, r"life of a token \(default 1h; at least .*, 1m with stub")
        self.assertRegex(told, r"how long a call may take in all \(default .*, 10s with stub")
        self.assertIn("--pass-file", self.ok("login", "--help"))
        self.assertIn("infisical, vault, exec, stub", self.ok("setup", "--help"))

    def test_completion(self):
        def complete(*words):
            return self.ok("__complete", *words).split()
        self.assertIn("stub", complete("setup", "x", "--provider", ""))
        self.assertIn("--ticket", complete("setup", "x", "--ti"))
        self.assertEqual(complete("setup", "x", "--provider", "stub", "--window", ""),
                         ["left", "right", ":4"])
        self.assertIn("--pass-stdin", complete("login", "--pass"))


class Setup(Case):
    def test_a_lease_and_an_entry_in_one_step(self):
        text = self.ok("setup", "dev", *self.flags())
        self.assertIn("lease        system:serviceaccount:stub:gate", text)
        self.assertEqual(self.grants(), ["gate-1"])
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertIn(SERVER, file.read())
        self.assertEqual(self.token(), "token-of-gate-1")
        self.assertEqual(self.grants(), ["gate-1"])

    def test_it_keeps_what_the_desk_asks_for(self):
        self.demand_pass("open sesame")
        self.ok("setup", "dev", *self.flags("--pass-stdin"), input="open sesame\n")
        self.assertEqual(self.token(), "token-of-gate-1")

    def test_nothing_is_left_when_the_desk_refuses(self):
        self.box.write("desk/closed", "no \x1b[31mred\n")
        text = self.fails(4, "setup", "dev", *self.flags())
        self.assertIn("nothing was set up: the first lease failed", text)
        self.assertNotIn("\x1b", text)
        self.assertFalse(os.path.exists(self.box.profile_path("dev")))

    def test_it_asks_on_a_terminal_and_offers_what_there_is(self):
        for ticket in ("gate", "tower"):
            self.box.write(f"desk/tickets/{ticket}", "")
        self.demand_pass("open sesame")
        code, shown = on_terminal([PROGRAM, "setup", "dev", "--provider", "stub", "--server", SERVER,
                                   "--desk", self.desk], self.box.environment,
                                  [("ticket to lease: ", "tower"), ("pass for ", "open sesame")])
        self.assertEqual(code, 0, shown)
        self.assertIn("there are: gate, tower", shown)
        self.assertIn("system:serviceaccount:stub:tower", shown)
        self.assertEqual(self.grants(), ["tower-1"])


class Leases(Case):
    def test_miss_then_hit_then_another(self):
        self.add()
        info = {"KUBERNETES_EXEC_INFO": exec_info(SERVER)}
        self.assertEqual(self.token(environment=info), "token-of-gate-1")
        self.box.write("desk/closed", "nobody is asked for a hit")
        self.assertEqual(self.token(environment=info), "token-of-gate-1")
        self.assertEqual(self.grants(), ["gate-1"])
        os.unlink(os.path.join(self.desk, "closed"))
        self.ok("cache", "clear", "--profile", "dev")
        self.assertEqual(self.token(environment=info), "token-of-gate-2")

    def test_a_refusal_is_remembered(self):
        self.add()
        self.box.write("desk/closed", "at lunch")
        self.assertIn("the desk is closed: at lunch",
                      self.fails(4, "credential", "--profile", "dev"))
        os.unlink(os.path.join(self.desk, "closed"))
        self.assertIn("at lunch", self.fails(4, "credential", "--profile", "dev"))

    def test_each_identity_has_its_own(self):
        """By a flag of the row, and by what a variable says of who asks."""
        self.add("dev", "--badge-variable", "BADGE", "--window", "left")
        ann, bob = ({"BADGE": name} for name in ("ann", "bob"))
        self.assertEqual(self.token(environment=ann), "token-of-gate-1")
        self.assertEqual(self.token(environment=bob), "token-of-gate-2")
        self.assertEqual(self.token(environment=ann), "token-of-gate-1")
        self.ok("profile", "add", "dev", "--force",
                *self.flags("--badge-variable", "BADGE", "--window", "right"))
        self.assertEqual(self.token(environment=ann), "token-of-gate-1", "by another window")
        self.ok("profile", "add", "dev", "--force",
                *self.flags("--badge-variable", "BADGE", "--path", "north"))
        self.assertEqual(self.token(environment=ann), "token-of-gate-3", "of another path")

    def test_list_show_create_renew_and_revoke(self):
        self.add()
        self.token()
        made = json.loads(self.ok("lease", "create", "--profile", "dev", "-o", "json"))
        self.assertEqual(made["token"], "token-of-gate-2")
        listed = json.loads(self.ok("lease", "list", "-o", "json"))
        self.assertEqual([(row["id"], row["profile"]) for row in listed],
                         [("gate-1", "dev"), ("gate-2", "dev")])
        self.assertIn("gate-2", self.ok("lease", "list", "--profile", "dev"))
        self.assertIn("stub", self.ok("lease", "show", "gate-1"))
        self.assertIn("the desk renews nothing", self.fails(4, "lease", "renew", "gate-1"))
        self.ok("lease", "revoke", "gate-1")
        self.assertEqual(self.grants(), ["gate-2"])
        self.assertEqual(self.token(), "token-of-gate-1", "a new one under the freed name")
        self.ok("lease", "revoke", "--all", "--profile", "dev")
        self.assertEqual(self.grants(), [])

    def test_the_audit_log_names_the_provider(self):
        self.add()
        self.token()
        self.ok("lease", "revoke", "gate-1")
        events = json.loads(self.ok("audit", "-o", "json"))
        self.assertEqual([(e["event"], e["provider"], e["lease"]) for e in events],
                         [("lease", "stub", "gate-1"), ("revocation", "stub", "gate-1")])


class Login(Case):
    def test_login_keeps_what_the_desk_asks_for_and_logout_forgets_it(self):
        self.add()
        self.demand_pass("open sesame")
        self.assertIn("no pass", self.fails(4, "credential", "--profile", "dev"))
        self.assertIn("pass kept in", self.ok("login", "--profile", "dev", "--pass-stdin",
                                              input="open sesame\n"))
        self.assertEqual(self.notes(), ["login"])
        self.assertEqual(self.token(), "token-of-gate-1")
        self.ok("logout", "--profile", "dev")
        self.assertEqual(self.notes(), ["login", "logout"])
        self.assertEqual(self.grants(), [], "logout revokes")
        self.assertIn("no pass", self.fails(4, "credential", "--profile", "dev"))

    def test_another_pass(self):
        self.add()
        self.demand_pass("new")
        self.ok("login", "--profile", "dev", "--pass-file", self.box.write("old", "old\n"))
        self.assertIn("another pass", self.fails(4, "credential", "--profile", "dev"))
        self.ok("login", "--profile", "dev", "--pass-file", self.box.write("new", "new\n"))
        self.assertEqual(self.token(), "token-of-gate-1")

    def test_a_flag_of_another_provider_is_a_mistake(self):
        self.add()
        text = self.fails(2, "login", "--profile", "dev", "--client-secret-stdin", input="x\n")
        self.assertIn("--client-secret-stdin is a flag of provider infisical, and this profile's "
                      "is stub", text)
        self.assertIn("--pass-file", text)


if __name__ == "__main__":
    unittest.main()
