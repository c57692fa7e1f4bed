"""A provider is named in its own rooms and in the tables, and nowhere else.

Which providers there are is read from the table below src/lease.
"""

import os
import re
import unittest

import project

TABLE = "src/lease/providers.cpp"
ROWS = "helper/providers/table.cpp"
# The tables; that of the commands names those that a provider has of its own.
TABLES = (TABLE, ROWS, "helper/commands/table.cpp")
# Names that are words of the trade, too, and how they look where they mean the provider. Any other
# name is not to be mentioned at all, in whatever case.
TRADE = {"kubernetes": r'"kubernetes(\.(?!io)[^"]*)?"|\bkubernetes_|'
                       r"providers/kubernetes/|\bKubernetes(Settings|Side|Profile|Provider)",
         "exec": r'"exec(\.[^"]*)?"|providers/exec/|\bExec(Settings|Side|Provider)'}
# Where a name means something else: {name: beginnings of paths}.
NAMESAKES = {"kubernetes": ("kubeconfig/show/redact.cpp", "src/lease/infisical/",
                            "src/lease/vault/"),
             "vault": ("cache/secret_service/child/", "src/lease/infisical/login/cli_session.cpp"),
             # A kubeconfig's key, and the command that runs another; wrapping is this provider's.
             "exec": ("kubeconfig/", "src/lease/kubeconfig_user/", "helper/full/", "helper/run/",
                      "helper/profile_drafting/wrapping.")}


def names():
    return re.findall(r'^    \{\.name = "([a-z-]+)"', project.read(TABLE), re.MULTILINE)


def rooms_of(name):
    """What the paths of a provider's own files begin with."""
    return (f"src/lease/{name}/", f"helper/providers/{name}/", f"helper/commands/{name}/")


def mentions(name, path, text):
    """What in a file of the product names this provider and must not."""
    if path in TABLES or path.startswith((*rooms_of(name), *NAMESAKES.get(name, ()))):
        return []
    pattern = TRADE.get(name, re.escape(name))
    return [match.group() for match in
            re.finditer(pattern, text, 0 if name in TRADE else re.IGNORECASE)]


def product():
    return {path: project.read(path) for path in project.sources()}


class Providers(unittest.TestCase):
    def test_they_are_named_in_their_rooms_and_the_tables_only(self):
        wrong = [f"{path} names the provider {name}: {found}"
                 for path, text in product().items() for name in names()
                 for found in mentions(name, path, text)]
        if wrong:
            self.fail("\n" + "\n".join(wrong))

    def test_a_name_that_is_written_elsewhere_is_found(self):
        """By trying: into a file of every room, in each way a provider could be meant."""
        rooms = {}
        for path in project.sources():
            rooms.setdefault(os.path.dirname(path), path)
        # Rooms whose first file is a provider's have others, too.
        rooms["helper/providers"] = "helper/providers/assembly.cpp"
        rooms["src/lease"] = "src/lease/providers.hpp"
        tried = 0
        for name in names():
            ways = (f'if (profile.provider() == "{name}")',
                    f'section("{name}.something")',
                    f'#include "helper/providers/{name}/side.hpp"',
                    f"std::make_unique<{name.capitalize()}Side>(parts)",
                    f"std::any_cast<{name.capitalize()}Settings>(settings)")
            for path in rooms.values():
                if path.startswith((*rooms_of(name), *NAMESAKES.get(name, ()))):
                    continue
                for way in ways:
                    tried += 1
                    self.assertTrue(mentions(name, path, way), f"{path}: {way}")
        self.assertGreater(tried, 300)

    def test_both_tables_name_the_same(self):
        """The programs' own test walks them (unit/helper/commands/table_test.cpp); this one sees
        that the names are read here as they are written there."""
        rows = re.findall(r'^    \{"([a-z-]+)", "', project.read(ROWS), re.MULTILINE)
        self.assertEqual(names(), rows)
        self.assertIn("kubernetes", rows)

    def test_each_has_rooms_and_a_page(self):
        files = project.sources()
        for name in names():
            for room in rooms_of(name)[:2]:
                self.assertTrue(any(path.startswith(room) for path in files),
                                f"the provider {name} has nothing below {room}")
            # What the embedded one is told stands in docs/profiles.md.
            page = "profiles" if name == names()[0] else name
            self.assertIn(name, project.read(f"docs/{page}.md"))


if __name__ == "__main__":
    unittest.main()
