"""One condition broken at a time: which lines of a source can be, and how."""

import collections
import os
import random
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Spaces are clang-format's: a template's brackets have none.
CHANGES = [(" == ", " != "), (" != ", " == "), (" <= ", " < "), (" >= ", " > "), (" < ", " <= "),
           (" > ", " >= "), (" && ", " || "), (" || ", " && "), ("if (!", "if ("), ("(!", "("),
           ("return false", "return true"), ("return true", "return false"), (" + 1", " + 0"),
           (" - 1", " - 0")]
# A check whose verdict nobody waits for.
CHECK = re.compile(r"^(\s+(?:if \(.*\) )?)LEASEHOLD_TRY\(.*\);$")

Mutant = collections.namedtuple("Mutant", "path number line changed")


def lines_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read().splitlines()


def in_string(line, at):
    return len(re.findall(r'(?<!\\)"', line[:at])) % 2 == 1


def changes_of(line):
    code = line.split("//")[0] if "://" not in line else line
    if code.lstrip().startswith(("#", "static_assert", "template")):
        return
    if CHECK.match(code):
        yield CHECK.sub(r"\1;", code)
    for old, new in CHANGES:
        for match in re.finditer(re.escape(old), code):
            if not in_string(code, match.start()):
                yield line[:match.start()] + new + line[match.end():]


def mutants_of(path):
    return [Mutant(path, number, line, changed) for number, line in enumerate(lines_of(path))
            for changed in dict.fromkeys(changes_of(line))]


def chosen(paths, each, seed):
    """By file: all, or EACH of every file, whichever other files there are."""
    by_file = {path: mutants_of(path) for path in paths}
    if each is not None:
        by_file = {path: random.Random("%d %s" % (seed, path)).sample(some, min(each, len(some)))
                   for path, some in by_file.items()}
    return {path: sorted(some, key=lambda one: one.number) for path, some in by_file.items()
            if some}
