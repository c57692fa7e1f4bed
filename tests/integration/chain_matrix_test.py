"""Thousands of chains, made and judged by Go (chains/main.go) and judged again by leasehold. Where Go
refuses, so does leasehold; where leasehold alone refuses, it is for a reason that is agreed."""

import collections
import os
import shutil
import subprocess
import tempfile
import unittest

from tests.support.machine import left_out

HERE = os.path.dirname(os.path.abspath(__file__))
JUDGE = os.environ["JUDGE_CHAINS"]

# What is part of a scene's name, and of leasehold's verdict: docs/certificates.md has them.
AGREED = {
    "RSA keys shorter than 2048 bits": ("RSA 1024", "key too weak"),
    "constraints on directory names": ("directory", "permitted subtree violation"),
    "an extension that is out of form, of which Go reads a part": (
        "unreadable", "invalid or inconsistent certificate extension"),
    "an empty list of key usages": ("no usage listed", "unsuitable certificate purpose"),
}


def agreed(scene, ours):
    for reason, (kind, words) in AGREED.items():
        if kind in scene and words in ours:
            return reason
    return None


class ChainMatrix(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="leasehold-chains-")
        self.addCleanup(shutil.rmtree, self.directory)

    def run_program(self, *command, **options):
        result = subprocess.run(command, capture_output=True, text=True, timeout=1200,
                                check=False, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def make_scenes(self):
        go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
        if go is None:
            left_out("no Go here, which judges the same chains")
        environment = dict(os.environ, GOFLAGS="", GOTOOLCHAIN="local", GOWORK="off",
                           CGO_ENABLED="0")
        if "GOCACHE" not in environment and "HOME" not in environment:
            environment["GOCACHE"] = os.path.join(self.directory, "cache")
        self.run_program(go, "run", ".", self.directory, cwd=os.path.join(HERE, "chains"),
                         env=environment)
        with open(os.path.join(self.directory, "scenes"), encoding="utf-8") as file:
            return [line.rstrip("\n").split("\t") for line in file]

    def test_no_verdict_differs_but_for_a_reason(self):
        scenes = self.make_scenes()
        # OpenSSL 3.0 loses the constraints of a certificate that has no policies (policy_cache.c).
        environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
        verdicts = self.run_program(JUDGE, self.directory, env=environment).splitlines()
        self.assertEqual(len(verdicts), len(scenes))
        counts, wrong = collections.Counter(), []
        for (name, host, theirs), ours in zip(scenes, verdicts):
            theirs = theirs.strip('"')
            if (theirs == "accepted") == (ours == "accepted"):
                counts["both: " + ours.split(":")[0]] += 1
            elif ours != "accepted" and agreed(name, ours):
                counts["leasehold alone refuses: " + agreed(name, ours)] += 1
            else:
                wrong.append("%s, as %s: Go says %s, leasehold %s" % (name, host, theirs, ours))
        print("%d chains" % len(scenes))
        for what, count in sorted(counts.items()):
            print("%6d %s" % (count, what))
        self.assertEqual(wrong, [], "%d verdicts differ" % len(wrong))
        # A matrix that says one thing only would show nothing.
        self.assertGreater(counts["both: accepted"], 1000)
        self.assertGreater(counts["both: refused"], 1000)


if __name__ == "__main__":
    unittest.main(verbosity=1)
