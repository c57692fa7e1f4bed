"""leasehold kubeconfig and setup: what happens to the user's own file."""

import json
import os
import pty
import re
import shutil
import stat
import subprocess
import time
import unittest

from case import PROGRAM, Case
from tests.support.machine import SLACK
from tests.support.sessions import wait_for

HAND_MADE = """\
# my clusters, by hand
apiVersion: v1
kind: Config
current-context:   home   # do not touch

clusters:
    - name: home      # odd indent
      cluster: { server: "https://home.example:6443", insecure-skip-tls-verify: true }
contexts:
    - context:
        user: me
        cluster: home
      name: home
users:
- name: me
  user: {token: abc}    # secret

preferences: {}
"""


class Kubeconfig(Case):
    def setUp(self):
        super().setUp()
        self.profile()
        self.kubectl = shutil.which("kubectl")

    def read(self, path=None):
        with open(path or self.box.kubeconfig, "rb") as file:
            return file.read()

    def view(self):
        result = self.box.run(self.kubectl, "config", "view", "--raw", "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def without_ours(self, view):
        for section in ("clusters", "contexts", "users"):
            view[section] = [entry for entry in view[section] or [] if entry["name"] not in
                             ("dev", "leasehold-dev")]
        return view

    def test_every_notice_is_told(self):
        with open(self.api.ca, encoding="utf-8") as file:
            self.box.write("large.pem", file.read() * 300)
        self.ok("profile", "add", "n", "--server", self.api.server, "--certificate-authority",
                self.box.path("large.pem"), "--proxy-url", "http://127.0.0.1:1", "--namespace",
                "ci", "--service-account", "deployer")
        self.rewrite_profile("n", "http://127.0.0.1:1", "http://me:secret@127.0.0.1:1")
        result = self.leasehold("kubeconfig", "add", "n", "--dry-run")
        self.assertIn("too large", result.stderr)
        self.assertIn("user name and password", result.stderr)
        self.assertNotIn("secret@", result.stderr + result.stdout)

    def test_a_hand_formatted_file_comes_back_byte_for_byte(self):
        for text in (HAND_MADE, HAND_MADE.replace("\n", "\r\n"), HAND_MADE.rstrip("\n"), "",
                     "# nothing yet\n", "apiVersion: v1\nkind: Config\nclusters: []\n",
                     '{"apiVersion": "v1", "kind": "Config", "clusters": [], "contexts": null}\n'):
            with open(self.box.kubeconfig, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            os.chmod(self.box.kubeconfig, 0o600)
            before = self.read()
            for more in ((), ("--set-current",)):
                self.ok("kubeconfig", "add", "dev", *more)
                self.assertNotEqual(self.read(), before)
                self.view()
                self.ok("kubeconfig", "remove", "dev")
                self.assertEqual(self.read(), before, "%r %s" % (text, more))

    def test_kubectl_sees_only_our_entries_change(self):
        self.box.write("kubeconfig", HAND_MADE)
        before = self.view()
        self.ok("kubeconfig", "add", "dev")
        after = self.view()
        self.assertEqual(sorted(c["name"] for c in after["contexts"]), ["dev", "home"])
        self.assertEqual(self.without_ours(after), before)
        self.ok("kubeconfig", "remove", "dev")
        self.assertEqual(self.view(), before)

    def test_the_same_again_writes_nothing(self):
        self.box.write("kubeconfig", HAND_MADE)
        self.ok("kubeconfig", "add", "dev")
        os.utime(self.box.kubeconfig, (1, 1))
        self.assertIn("unchanged", self.ok("kubeconfig", "add", "dev"))
        self.assertEqual(os.stat(self.box.kubeconfig).st_mtime, 1)

    def test_a_rewrite_by_kubectl_makes_no_noise(self):
        self.box.write("kubeconfig", HAND_MADE)
        self.ok("kubeconfig", "add", "dev")
        self.box.run(self.kubectl, "config", "set-context", "dev", "--namespace", "ci")
        once = self.read()
        self.assertIn("unchanged", self.ok("kubeconfig", "add", "dev"))
        self.assertEqual(self.read(), once)
        self.ok("kubeconfig", "remove", "dev")
        self.assertNotIn(b"leasehold", self.read())

    def test_dry_run_shows_a_diff_without_secrets(self):
        self.box.write("kubeconfig", HAND_MADE)
        text = self.ok("kubeconfig", "add", "dev", "--dry-run")
        self.assertIn("+      - credential", text.replace("+    - credential", "+      - credential"))
        self.assertNotIn("abc", text)
        self.assertEqual(self.read(), HAND_MADE.encode())

    def test_entries_of_others_are_not_taken(self):
        self.box.write("kubeconfig", HAND_MADE.replace("home", "dev"))
        self.assertIn("dev", self.fails(3, "kubeconfig", "add", "dev"))
        self.ok("kubeconfig", "add", "dev", "--context", "mine")
        self.ok("kubeconfig", "remove", "dev")
        self.assertEqual(self.read(), HAND_MADE.replace("home", "dev").encode())

    def test_new_files_are_private_and_links_are_followed(self):
        real = self.box.path("elsewhere/config")
        os.symlink(real, self.box.kubeconfig)
        os.mkdir(self.box.path("elsewhere"), 0o700)
        self.ok("kubeconfig", "add", "dev")
        self.assertTrue(os.path.islink(self.box.kubeconfig))
        self.assertEqual(stat.S_IMODE(os.stat(real).st_mode), 0o600)
        self.assertEqual(os.listdir(self.box.path("elsewhere")), ["config"])

    def test_a_lock_that_is_held_is_named(self):
        self.box.write("kubeconfig", HAND_MADE)
        lock = self.box.write("kubeconfig.lock", "")
        begin = time.monotonic()
        self.assertIn("kubeconfig.lock", self.fails(3, "kubeconfig", "add", "dev"))
        self.assertLess(time.monotonic() - begin, 5 + SLACK)
        self.assertTrue(os.path.exists(lock))
        self.assertEqual(self.read(), HAND_MADE.encode())
        os.utime(lock, (1, 1))
        self.ok("kubeconfig", "add", "dev", "--break-lock")
        self.assertFalse(os.path.exists(lock))

    def test_broken_files_are_left_alone(self):
        for text in ("{", "- a\n", "a: 1\n---\nb: 2\n", "clusters: 7\n", "\tclusters:\n"):
            self.box.write("kubeconfig", text)
            self.fails(3, "kubeconfig", "add", "dev")
            self.assertEqual(self.read(), text.encode())

    def test_older_kubectl(self):
        self.ok("kubeconfig", "add", "dev", "--exec-api-version", "v1beta1")
        # Not through kubectl: an older one leaves out what it does not know.
        text = self.read().decode()
        for line in (r"apiVersion: client\.authentication\.k8s\.io/v1beta1", r"command: /\S+",
                     "interactiveMode: Never", "provideClusterInfo: true"):
            self.assertRegex(text, r'(?m)^ +"?' + line.replace(": ", '"?: "?', 1) + '"?$')
        self.assertRegex(text, r'--api-version"?\n +- "?v1beta1"?\n')

    def test_list(self):
        self.assertIn("no kubeconfig entries", self.ok("kubeconfig", "list"))
        self.ok("kubeconfig", "add", "dev")
        entry = json.loads(self.ok("kubeconfig", "list", "-o", "json"))[0]
        self.assertEqual((entry["context"], entry["profile"], entry["namespace"]),
                         ("dev", "dev", "ci"))


class Several(Case):
    """KUBECONFIG as a list: all of its files count."""

    def setUp(self):
        super().setUp()
        self.profile()
        self.one = self.box.write("one", HAND_MADE)
        self.two = self.box.write("two", HAND_MADE.replace("home", "away"))
        self.box.environment["KUBECONFIG"] = self.one + ":" + self.two

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_an_entry_is_changed_where_it_is(self):
        self.ok("kubeconfig", "add", "dev", "--kubeconfig", self.two)
        self.ok("kubeconfig", "add", "dev", "--namespace", "other")
        self.assertEqual(self.read(self.one), HAND_MADE)
        self.assertIn("other", self.read(self.two))
        self.assertIn(self.two, self.ok("kubeconfig", "remove", "dev", "--dry-run"))
        self.assertIn("in " + self.two, self.ok("kubeconfig", "remove", "dev"))
        self.assertEqual(self.read(self.two), HAND_MADE.replace("home", "away"))
        for more in ((), ("--dry-run",)):
            self.assertIn("has no entry", self.fails(3, "kubeconfig", "remove", "dev", *more))

    def test_a_name_of_another_file_is_not_taken(self):
        for name, file in (("away", self.one), ("home", self.two)):
            words = self.fails(3, "kubeconfig", "add", "dev", "--context", name, "--kubeconfig",
                               file)
            self.assertIn(self.two if file == self.one else self.one, words)
            self.fails(3, "kubeconfig", "add", "dev", "--context", name, "--kubeconfig", file,
                       "--dry-run")
        result = self.leasehold("kubeconfig", "add", "dev", "--context", "away", "--force")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(self.two, result.stderr)

    def test_one_bad_file_hides_none_of_the_others(self):
        self.ok("kubeconfig", "add", "dev", "--kubeconfig", self.one)
        os.chmod(self.two, 0o664)
        self.assertIn(self.one, self.ok("kubeconfig", "list"))
        self.box.write("two", "{{{")
        result = self.leasehold("kubeconfig", "list")
        self.assertIn(self.one, result.stdout)
        self.assertIn(self.two, result.stderr)
        self.assertEqual(result.returncode, 0)
        self.assertIn(self.two, self.ok("doctor", "--offline"))
        self.assertEqual(self.leasehold("kubeconfig", "remove", "dev").returncode, 3)
        self.assertEqual(self.read(self.one), HAND_MADE)

    def test_the_current_context_of_an_earlier_file_stays(self):
        result = self.leasehold("kubeconfig", "add", "dev", "--set-current", "--kubeconfig",
                                self.two)
        self.assertIn("stays \"home\"", result.stderr)
        self.assertNotIn("current-context is now", result.stdout)

    def test_list_and_doctor_say_what_is_wrong_with_an_entry(self):
        self.ok("kubeconfig", "add", "dev")
        text = self.read(self.one)
        command = re.search(r"command: (\S+)", text)[1]
        for broken, words in (
                (re.sub(r".*interactiveMode.*\n", "", text), "interactiveMode is gone"),
                (text.replace(command, "/gone/leasehold"), "/gone/leasehold\" is gone"),
                (text.replace("name: leasehold-dev", "name: other"), "no cluster")):
            self.box.write("one", broken)
            self.assertIn(words, self.ok("kubeconfig", "list"))
            self.assertIn(words, self.ok("doctor", "--offline"))
            self.assertTrue(json.loads(self.ok("kubeconfig", "list", "-o", "json"))[0]["problems"])
        self.box.write("one", text)
        self.assertIn("ok\n", self.ok("kubeconfig", "list"))
        self.box.environment["KUBECONFIG"] = self.box.write(
            "first", HAND_MADE.replace("home", "dev")) + ":" + self.one
        self.assertIn("first, which they read first", self.ok("kubeconfig", "list"))

    def test_a_profile_that_goes_names_its_entries(self):
        self.ok("kubeconfig", "add", "dev", "--kubeconfig", self.two)
        result = self.leasehold("profile", "remove", "dev")
        self.assertIn("context \"dev\" in " + self.two, result.stderr)
        self.assertIn("profile \"dev\" is gone", self.ok("kubeconfig", "list"))
        self.profile()
        self.ok("profile", "remove", "dev", "--kubeconfig-entries")
        self.assertEqual(self.read(self.two), HAND_MADE.replace("home", "away"))

    def test_import_merges_them(self):
        self.box.write("two", "contexts: [{name: x, context: {cluster: c, user: me}}]\n"
                       "clusters: [{name: c, cluster: {server: \"https://c.example\"}}]\n")
        self.ok("profile", "add", "x", "--from-context", "x", "--namespace", "ci",
                "--service-account", "deployer")
        self.assertIn("kubeconfig: %s:%s" % (self.one, self.two),
                      self.read(self.box.profile_path("x")))

    def test_what_does_not_last_is_told(self):
        self.box.environment["KUBIE_ACTIVE"] = "1"
        result = self.leasehold("kubeconfig", "add", "dev")
        self.assertIn("a temporary file of this shell's", result.stderr)
        with open(self.two, encoding="utf-8") as file:
            arguments = ("profile", "add", "y", "--from-kubeconfig", "/dev/stdin", "--from-context",
                         "away", "--certificate-authority", self.api.ca, "--namespace", "ci",
                         "--service-account", "deployer")
            self.assertIn("can be read only now", self.fails(2, *arguments, input=file.read()))
            file.seek(0)
            self.ok(*arguments, "--requester-token-file", "t", input=file.read())
            file.seek(0)
            self.assertIn("can be read only now", self.fails(2, *arguments, "--force", stdin=file))
        for flag in ("--requester-token-file", "--certificate-authority"):
            self.assertIn(flag, self.fails(
                2, "profile", "add", "z", "--server", "https://z.example", flag, "/dev/stdin",
                "--namespace", "ci", "--service-account", "deployer"))


class Setup(Case):
    def test_kubectl_works_after_setup(self):
        version = json.loads(self.box.run("kubectl", "version", "--client", "-o", "json").stdout)
        minor = int(re.match(r"\d+", version["clientVersion"]["minor"])[0])
        self.setup("dev", *(("--exec-api-version", "v1beta1") if minor < 22 else ()))
        # What `kubectl auth whoami` asks; kubectl before 1.28 has no such command.
        review = json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
        result = self.box.run("kubectl", "create", "--raw",
                              "/apis/authentication.k8s.io/v1/selfsubjectreviews", "-f", "-",
                              input=review)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["status"]["userInfo"]["username"],
                         "system:serviceaccount:ci:deployer")

    def test_a_setup_that_fails_leaves_nothing(self):
        for more in (("--service-account", "nobody"), ("--namespace", "nowhere")):
            arguments = ["setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                         self.box.path("admin")]
            for flag, value in (("--namespace", "ci"), ("--service-account", "deployer")):
                arguments += more if more[0] == flag else [flag, value]
            self.assertIn("nothing was set up", self.fails(3, *arguments))
            self.assertFalse(os.path.exists(self.box.profile_path("dev")))
            self.assertFalse(os.path.exists(self.box.kubeconfig))

    def test_again_changes_nothing_and_another_needs_force(self):
        self.setup()
        self.assertIn("(unchanged)", self.setup())
        self.fails(3, "setup", "dev", "--from-context", "admin", "--from-kubeconfig",
                   self.box.path("admin"), "--namespace", "ci", "--service-account", "deployer",
                   "--ttl", "2h")
        self.setup("dev", "--ttl", "2h", "--force")

    def answer(self, *arguments, answers=()):
        """Runs leasehold on a terminal; each (prompt, answer) is waited for and typed."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(arguments, env=self.box.environment, stdin=theirs,
                                   stdout=theirs, stderr=theirs)
        os.close(theirs)
        os.set_blocking(ours, False)
        self.addCleanup(os.close, ours)
        shown = ""

        def read():
            nonlocal shown
            try:
                shown += os.read(ours, 65536).decode()
            except OSError:  # nothing yet, or the end
                pass
            return shown

        for prompt, answer in answers:
            self.assertTrue(wait_for(lambda: prompt in read()), shown)
            os.write(ours, answer.encode() + b"\n")
        self.assertEqual(process.wait(60), 0, read())
        return read()

    def test_on_a_terminal_it_offers_what_there_is(self):
        shutil.copy(self.box.path("admin"), self.box.kubeconfig)
        shown = self.answer(PROGRAM, "setup", "dev", "--keep-current", answers=(
            ("kubeconfig context of the cluster", ""), ("namespace of the service account", "ci"),
            ("service account to lease", "deployer")))
        offered = [line for line in shown.replace("\r", "").split("\n")
                   if line.startswith("there are: ")]
        self.assertEqual(len(offered), 3, shown)
        for line, name in zip(offered, ("admin", "ci", "deployer")):
            self.assertIn(name, line[len("there are: "):].split(", "))
        self.assertIn("context dev in", shown)

    def test_on_a_terminal_without_a_server_it_asks_all_the_same(self):
        with open(self.box.path("admin"), encoding="utf-8") as file:
            text = re.sub(r"https://[^\s,}\"]+", "https://127.0.0.1:1", file.read())
        self.box.write("kubeconfig", text)
        self.answer(PROGRAM, "setup", "dev", "--no-check", answers=(
            ("kubeconfig context of the cluster", "admin"),
            ("namespace of the service account", ""), ("service account to lease", "robot")))
        with open(self.box.profile_path("dev"), encoding="utf-8") as file:
            text = file.read()
        for words in ("context: admin", "namespace: default", "service-account: robot"):
            self.assertIn(words, text)

    def test_current_context(self):
        self.box.write("kubeconfig", HAND_MADE)
        self.setup("dev", "--keep-current")
        with open(self.box.kubeconfig, encoding="utf-8") as file:
            self.assertIn("current-context:   home   # do not touch", file.read())
        text = self.setup()
        self.assertIn("kubectl config use-context home", text)


if __name__ == "__main__":
    unittest.main(verbosity=1)
