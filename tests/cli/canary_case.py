"""The search for secrets that all tests of it share: P3 of SECURITY.md, for every secret that passes.
It is looked for in all forms (as it is, escaped, hex, base64) in arguments and environments of every
process, in what is said at the highest verbosity, in the audit log and in every file."""

import json
import os
import shutil
import tempfile

from tests.support.canaries import Canaries, Trace
from tests.support.machine import left_out, need_root
from tests.support.sandbox import PROGRAM
from vault_case import VaultCase, main  # noqa: F401

OURS = tuple(os.path.realpath(os.environ[name]) for name in ("LEASEHOLD", "LEASEHOLD_FULL")
             if name in os.environ)
# Commands that are told a profile after themselves, and print no token.
TALK = (("status",), ("cache", "list", "-o", "wide"), ("audit", "-o", "json"),
        ("doctor", "-o", "json"), ("kubeconfig", "list"))
OF_A_PROFILE = (("profile", "show", "NAME", "-o", "json"), ("profile", "check", "NAME"),
                ("lease", "list", "--profile", "NAME", "-o", "json"))


class CanaryCase(VaultCase):
    def setUp(self):
        super().setUp()
        need_root()
        if shutil.which("strace") is None:
            left_out("there is no strace")
        self.canaries = Canaries()
        self.traces = tempfile.TemporaryDirectory(prefix="leasehold-traces-")
        self.addCleanup(self.traces.cleanup)
        self.mine = set()  # files that the user made with a secret in them

    def plant(self, name, text=None):
        """A secret of its own, or one that must have another form."""
        return self.canaries.add(name, text or f"CANARY{os.urandom(9).hex()}")

    def keep(self, name, text):
        path = self.box.write(name, text)
        self.mine.add(path)
        return path

    def watched(self, *words, code=0, environment=None, shows="", **options):
        """The command under strace, at its highest verbosity; `shows` is the one secret that its
        stdout is there to tell."""
        trace = os.path.join(self.traces.name, "trace")
        result = self.box.run(*Trace.FLAGS, "-o", trace, PROGRAM, *self.verbose(words),
                              environment=environment or {}, **options)
        if code is not None:
            self.assertEqual(result.returncode, code, (words, result.stdout, result.stderr))
        self.learn()
        self.assertIn(shows, result.stdout, words)
        said = result.stdout.replace(shows, "") if shows else result.stdout
        self.assertEqual(self.canaries.seen(said) - self.told(words), set(), (words, said))
        self.assertEqual(self.canaries.seen(result.stderr), set(), (words, result.stderr))
        self.check_processes(Trace(trace), words, environment or {})
        return result

    @staticmethod
    def verbose(words):
        if words[0] == "credential":  # which takes no flag but its own
            return words
        return (words[0], "-v", *words[1:]) if "--" in words else (*words, "-v")

    def told(self, words):
        """What of the profile's own file a command is there to tell."""
        return set()

    def check_processes(self, trace, words, environment):
        given = self.canaries.seen("\n".join(environment.values()))
        for _, program, arguments, variables in trace.runs:
            self.assertEqual(self.canaries.seen(arguments), set(), (words, program))
            # The command of `exec` is the user's own, with the user's own environment.
            theirs = os.path.realpath(program) in OURS or words[0] == "exec"
            allowed = (given if theirs else set()) | self.allowed(program)
            self.assertEqual(self.canaries.seen(variables) - allowed, set(), (words, program))
        self.assertFalse([place for place in trace.connections() if "/log" in place or
                          "journal" in place], words)
        self.check_hardening(trace, words)

    def allowed(self, program):
        """What a program that is not leasehold's may have in its environment."""
        return set()

    def check_hardening(self, trace, words):
        """Neither dumped nor traced, before anything of the user's is opened."""
        for pid, program, _, _ in trace.runs:
            if os.path.realpath(program) not in OURS:
                continue
            mine = [(name, rest) for owner, name, rest in trace.calls if owner == pid]
            start = next(index for index, (name, rest) in enumerate(mine)
                         if name == "execve" and f'"{program}"' in rest)
            hard = set()
            for name, rest in mine[start + 1:]:
                if name == "prctl" and rest.startswith("PR_SET_DUMPABLE, SUID_DUMP_DISABLE"):
                    hard.add("dumpable")
                if name in ("prlimit64", "setrlimit") and "RLIMIT_CORE, {rlim_cur=0, rlim_max=0}" \
                        in rest:
                    hard.add("core")
                if name == "openat" and self.box.home in rest or name in ("connect", "execve"):
                    break
            self.assertEqual(hard, {"dumpable", "core"}, (words, program))

    def learn(self):
        """What the servers have issued since."""
        for token in [*self.vault.sessions, *self.vault.issued]:
            self.canaries.add("issued by Vault", token)

    def check_files(self):
        places = self.canaries.seen_below(self.box.home, "/dev/shm", "/run/user")
        self.assertEqual({path: seen for path, seen in places.items() if path not in self.mine}, {})
        # They are found where they belong, or nothing would be.
        self.assertEqual({path for path in self.mine if os.path.exists(path)} - set(places), set())

    def live(self, name, environment=None):
        """What a profile is good for: leased, served, listed, run with, looked at, ended."""
        def ask(*words, **more):
            return self.watched(*words, environment=environment, **more)
        first = self.ok("credential", "--profile", name, environment=environment or {})
        token = json.loads(first)["status"]["token"]
        self.plant("the leased token", token.rpartition(".")[2])
        ask("credential", "--profile", name, shows=token)
        self.ask_around(name, environment)
        ask("exec", "--profile", name, "--", "true")
        ask("cache", "clear", "--profile", name)
        ask("lease", "create", "--profile", name)
        ask("logout", "--profile", name, code=None)
        self.check_files()

    def ask_around(self, name, environment=None):
        for words in (*TALK, *OF_A_PROFILE):
            words = tuple(name if word == "NAME" else word for word in words)
            self.watched(*words, code=None, environment=environment)

    def goes_wrong(self, code, name, environment=None):
        """Twice: the second answer is the one that is remembered."""
        for _ in range(2):
            self.watched("credential", "--profile", name, code=code, environment=environment)
        self.watched("lease", "create", "--profile", name, code=code, environment=environment)
        self.ask_around(name, environment)
        self.check_files()
