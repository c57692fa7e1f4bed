"""The man pages: every command and every option of the program is in them, and the usual readers
have nothing to say against them."""

import glob
import os
import re
import subprocess
import tempfile
import unittest

from tests.support.machine import need_program
from tests.support.sandbox import PROGRAM

PAGES = os.environ.get("LEASEHOLD_MAN", "man")


def said(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, **options).stdout


def rendered(path):
    """A page as a wide terminal shows it, without overstriking."""
    text = said("mandoc", "-Tutf8", "-O", "width=400", path)
    return re.sub(".\b", "", text)


class Pages(unittest.TestCase):
    def setUp(self):
        need_program("scdoc")
        need_program("mandoc")
        self.pages = sorted(glob.glob(PAGES + "/man*/*"))
        self.assertGreater(len(self.pages), 10, PAGES)

    def test_every_option_of_every_command_is_in_its_page(self):
        words = re.findall(r"^  (\S+(?: \S+)*?)  +\S", said(PROGRAM, "--help"), re.M)
        words = [command for command in words if not command.startswith("leasehold ")]
        self.assertIn("lease create", words)
        overview = rendered(PAGES + "/man1/leasehold.1")
        for command in words:
            page = rendered(PAGES + "/man1/leasehold-%s.1" % command.split()[0])
            help_text = said(PROGRAM, *command.split(), "--help", "--all")
            flags = re.findall(r"^  (?:-\w \[ )?(--[\w-]+)", help_text, re.M)
            with self.subTest(command=command):
                self.assertIn(command, overview)
                self.assertIn("leasehold " + command, page)
                self.assertIn("--help", flags)
                for flag in flags:
                    self.assertRegex(page, r"(?m)^ +(-\w, )?%s( |$)" % flag)

    def test_every_topic_of_the_help_has_a_page(self):
        names = re.findall(r"^  (\S+) ", said(PROGRAM, "help", "topics"), re.M)
        self.assertIn("exit-codes", names)
        by_name = {re.sub(r"\.\d$", "", os.path.basename(page)): page for page in self.pages}
        for name in names:
            # The page of a subject that a document or a group of commands has is theirs.
            page = by_name["leasehold-" + name]
            if name not in ("leases", "kubeconfig"):
                shown = rendered(page)
                for line in said(PROGRAM, "help", name).splitlines()[1:]:
                    for words in re.split("  +", line.strip()):
                        self.assertIn(words, shown, page)

    def test_every_key_of_a_profile_is_in_the_page_of_its_format(self):
        page = rendered(PAGES + "/man5/leasehold-profile.5")
        for key in ("cluster.server", "ttl", "stores", "service-account", "requester"):
            self.assertIn(key, page)

    def test_readers_have_nothing_against_them(self):
        need_program("groff")
        need_program("lexgrog")
        for page in self.pages:
            with self.subTest(page=os.path.basename(page)):
                said("mandoc", "-Tlint", "-W", "error", page)
                said("lexgrog", page)
                result = subprocess.run(["groff", "-K", "utf8", "-man", "-ww", "-Tutf8", page],
                                        capture_output=True, text=True, check=True)
                self.assertEqual(result.stderr, "")


class Installing(unittest.TestCase):
    def test_programs_that_were_built_alone_are_installed(self):
        """packaging/demo builds no pages and no completion scripts."""
        build = os.path.dirname(os.path.dirname(PAGES))
        with tempfile.TemporaryDirectory() as place:
            with open(os.path.join(build, "cmake_install.cmake"), encoding="utf-8") as file:
                rules = file.read().replace(build, place + "/unbuilt")
            self.assertIn(place + "/unbuilt/completions/share", rules)
            with open(place + "/rules.cmake", "w", encoding="utf-8") as file:
                file.write(rules)
            said("cmake", "-DCMAKE_INSTALL_PREFIX=" + place, "-P", place + "/rules.cmake")


if __name__ == "__main__":
    unittest.main()
