"""What gcovr has counted, as packaging/coverage prints it."""

import json
import sys

LINES_WANTED = 90
BRANCHES_WANTED = 80
STRETCHES = 10


class File:
    def __init__(self, data):
        self.path = data["file"]
        lines = [line for line in data["lines"] if not line.get("gcovr/noncode")]
        self.counts = {}  # by number of the line; templates have one several times
        for line in lines:
            number = line["line_number"]
            self.counts[number] = self.counts.get(number, 0) + line["count"]
        self.branches = [branch["count"] for line in lines for branch in line["branches"]]

    def ran(self):
        return sum(1 for count in self.counts.values() if count)

    def taken(self):
        return sum(1 for count in self.branches if count)

    def stretches(self):
        """(lines, first, last) of what nothing ran, up to a line that something did."""
        found, run = [], []
        for number in sorted(self.counts) + [None]:
            if number is not None and not self.counts[number]:
                run.append(number)
            elif run:
                found.append((len(run), run[0], run[-1]))
                run = []
        return found


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def row(name, ran, lines, taken, branches):
    return (f"{name:<58} {ran:>6}/{lines:<6} {percent(ran, lines):5.1f} % "
            f"{taken:>6}/{branches:<6} {percent(taken, branches):5.1f} %")


def main(path):
    with open(path, encoding="utf-8") as file:
        files = [File(data) for data in json.load(file)["files"]]
    files = [file for file in files if file.counts]
    print(f"{'file':<58} {'lines':>21}   {'branches':>21}")
    for file in sorted(files, key=lambda file: file.path):
        print(row(file.path, file.ran(), len(file.counts), file.taken(), len(file.branches)))
    print("\nwhat nothing ran, the longest first:")
    stretches = sorted(((lines, file.path, first, last) for file in files
                        for lines, first, last in file.stretches()), reverse=True)
    for lines, name, first, last in stretches[:STRETCHES]:
        print(f"{lines:>4} lines  {name}:{first}-{last}")
    totals = [sum(part) for part in zip(*((file.ran(), len(file.counts), file.taken(),
                                           len(file.branches)) for file in files))]
    print("\n" + row(f"{len(files)} files", *totals))
    enough = percent(*totals[:2]) >= LINES_WANTED and percent(*totals[2:]) >= BRANCHES_WANTED
    if not enough:
        print(f"wanted: {LINES_WANTED} % of lines, {BRANCHES_WANTED} % of branches")
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
