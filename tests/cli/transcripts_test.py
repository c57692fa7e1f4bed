"""What the first pages show a reader is what the programs print: their console blocks are run here,
at a terminal, and what stands below a command must be its output. What differs from run to run
(times, ports, ids, homes) counts as the same. With LEASEHOLD_ACCEPT=1 the pages are written anew,
and the test fails once for it."""

import os
import re
import unittest

import yaml

from case import PROGRAM
from lease_case import LeaseCase
from tests.support.machine import need_kubectl
from tests.support.terminal import on_terminal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ("README.md", "docs/first-steps.md", "docs/uninstall.md")
# Blocks that no test machine runs, by how they begin: what they take is another's to build,
# install and serve. That their commands are ones is tests/unit/helper/commands/table_test.cpp's.
NOT_RUN = ("$ ./packaging/demo", "$ sudo apt-get install", "$ packaging/install-dependencies",
           "$ leasehold setup ci --provider")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What is different each time, and how the pages have it.
SHOWN = ((r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-23T22:59:02Z"),
         (r"https://[\w.]+:\d+", "https://prod.example:6443"),
         (r"leasehold-[0-9a-z]{16}\b", "leasehold-4t0m2bq7xw1k9d3c"),
         (r"\b(1h|5\dm(\d+s)?)(?= left)", "59m58s"),
         (r"\b(5\dm |1h  )(?= )", "59m "),
         (r"(?m)^(kept in +).*", r"\1kernel-keyring"))


def read(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        return file.read()


def steps(block):
    """(command, output) of a block; a command's lines end with a backslash, but for the last."""
    found, open_command = [], False
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line, ""])
        elif open_command:
            found[-1][0] += line
        else:
            found[-1][1] += line
        open_command = (line.startswith("$ ") or open_command) and line.endswith("\\\n")
    return found


def as_shown(text):
    for pattern, word in SHOWN:
        text = re.sub(pattern, word, text)
    return text


class TranscriptsTest(LeaseCase):
    def setUp(self):
        super().setUp()
        need_kubectl(28)  # which first knows auth whoami

    def begin(self):
        """A new reader's home: an administrator's context in the usual kubeconfig."""
        box = self.sandbox()
        kubeconfig = yaml.safe_load(self.admin)
        kubeconfig["current-context"] = kubeconfig["contexts"][0]["name"] = "admin"
        box.write(".kube/config", yaml.safe_dump(kubeconfig))
        del box.environment["KUBECONFIG"]
        box.environment["PATH"] = os.path.dirname(PROGRAM) + ":" + os.environ["PATH"]
        return box

    def run_command(self, box, command):
        """What a person who typed it would read."""
        script = command.removeprefix("$ ")
        code, shown = on_terminal(("/bin/sh", "-c", script), box.environment,
                                  (("(y/N)", "y"),) if "uninstall --user\n" in script else ())
        self.assertEqual(code, 0, command + shown)
        shown = re.sub(r"(?m)^leasehold: waiting for .*\n", "", shown)
        shown = as_shown(shown.replace(box.home, "/home/me"))
        return shown if shown.endswith("\n") or not shown else shown + "\n"

    def run_block(self, box, block):
        """The block as it should be: a command whose output is not shown need only succeed."""
        out = ""
        for command, output in steps(block):
            shown = self.run_command(box, command)
            out += command + (output if as_shown(output) == shown or not output else shown)
        return out

    def run_page(self, page):
        """The page's text as it should be. A block that sets up begins at a new home."""
        text, box, ran = read(page), None, 0
        for block in BLOCK.findall(text):
            if block.startswith(NOT_RUN):
                continue
            if box is None or block.startswith("$ leasehold setup"):
                box = self.begin()
            text = text.replace(block, self.run_block(box, block))
            ran += 1
        self.assertGreater(ran, 0, page)
        return text

    def test_pages_show_what_happens(self):
        for page in PAGES:
            with self.subTest(page):
                now = self.run_page(page)
                if now != read(page) and os.environ.get("LEASEHOLD_ACCEPT") == "1":
                    with open(os.path.join(ROOT, page), "w", encoding="utf-8") as file:
                        file.write(now)
                    self.fail(page + " is written anew: look at it, and run this again")
                self.assertEqual(read(page), now)

    def test_what_is_not_run_is_still_there(self):
        blocks = [block for page in PAGES for block in BLOCK.findall(read(page))]
        for begin in NOT_RUN:
            self.assertTrue([block for block in blocks if block.startswith(begin)], begin)


if __name__ == "__main__":
    unittest.main()
