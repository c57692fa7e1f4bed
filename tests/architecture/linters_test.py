"""What the linters of shell and Python scripts mind: a name that is nowhere, a variable that
splits. C++ has the compiler's warnings, and clang-tidy (preset tidy)."""

import os
import re
import shutil
import subprocess
import unittest

import project
from tests.support.machine import left_out

SHELL = re.compile(r"#!.*\b(ba)?sh\b")
PYTHON = re.compile(r"#!.*\bpython")


def tracked():
    done = subprocess.run(["git", "-C", project.ROOT, "ls-files"], capture_output=True, text=True,
                          check=True)
    return [os.path.join(project.ROOT, name) for name in done.stdout.splitlines()]


def first_line(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline()
    except (UnicodeDecodeError, OSError):
        return ""


class Linters(unittest.TestCase):
    def lint(self, program, *arguments):
        if shutil.which(program) is None:
            left_out(f"no {program} here")
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False,
                              cwd=project.ROOT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_shell_scripts(self):
        # What they source is looked at where they do it: it has their variables.
        scripts = [path for path in tracked()
                   if path.endswith(".sh") or SHELL.match(first_line(path))]
        self.assertGreater(len(scripts), 8)
        self.lint("shellcheck", "--external-sources", "--severity=warning", *scripts)

    def test_python_scripts(self):
        scripts = [path for path in tracked()
                   if path.endswith(".py") or PYTHON.match(first_line(path))]
        self.assertGreater(len(scripts), 100)
        self.lint("flake8", "--isolated", "--select=F,E9", *scripts)


if __name__ == "__main__":
    unittest.main()
