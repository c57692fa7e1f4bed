"""Five hundred profiles with their kubeconfig entries: what a call costs is counted in system calls
and requests, and none of it grows faster than their number; a hit's does not grow at all."""

import json
import os
import re
import shutil
import unittest

from case import PROGRAM, Case, exec_info
from tests.support.machine import need_program

FEW, MANY = 50, 500
SECTION = re.compile(r"^(clusters|users|contexts):\n((?:[- ].*\n)+)", re.MULTILINE)
# By what may grow: not at all, or as the profiles do.
STEADY = {"a hit": ("credential", "--profile", "p0"), "token": ("token", "p0"),
          "profile show": ("profile", "show", "p0"), "profile check": ("profile", "check", "p0"),
          "lease create": ("lease", "create", "p0")}
GROWING = {"profile list": ("profile", "list"), "kubeconfig list": ("kubeconfig", "list"),
           "cache list": ("cache", "list"), "status": ("status",),
           "completion": ("__complete", "credential", "--profile", "p4"),
           "doctor": ("doctor", "--offline"),
           "kubeconfig add": ("kubeconfig", "add", "p0", "--context", "again"),
           "kubeconfig remove": ("kubeconfig", "remove", "p8"),
           "setup": ("setup", "new", "--from-context", "admin", "--namespace", "ci",
                     "--service-account", "deployer")}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class ManyProfiles(Case):
    def fill(self, box, count):
        """As `profile add` and `kubeconfig add` would have left them."""
        box.write("admin", self.admin)
        self.ask(box, "profile", "add", "p0", "--from-context", "admin", "--from-kubeconfig",
                 box.path("admin"), "--namespace", "ci", "--service-account", "deployer")
        for number in range(1, count):
            shutil.copy(box.profile_path("p0"), box.profile_path(f"p{number}"))
        one = self.ask(box, "kubeconfig", "add", "p0", "-o", "-")
        box.write("kubeconfig", SECTION.sub(lambda found: found[1] + ":\n" + "".join(
            re.sub(r"\bp0\b", f"p{number}", found[2]) for number in range(count)), one))

    def ask(self, box, *words, **options):
        done = box.run(*words if os.path.isabs(words[0]) else (PROGRAM, *words), **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def cost(self, box, *words):
        """(system calls, requests) of one command, with all that it starts."""
        counts, before = box.path("counts"), self.requests()
        if words[0] == "setup":
            words += ("--from-kubeconfig", box.path("admin"))
        info = exec_info(self.api.server, self.api.ca_data) if words[0] == "credential" else ""
        self.ask(box, "/usr/bin/strace", "-f", "-qq", "-c", "-U", "name,calls", "-o", counts,
                 PROGRAM, *words, environment={"KUBERNETES_EXEC_INFO": info} if info else {})
        with open(counts, encoding="ascii") as file:
            calls = int(re.search(r"(?m)^total +(\d+)", file.read())[1])
        return calls, self.requests() - before

    def requests(self):
        return self.api.counters()["requests"]

    def costs(self, count):
        box = self.sandbox()
        self.fill(box, count)
        self.ask(box, "credential", "--profile", "p0",
                 environment={"KUBERNETES_EXEC_INFO": exec_info(self.api.server,
                                                                self.api.ca_data)})
        return {what: self.cost(box, *words) for what, words in {**STEADY, **GROWING}.items()}

    def test_each_profile_s_server_is_asked_once(self):
        self.fill(self.box, FEW)
        before = self.requests()
        self.ask(self.box, "lease", "prune")
        self.assertLessEqual(self.requests() - before, FEW)

    def written(self, *words):
        """How often the kubeconfig was replaced by a command."""
        trace = self.box.path("trace")
        self.ask(self.box, "/usr/bin/strace", "-f", "-qq", "-z", "-e", "trace=/^rename",
                 "-o", trace, PROGRAM, *words)
        return len(re.findall(r'", (?:AT_FDCWD, )?"[^"]*/kubeconfig"', read(trace)))

    def test_all_of_them_at_once_are_one_write(self):
        need_program("strace")
        self.fill(self.box, FEW)
        names = [f"p{number}" for number in range(FEW)]
        self.assertEqual(self.written("kubeconfig", "add", *names, "--namespace", "shop"), 1)
        self.assertEqual(read(self.box.kubeconfig).count("namespace: shop\n"), FEW)
        self.assertEqual(self.written("kubeconfig", "add", *names, "--namespace", "shop"), 0)
        for name in names[::2]:
            os.unlink(self.box.profile_path(name))
        self.assertEqual(self.written("kubeconfig", "remove", "--prune"), 1)
        kept = self.ask(self.box, "kubeconfig", "list", "-o", "json")
        self.assertEqual([one["profile"] for one in json.loads(kept)], names[1::2])
        self.assertEqual(self.written("uninstall", "--user", "--yes"), 1)
        self.assertNotIn("leasehold", read(self.box.kubeconfig))

    def test_nothing_grows_faster_than_they_do(self):
        need_program("strace")
        few, many = self.costs(FEW), self.costs(MANY)
        for what, (calls, requests) in many.items():
            print(f"{what}: {few[what][0]} and {calls} calls, {few[what][1]} and {requests} "
                  "requests")
            most = 1.05 if what in STEADY else 1.05 * MANY / FEW
            with self.subTest(what):
                self.assertLessEqual(calls, most * few[what][0] + 8)
                self.assertLessEqual(requests, most * few[what][1] + 2)
        self.assertEqual(many["a hit"], few["a hit"])


if __name__ == "__main__":
    unittest.main()
