"""What <TAB> does in bash, zsh and fish themselves, each at a terminal of its own: what the typed
line comes to is shown by a function in place of the program, so that quoting counts, too."""

import json
import os
import pty
import re
import shutil
import subprocess
import unittest

from case import PROGRAM, Case
from tests.support.machine import left_out, need_kubectl, need_program
from tests.support.sessions import wait_for

HOSTILE = "evil$(touch hacked)`touch hacked`;touch hacked"
CONTEXTS = ("dev-cluster", "arn:aws:eks:eu-west-1:123:cluster/prod", "kubernetes-admin@kubernetes",
            "my context", "quote'd", HOSTILE, ":4", "two\nlines", "\u202ereversed", "--force")
# The function shows its arguments; what completes gets the real program.
SHOWING = {
    "bash": """
{name}() {{ if [[ $1 == __complete ]]; then command {name} "$@"
            else printf '<%s>' "$@"; echo '[''end]'; fi; }}
""",
    "fish": """
function {name}
    if test "$argv[1]" = __complete
        command {name} $argv
    else
        printf '<%s>' $argv; echo '[''end]'
    end
end
"""}
SHOWING["zsh"] = SHOWING["bash"]
START = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i")}
LOAD = {
    "bash": "source <({program} completion bash)",
    "zsh": "autoload -U compinit; compinit -u -D; source <({program} completion zsh)",
    "fish": "{program} completion fish | source"}
# kubectl's own script for bash calls functions of this package.
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


class Shell:
    """One interactive shell on a pseudoterminal."""

    def __init__(self, case, name, commands):
        need_program(name)
        self.case = case
        file = case.box.write("start." + name, "\n".join(commands) + "\n")
        self.ours, theirs = pty.openpty()
        case.addCleanup(os.close, self.ours)
        self.shown = b""
        environment = dict(case.box.environment, TERM="dumb", PS1="$ ", INPUTRC="/dev/null")
        self.process = subprocess.Popen(["setsid", "--ctty", *START[name]], stdin=theirs, stdout=theirs, stderr=theirs,
                                        env=environment, cwd=case.box.home)
        os.close(theirs)
        os.set_blocking(self.ours, False)
        case.addCleanup(self.process.wait)
        case.addCleanup(self.process.kill)
        # In two words, so that the echo of what is typed does not count.
        self.enter("source %s; echo 're''ady'" % file, b"ready")

    def read(self):
        try:
            self.shown += os.read(self.ours, 65536)
        except (BlockingIOError, OSError):
            pass
        return self.shown

    def enter(self, text, end):
        self.shown = b""
        os.write(self.ours, text.encode() + b"\r")
        self.case.assertTrue(wait_for(lambda: end in self.read()), self.shown)

    def complete(self, text):
        """The words of the line that `text` and a <TAB> come to."""
        self.enter(text + "\t", b"[end]")
        lines = self.shown.decode(errors="replace").replace("\r", "\n").split("\n")
        line = [line for line in lines if line.endswith("[end]")][-1]
        return re.findall("<([^<>]*)>", line)


class Completion(Case):
    def setUp(self):
        super().setUp()
        self.box.write("kubeconfig", json.dumps({
            "apiVersion": "v1", "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": self.api.server}}],
            "users": [{"name": "u", "user": {"token": "none"}}],
            "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}}
                         for name in CONTEXTS]}))
        self.box.write("certificates/ca.pem", "")
        self.profile("shop-prod")
        self.profile("web-prod")

    def tearDown(self):
        self.assertFalse(os.path.exists(self.box.path("hacked")), "completing ran a name")

    def shell(self, name):
        return Shell(self, name, [LOAD[name].format(program=PROGRAM),
                                  SHOWING[name].format(name="leasehold")])

    def in_each(self, check):
        for name in START:
            with self.subTest(name):
                need_program(name, path=None)
                check(self.shell(name))

    def test_words_flags_and_values(self):
        self.credential("shop-prod")
        [lease] = [row["id"] for row in json.loads(self.ok("cache", "list", "-o", "json"))]

        def check(shell):
            for typed, words in (
                    ("leasehold infi", ["infisical"]),
                    ("leasehold infisical definition cr", ["infisical", "definition", "create"]),
                    ("leasehold help prof", ["help", "profile"]),
                    ("leasehold profile show sh", ["profile", "show", "shop-prod"]),
                    ("leasehold lease create --prof", ["lease", "create", "--profile"]),
                    ("leasehold lease create --profile w",
                     ["lease", "create", "--profile", "web-prod"]),
                    ("leasehold lease create --profile=w",
                     ["lease", "create", "--profile=web-prod"]),
                    ("leasehold lease create --profile=web-prod --outp",
                     ["lease", "create", "--profile=web-prod", "--output"]),
                    ("leasehold setup x --requester-oidc v",
                     ["setup", "x", "--requester-oidc", "variable"]),
                    ("leasehold lease revoke " + lease[:12], ["lease", "revoke", lease]),
                    # What is there already is not offered again.
                    ("leasehold profile show shop-prod w",
                     ["profile", "show", "shop-prod", "w"]),
                    ("leasehold lease revoke %s %s" % (lease, lease[:12]),
                     ["lease", "revoke", lease, lease[:12]])):
                self.assertEqual(shell.complete(typed), words, shell.shown)

        self.in_each(check)

    def test_file_names_where_a_file_is_wanted(self):
        def check(shell):
            for flag in ("--certificate-authority", "--requester-oidc-file", "--requester-command"):
                self.assertEqual(shell.complete("leasehold setup x %s certificates/c" % flag),
                                 ["setup", "x", flag, "certificates/ca.pem"])
            self.assertEqual(
                shell.complete("leasehold setup x --certificate-authority=certificates/c"),
                ["setup", "x", "--certificate-authority=certificates/ca.pem"])
            self.assertEqual(shell.complete("leasehold profile show certificates/c"),
                             ["profile", "show", "certificates/c"])

        self.in_each(check)

    def test_names_that_a_shell_would_read_otherwise(self):
        def check(shell):
            for typed, name in (("dev", CONTEXTS[0]), ("arn:aws:e", CONTEXTS[1]),
                                ("kubernetes-admin@k", CONTEXTS[2]), ("my", CONTEXTS[3]),
                                ("quo", CONTEXTS[4]), ("ev", HOSTILE), (":", ":4")):
                self.assertEqual(shell.complete("leasehold setup x --from-context " + typed),
                                 ["setup", "x", "--from-context", name], shell.shown)
            for typed, name in (("ar", CONTEXTS[1]), ("arn:aws:e", CONTEXTS[1]),
                                ("my", CONTEXTS[3])):
                self.assertEqual(shell.complete("leasehold setup x --from-context=" + typed),
                                 ["setup", "x", "--from-context=" + name], shell.shown)
            self.assertEqual(shell.complete('leasehold setup x --from-context "my'),
                             ["setup", "x", "--from-context", "my context"])

        self.in_each(check)

    def test_a_name_of_two_lines_or_none_is_not_offered(self):
        words = self.ok("__complete", "setup", "x", "--from-context", "").split("\n")
        self.assertEqual(sorted(words[:-2]), sorted(CONTEXTS[:7] + CONTEXTS[9:]))
        self.assertEqual(words[-2:], [":4", ""])

    def test_kubectl(self):
        """kubectl's own scripts, with kubectl_complete-leasehold beside the plugin."""
        need_kubectl(26)  # which first asks plugins
        for name in ("kubectl-leasehold", "kubectl_complete-leasehold"):
            os.makedirs(self.box.path("plugins"), exist_ok=True)
            os.symlink(PROGRAM, self.box.path("plugins/" + name))
        self.box.environment["PATH"] += ":" + self.box.path("plugins")
        scripts = {name: self.box.run("kubectl", "completion", name).stdout for name in START}

        def check(shell):
            for typed, words in (
                    ("infisical definition cr", ["infisical", "definition", "create"]),
                    ("profile show sh", ["profile", "show", "shop-prod"]),
                    ("setup x --from-context dev", ["setup", "x", "--from-context", "dev-cluster"]),
                    ("setup x --from-context ev", ["setup", "x", "--from-context", "ev"])):
                self.assertEqual(shell.complete("kubectl leasehold " + typed),
                                 ["leasehold", *words], shell.shown)

        for name, script in scripts.items():
            with self.subTest(name):
                if shutil.which(name) is None or (name == "bash" and
                                                  not os.path.exists(BASH_COMPLETION)):
                    left_out("no %s here that kubectl's script works in" % name)
                before = {"bash": ["source " + BASH_COMPLETION],
                          "zsh": ["autoload -U compinit; compinit -u -D"], "fish": []}[name]
                check(Shell(self, name, [*before, "source " + self.box.write("k." + name, script),
                                         SHOWING[name].format(name="kubectl")]))
        words = self.box.run("kubectl", "__complete", "leasehold", "setup", "x", "--from-context",
                             "").stdout.split("\n")
        self.assertEqual(sorted(words[:-2]),
                         sorted([*CONTEXTS[:3], ":4", "--force"]))

    def test_nothing_runs_and_nothing_is_asked(self):
        """Not even for what stands in the words; no other program, no socket."""
        self.credential("shop-prod")
        before = self.api.counters()["requests"]
        trace = self.box.path("trace")
        for words in (("lease", "revoke", ""), ("lease", "revoke", "--all", ""), ("setup", "x", "--"),
                      ("profile", "remove", "shop-prod", ""), ("help", ""), ("lease", "--help", ""),
                      ("lease", "create", "-h"), ("setup", "x", "--from-context", "")):
            result = self.box.run("strace", "-f", "-o", trace, "-e", "trace=execve,socket,connect",
                                  PROGRAM, "__complete", *words, environment={
                                      "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"})
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)
            self.assertIn(result.stdout.split("\n")[-2], (":0", ":4"), words)
            with open(trace, encoding="utf-8") as file:
                calls = re.findall(r"(execve|socket|connect)\((.*)", file.read())
            self.assertEqual([call for call, _ in calls], ["execve", "execve"], calls)
        self.assertEqual(self.api.counters()["requests"], before)
        self.ok("profile", "show", "shop-prod")


if __name__ == "__main__":
    unittest.main(verbosity=1)
