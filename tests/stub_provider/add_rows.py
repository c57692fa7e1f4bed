"""Adds the provider `stub` to the product's two tables, into a tree of its own.

    add_rows.py SOURCE TO     writes TO/src/lease/providers.cpp and TO/helper/providers/table.cpp

What is added to a table lies here under the same path, as NAME.row: the include of the provider's
room and its row. Nothing else of the product changes, which stub_provider_test.py counts.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLES = ("src/lease/providers.cpp", "helper/providers/table.cpp")
FIRST = "const auto table = std::to_array<"
LAST = "\n});\n"


def with_row(text, row):
    """The table's file with the row behind the others, and its include above them."""
    includes, row = row.split("\n", 1)
    head, begin, rest = text.partition(FIRST)
    rows, end, tail = rest.partition(LAST)
    if not begin or not end or not includes.startswith("#include"):
        raise SystemExit(f"the table is not written as this script expects: {FIRST}...{LAST}")
    own, include, more = head.partition("\n#include")
    return own + "\n" + includes + include + more + begin + rows + "\n" + row.rstrip() + end + tail


def main(source, to):
    for path in TABLES:
        with open(os.path.join(source, path), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(HERE, path.replace(".cpp", ".row")), encoding="utf-8") as file:
            row = file.read()
        made = os.path.join(to, path)
        os.makedirs(os.path.dirname(made), exist_ok=True)
        with open(made, "w", encoding="utf-8") as file:
            file.write(with_row(text, row))


if __name__ == "__main__":
    main(*sys.argv[1:])
