"""The documents: short where they must be, without dead links, and true where a test can tell.

Codes such as CACHE-6 are cited in comments and documents; docs/requirements.md says what each
stands for, and which tests fail when it is broken. A test is named as `FILE` `NAME` `NAME`, FILE
being a path below tests/ and NAME a method or Suite.Case.
"""

import glob
import os
import re
import unittest

import project

# At most so many words (of text and code, as wc -w counts them).
LONGEST = {"README.md": 900, "ARCHITECTURE.md": 1200}
SOURCES = (".cpp", ".hpp", ".hpp.in", ".c", ".py", ".go")
NOT_OURS = {"build", "out", ".git", ".cache", "node_modules", "__pycache__"}
AREAS = "NET|TLS|JSN|JWT|OUT|INP|KEY|CACHE|LOCK|SS|KR|FILE|KCFG|LEASE|DLG|SEC"
# In test names the dash is an underscore.
CODE = re.compile(rf"(?<![A-Za-z0-9-])(?:({AREAS})-(\d+)|([PFHG]\d{{1,2}}))(?![A-Za-z0-9])")
CODE_IN_NAME = re.compile(rf"(?:\b|_)({AREAS})_(\d+)(?=_|\b)")
ROW = re.compile(rf"^\| ((?:{AREAS})-\d+|[PFHGh]\d+) \| (.*) \|$", re.MULTILINE)
QUOTED = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"(?:src|cache|kubeconfig|helper|tests|packaging|docs)/[\w./*-]*\w[\w./*-]*")
FLAG = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)")
# Flags of other programs that the documents show.
FOREIGN_FLAGS = {"allow-unsigned-rpm", "allow-untrusted", "ignore-missing", "manifest-url",
                 "strip-components", "build", "install", "prefix", "preset", "target", "for",
                 "check", "json", "context", "stand-in", "cacert", "each", "seed", "installed"}


def files(*endings):
    """Paths of our files with these endings, from the root, sorted."""
    found = []
    for place, folders, names in os.walk(project.ROOT):
        folders[:] = [name for name in folders
                      if name not in NOT_OURS and not name.startswith("build-")]
        found += [os.path.relpath(os.path.join(place, name), project.ROOT) for name in names
                  if name.endswith(endings)]
    return sorted(found)


def documents():
    return [path for path in files(".md") if not path.startswith("tests/golden/")]


def without_code_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path):
    """The names that GitHub gives to a document's headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", without_code_blocks(project.read(path)), re.MULTILINE):
        text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(text.replace(" ", "-"))
    return found


def requirements():
    """Each code of docs/requirements.md with the rest of its row."""
    return ROW.findall(project.read("docs/requirements.md"))


def tests_of(path):
    """The tests that a file below tests/ holds; None if there is no such file."""
    if not os.path.isfile(os.path.join(project.ROOT, "tests", path)):
        return None
    text = project.read(f"tests/{path}")
    if path.endswith(".py"):
        return set(re.findall(r"^\s+def (test_\w+)\(", text, re.MULTILINE))
    return {".".join(names) for names in
            re.findall(r"^\s*(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+)\s*,\s*(\w+)\s*\)", text,
                       re.MULTILINE)}


def is_test_file(text):
    return re.fullmatch(r"[\w/]+\.(?:py|cpp)", text) is not None


def is_test_name(text):
    return re.fullmatch(r"test_\w+|[A-Z]\w+\.\w+", text) is not None


class Documents(unittest.TestCase):
    def test_they_are_short(self):
        self.fail_with([f"{path} has {words} words, more than {limit}: move some to docs/"
                        for path, limit in LONGEST.items()
                        if (words := len(project.read(path).split())) > limit])

    def test_links_lead_somewhere(self):
        wrong = []
        for path in documents():
            for link in LINK.findall(without_code_blocks(project.read(path))):
                if re.match(r"[a-z]+:", link):
                    continue
                name, _, heading = link.partition("#")
                target = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
                if not os.path.exists(os.path.join(project.ROOT, target)):
                    wrong.append(f"{path} links to {link}, which is not there")
                elif heading and heading not in anchors(target):
                    wrong.append(f"{path} links to {link}, but {target} has no such heading")
        self.fail_with(wrong)

    def test_files_that_are_named_exist(self):
        """By their path from the root; a * stands for anything."""
        wrong = []
        for path in documents():
            for code in QUOTED.findall(without_code_blocks(project.read(path))):
                name = code.removeprefix("./").partition(" ")[0].rstrip("/")
                if PATH.fullmatch(name) and not glob.glob(os.path.join(project.ROOT, name)):
                    wrong.append(f"{path} names {name}, which is not there")
        self.fail_with(wrong)

    def test_documents_that_comments_name_exist(self):
        known = {os.path.basename(path) for path in documents()} | {path for path in documents()}
        self.fail_with([f"{path} names {name}, which is not there"
                        for path in files(*SOURCES)
                        for name in re.findall(r"[\w./-]+\.md\b", project.read(path))
                        if os.path.normpath(name) not in known])

    def test_every_page_is_reached_from_the_readme(self):
        reached, left = set(), ["README.md"]
        while left:
            page = left.pop()
            if page in reached or not page.endswith(".md"):
                continue
            reached.add(page)
            left += [os.path.normpath(os.path.join(os.path.dirname(page), link.partition("#")[0]))
                     for link in LINK.findall(project.read(page)) if not re.match(r"[a-z]+:|#", link)]
        self.fail_with([f"no way leads from README.md to {path}" for path in documents()
                        if path.startswith("docs/") and path not in reached])

    def test_flags_exist(self):
        known = set()
        for path in project.sources(".cpp", ".hpp"):
            known.update(re.findall(r'["-]([a-z][a-z0-9-]*)"', project.read(path)))
            known.update(FLAG.findall(project.read(path)))
        wrong = []
        for path in [p for p in documents() if p == "README.md" or p.startswith("docs/")]:
            wrong += [f"{path} shows --{flag}, which no command takes"
                      for flag in FLAG.findall(project.read(path))
                      if flag not in known | FOREIGN_FLAGS]
        self.fail_with(wrong)

    def fail_with(self, wrong):
        if wrong:
            self.fail("\n" + "\n".join(sorted(set(wrong))))


class Requirements(unittest.TestCase):
    def test_cited_codes_stand_there(self):
        known = {code for code, _ in requirements()}
        wrong = []
        for path in documents() + files(*SOURCES):
            text = project.read(path)
            cited = {f"{area}-{number}" if area else letter
                     for area, number, letter in CODE.findall(text)}
            cited |= {f"{area}-{number}" for area, number in CODE_IN_NAME.findall(text)}
            wrong += [f"{path} cites {code}: docs/requirements.md does not say what it is"
                      for code in sorted(cited - known)]
        self.fail_with(wrong)

    def test_each_code_stands_there_once(self):
        codes = [code for code, _ in requirements()]
        self.assertGreater(len(codes), 150, "docs/requirements.md: the rows are not read any more")
        self.fail_with([f"docs/requirements.md has {code} more than once" for code in set(codes)
                        if codes.count(code) > 1])

    def test_each_row_names_its_tests_or_says_that_there_are_none(self):
        wrong = []
        for code, row in requirements():
            if code[0] in "PF" and code[1].isdigit():
                continue  # promises rest on others, facts need no test
            last = row.split(" | ")[-1]
            if not any(is_test_name(name) for name in QUOTED.findall(last)) and \
                    not re.search(r"\bno test\b|\bsee [A-Z]", last):
                wrong.append(f"docs/requirements.md: {code} names no test and does not say so")
        self.fail_with(wrong)

    def test_each_row_of_the_dialog_is_shown_for_both_ways(self):
        """Tests of both providers; one of dialog_test.py can be of both."""
        rows = [(code, row.split(" | ")[-1]) for code, row in requirements()
                if code.startswith("DLG-")]
        self.assertGreater(len(rows), 20, "the rows of the dialog are not read any more")
        wrong = []
        for code, tests in rows:
            match = re.fullmatch(r"kubernetes: (.+) · infisical: (.+)", tests)
            ways = match.groups() if match else ("", "")
            shown = [any(is_test_name(name) for name in QUOTED.findall(way)) for way in ways]
            shared = ways[0].startswith("`cli/dialog_test.py`") and \
                re.match(r"the (same|first)\b", ways[1])
            if not shown[0] or not (shown[1] or shared):
                wrong.append(f"docs/requirements.md: {code} names no test for one of both ways")
        self.fail_with(wrong)

    def test_named_tests_exist(self):
        wrong, named = [], 0
        for path in documents():
            for line in project.read(path).splitlines():
                place = None
                for text in QUOTED.findall(line):
                    if is_test_file(text) and (line.startswith("| ")):
                        place = text
                    elif is_test_name(text) and place:
                        named += 1
                        tests = tests_of(place)
                        if tests is None:
                            wrong.append(f"{path} names tests/{place}, which is not there")
                        elif text not in tests:
                            wrong.append(f"{path} names {text}, which tests/{place} does not hold")
        self.assertGreater(named, 200, "the tables of tests are not read any more")
        self.fail_with(wrong)

    def fail_with(self, wrong):
        if wrong:
            self.fail("\n" + "\n".join(sorted(set(wrong))))


if __name__ == "__main__":
    unittest.main()
