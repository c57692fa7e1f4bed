"""A test is left out in one place for each language, which prints why: packaging/test repeats the
reasons, and what is left out in any other way would go unseen."""

import os
import re
import unittest

import project

# Of GoogleTest, unittest and CTest; spelled so that this file does not find itself.
WAYS = re.compile(r"GTEST_S" r"KIP|DIS" r"ABLED_|[sS]kip" r"(?:Test|If|Unless)\b|unittest\.sk" r"ip\b|"
                  r"expected" r"Failure|SKIP_R" r"E(?:TURN_CODE|GULAR_EXPRESSION)")
PLACES = ("tests/CMakeLists.txt", "tests/support/left_out.hpp", "tests/support/machine.py")


class LeftOut(unittest.TestCase):
    def test_tests_are_left_out_in_one_place(self):
        wrong = [f"{path}:{text.count(chr(10), 0, way.start()) + 1}: {way.group()}; take left_out of "
                 "tests/support/machine.py or LEASEHOLD_LEFT_OUT of tests/support/left_out.hpp"
                 for path, text in tests() if path not in PLACES for way in WAYS.finditer(text)]
        if wrong:
            self.fail("\n" + "\n".join(wrong))

    def test_the_places_are_found(self):
        """Else the test before this one would see nothing and pass."""
        found = {path for path, text in tests() if WAYS.search(text)}
        self.assertEqual(set(PLACES) - found, set())


def tests():
    """(path, text) of each file that may hold a test."""
    for place, _, names in os.walk(os.path.join(project.ROOT, "tests")):
        for name in names:
            if name == "CMakeLists.txt" or name.endswith((".py", ".cpp", ".hpp")):
                path = os.path.relpath(os.path.join(place, name), project.ROOT)
                yield path, project.read(path)


if __name__ == "__main__":
    unittest.main()
