"""The programs as built: the front needs no shared library and no loader, all are hardened.

Reads the variables LEASEHOLD_FRONT, LEASEHOLD_FULL and LEASEHOLD_SECRET_SERVICE, which CMake sets to
the programs' paths (a program that is not part of the build is left out).
"""

import os
import re
import subprocess
import unittest

from tests.support.machine import need_plain_programs

FRONT = os.environ.get("LEASEHOLD_FRONT", "")
PROGRAMS = [path for name in ("LEASEHOLD_FRONT", "LEASEHOLD_FULL", "LEASEHOLD_SECRET_SERVICE")
            if (path := os.environ.get(name))]


def readelf(*arguments):
    return subprocess.run(["readelf", "--wide", *arguments], capture_output=True, text=True,
                          check=True, env={"LC_ALL": "C", "PATH": os.environ["PATH"]}).stdout


class Front(unittest.TestCase):
    def setUp(self):
        need_plain_programs("shared libraries and weight")

    def test_needs_nothing(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("--dynamic", FRONT))
        self.assertEqual(needed, [], f"{FRONT} needs shared libraries")

    def test_has_no_interpreter(self):
        self.assertFalse("INTERP" in readelf("--program-headers", FRONT),
                         f"{FRONT} is started by way of the dynamic loader")

    def test_is_small(self):
        # What is loaded: debug information is not.
        loaded = sum(int(size, 16) for size in re.findall(
            r"^ *LOAD +\S+ +\S+ +\S+ +\S+ +(0x[0-9a-f]+)", readelf("--program-headers", FRONT),
            re.MULTILINE))
        self.assertGreater(loaded, 0)
        self.assertLess(loaded, 2 << 20,
                        f"{FRONT} has pulled in something heavy; see the linker's --print-map")


class Hardening(unittest.TestCase):
    def setUp(self):
        need_plain_programs("the hardening flags")

    def each(self, *arguments):
        self.assertTrue(PROGRAMS, "CMake has named no program")
        for path in PROGRAMS:
            yield path, readelf(*arguments, path)

    def expect(self, path, what, pattern, text, wanted=True):
        """Without the text, which is long."""
        if bool(re.search(pattern, text)) != wanted:
            self.fail(f"{path}: not true that it {what}; readelf shows "
                      f"{'no' if wanted else 'a'} match of {pattern}")

    def test_position_independent(self):
        for path, text in self.each("--file-header"):
            self.expect(path, "can be loaded anywhere", r"Type:\s+DYN", text)
        for path, text in self.each("--dynamic"):
            self.expect(path, "is linked as PIE", r"FLAGS_1.*PIE", text)

    def test_relocations_are_read_only_from_the_start(self):
        for path, text in self.each("--program-headers"):
            self.expect(path, "has GNU_RELRO", r"GNU_RELRO", text)
        for path, text in self.each("--dynamic"):
            self.expect(path, "binds at the start", r"BIND_NOW|FLAGS_1.*\bNOW\b", text)

    def test_no_memory_is_writable_and_executable(self):
        for path, text in self.each("--program-headers"):
            self.expect(path, "is marked as without an executable stack",
                        r"GNU_STACK(\s+0x\w+){5}\s+RW\s+0x", text)
            self.expect(path, "has no segment that is writable and executable",
                        r"LOAD.*\sRWE\s", text, wanted=False)

    def test_no_text_relocations_and_no_search_path(self):
        for path, text in self.each("--dynamic"):
            self.expect(path, "has none of these", r"TEXTREL|RPATH|RUNPATH", text, wanted=False)

    def test_stacks_are_protected(self):
        for path, text in self.each("--syms"):
            self.expect(path, "is built with -fstack-protector", r"__stack_chk_fail", text)

    def test_library_calls_are_fortified(self):
        """The front calls few functions that can be; the full program calls many."""
        full = os.environ.get("LEASEHOLD_FULL")
        if full and os.environ.get("LEASEHOLD_BUILD_TYPE") != "Debug":
            self.expect(full, "is built with _FORTIFY_SOURCE", r"__\w+_chk\b",
                        readelf("--syms", full))


if __name__ == "__main__":
    unittest.main()
