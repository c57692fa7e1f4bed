"""The table of clients in docs/clients.md, from what the tests of this folder have seen:

    table.py SEEN [--write]

SEEN is the file that LEASEHOLD_CLIENTS_SEEN named while they ran (packaging/test names it). Rows of
clients that were left out stay as they are. Exits with 1 if the page says something else of a client
than the run, and shows it; with --write the page is changed instead."""

import difflib
import json
import os
import sys

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "clients.md")
BEGIN = "<!-- made by tests/clients/table.py -->\n"
END = "<!-- end -->\n"
HEAD = ("| client | version | plugin runs for 1, 10, 100 calls; 10 by 10, 100 by 20 | after a 401, in "
        "one process | at a token's end | v1, v1beta1 |\n|---|---|---|---|---|---|\n")


def rows_of(text):
    """By client."""
    return {line.split("|")[1].strip(): line for line in text.splitlines(keepends=True)
            if line.startswith("| ") and "---" not in line and not line.startswith("| client ")}


def row(name, seen):
    fields = [name] + [seen[what] for what in ("version", "runs", "after_401", "end", "versions")]
    return "| %s |\n" % " | ".join(fields)


def read(path):
    """What was seen of each client of which all was seen."""
    clients = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, what, value = json.loads(line)
            clients.setdefault(name, {})[what] = value
    return {name: seen for name, seen in clients.items() if len(seen) == 5}


def main():
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    before, rest = page.split(BEGIN)
    old, after = rest.split(END)
    rows = rows_of(old)
    rows.update((name, row(name, seen)) for name, seen in read(sys.argv[1]).items())
    new = HEAD + "".join(rows[name] for name in sorted(rows, key=str.lower))
    if "--write" in sys.argv:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + new + END + after)
    elif new != old:
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True),
                                                   "docs/clients.md", "what was seen"))
        print("to write it there: python3 tests/clients/table.py " + sys.argv[1] + " --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
