"""What gcov has counted below a build's directory, as packaging/coverage prints it.

usage: figures.py BUILD

A branch counts if it is a choice of the program's. Those are none that only an exception reaches,
and not the two of a call that may throw. gcov tells the first in its text and the second in its
JSON, where both have the same branches in the same order."""

import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = ("cache", "helper", "kubeconfig", "src")
LINES_WANTED = 90
BRANCHES_WANTED = 80
STRETCHES = 10

SOURCE = re.compile(r" *-: *0:Source:(.*)")
LINE = re.compile(r" *([0-9]+\*?|#####|=====): *([0-9]+):(.*)")
BLOCK = re.compile(r" *([0-9]+\*?|\$\$\$\$\$|%%%%%): *([0-9]+)-block +[0-9]+")
BRANCH = re.compile(r"branch +([0-9]+) (?:taken ([0-9]+)|never executed)")
EXCEPTIONAL = "$$$$$"  # gcc 12's; its documentation has the two signs the other way round


class Source:
    def __init__(self, path):
        self.path = path
        self.lines = {}  # by number: how often
        self.branches = {}  # by line and gcov's number: how often; one for all copies of a template

    def ran(self):
        return sum(1 for count in self.lines.values() if count)

    def taken(self):
        return sum(1 for count in self.branches.values() if count)

    def add(self, table, key, count):
        table[key] = table.get(key, 0) + count

    def stretches(self):
        """(lines, first, last) of what nothing ran, up to a line that something did."""
        found, run = [], []
        for number in sorted(self.lines) + [None]:
            if number is not None and not self.lines[number]:
                run.append(number)
            elif run:
                found.append((len(run), run[0], run[-1]))
                run = []
        return found


class Reader:
    """One file of counts: what gcov says of each source that it is made of."""

    def __init__(self, sources, throws):
        self.sources, self.source = sources, None
        self.throws = throws  # by source and line: whether each branch is an exception's
        self.code = set()  # lines that say something: a brace alone has no choice
        self.at, self.exceptional, self.block = None, False, []

    def end_block(self):
        if not self.exceptional and not any(throws for _, _, throws in self.block):
            for number, count, _ in self.block:
                self.source.add(self.source.branches, (self.at, number), count)
        self.block = []

    def read(self, text):
        for line in text.splitlines():
            branch = BRANCH.match(line)
            if branch:
                throws = next(self.throws[self.source.path, self.at])
                if self.at in self.code:
                    self.block.append((int(branch[1]), int(branch[2] or 0), throws))
            elif not line.startswith(("call", "unconditional")):
                self.end_block()
                self.begin(line)
        self.end_block()

    def begin(self, line):
        source, counted, block = SOURCE.match(line), LINE.match(line), BLOCK.match(line)
        if source:
            self.source = self.sources.setdefault(source[1], Source(source[1]))
            self.code = set()
        elif block:
            self.at, self.exceptional = int(block[2]), block[1] == EXCEPTIONAL
        elif counted:
            self.at, self.exceptional = int(counted[2]), False
            self.begin_line(counted[1], counted[3])

    def begin_line(self, count, code):
        if re.search(r"\w", code):
            self.code.add(self.at)
        elif count == "=====":
            return
        self.source.add(self.source.lines, self.at,
                        int(count.rstrip("*")) if count[0].isdigit() else 0)


def gcov(path, *form):
    return subprocess.run(
        ["gcov", *form, "--all-blocks", "--branch-probabilities", "--branch-counts", "--stdout",
         "--relative-only", "--source-prefix", ROOT, path], check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, errors="replace").stdout


def throws_of(path):
    """By source and line, an iterator over its branches."""
    found = collections.defaultdict(list)
    for file in json.loads(gcov(path, "--json-format"))["files"]:
        for line in file["lines"]:
            found[os.path.relpath(file["file"], ROOT), line["line_number"]] += [
                branch["throw"] for branch in line["branches"]]
    return {place: iter(throws) for place, throws in found.items()}


def said_of(path):
    return gcov(path), throws_of(path)


def read_all(build):
    paths = [path for folder in FOLDERS
             for path in glob.glob(os.path.join(build, folder, "**/*.gcda"), recursive=True)
             if os.path.getsize(path)]
    sources = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text, throws in pool.map(said_of, sorted(paths)):
            Reader(sources, throws).read(text)
    return [source for source in sources.values()
            if source.lines and source.path.split("/")[0] in FOLDERS]


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def row(name, ran, lines, taken, branches):
    return (f"{name:<58} {ran:>6}/{lines:<6} {percent(ran, lines):5.1f} % "
            f"{taken:>6}/{branches:<6} {percent(taken, branches):5.1f} %")


def main(build):
    sources = read_all(build)
    print(f"{'file':<58} {'lines':>21}   {'branches':>21}")
    for one in sorted(sources, key=lambda one: one.path):
        print(row(one.path, one.ran(), len(one.lines), one.taken(), len(one.branches)))
    print("\nwhat nothing ran, the longest first:")
    stretches = sorted(((lines, one.path, first, last) for one in sources
                        for lines, first, last in one.stretches()), reverse=True)
    for lines, name, first, last in stretches[:STRETCHES]:
        print(f"{lines:>4} lines  {name}:{first}-{last}")
    totals = [sum(part) for part in zip(*((one.ran(), len(one.lines), one.taken(),
                                           len(one.branches)) for one in sources))]
    print("\n" + row(f"{len(sources)} files", *totals))
    enough = percent(*totals[:2]) >= LINES_WANTED and percent(*totals[2:]) >= BRANCHES_WANTED
    if not enough:
        print(f"wanted: {LINES_WANTED} % of lines, {BRANCHES_WANTED} % of branches")
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
