"""Rules about files: explicit source lists, their length, and no secret in an argument."""

import os
import re
import unittest

import project

LONGEST = 400
TARGET = re.compile(r"add_(?:library|executable)\s*\(\s*(\w+)([^)]*)\)")
# Options.value("name", "help") and its relatives (helper/terminal/options.hpp).
DECLARED = re.compile(r'\b(?:values?)\(\s*"([a-z0-9-]+)"\s*,\s*[("]')
# The same in tables of settings (src/lease/settings/field.hpp): a row's flag, a truth's aside.
ROW = re.compile(r'\.form = FieldForm::(?!truth)\w+,(?:(?!\.form).)*?\.flag = "([a-z0-9-]+)"', re.DOTALL)
# And in the flags of login (src/lease/providers.hpp).
KEPT = re.compile(r'"([a-z0-9-]+-file)", "[a-z0-9-]+-stdin"')
HELPED = re.compile(r'_(?:text|there)\("[a-z-]+", FieldForm::(?!truth)\w+,\s*"([a-z0-9-]+)"')
SECRET = re.compile(r"(^|-)(token|secret|password|passphrase|jwt|key)(-|$)")
NO_SECRET = {"requester-client-key": "a file", "vault-client-key": "a file",
             "dynamic-secret": "the name of one"}


class Sources(unittest.TestCase):
    def test_every_file_is_in_exactly_one_target(self):
        listed = {}
        for folder, text in build_files():
            for target, arguments in TARGET.findall(text):
                for name in re.findall(r"[\w./-]+\.cpp\b", arguments):
                    path = os.path.normpath(os.path.join(folder, name))
                    listed.setdefault(path, []).append(target)
        files = project.sources(".cpp")
        self.fail_with([f"{path} is in no CMakeLists.txt" for path in files if path not in listed])
        self.fail_with([f"{path} is listed in {', '.join(targets)}: a library could hold it"
                        for path, targets in listed.items()
                        if len(targets) > 1 and path not in SHARED_BY_PROGRAMS])

    def test_source_lists_are_explicit(self):
        self.fail_with([f"{folder}/CMakeLists.txt gathers files by pattern" for folder, text in
                        build_files("tests") if re.search(r"\bGLOB|aux_source_directory", text)])

    def test_no_file_is_long(self):
        self.fail_with([f"{path} has {lines} lines, more than {LONGEST}"
                        for path in project.sources()
                        if (lines := project.read(path).count("\n")) > LONGEST])

    def test_no_secret_is_an_argument(self):
        """Arguments are readable for every user of the machine (F24)."""
        wrong = []
        for path in project.sources(".cpp", ".hpp"):
            text = project.read(path)
            wrong += [f"{path} declares --{name}, whose value would be a secret; take "
                      f"--{name}-file or --{name}-stdin" for name in declared(text)
                      if SECRET.search(name) and not name.endswith(("-file", "-stdin", "-variable", "-audience"))
                      and name not in NO_SECRET]
            wrong += [f"{path} mentions {match}" for match in
                      re.findall(r"--(?:token|client-secret)(?![\w-])", text)
                      if not path.startswith("kubeconfig/")]
        self.fail_with(wrong)

    def test_options_are_declared_as_this_test_expects(self):
        """Else the test before this one would see none and pass."""
        text = "".join(project.read(path) for path in project.sources(".cpp"))
        for name in ("token-file", "requester-token-file", "client-secret-file", "profile"):
            self.assertIn(name, declared(text))

    def test_nothing_unfinished_and_no_machine_paths(self):
        """Spelled so that this file does not find itself."""
        words = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b|/wo" r"rk/|/fa" r"rm/")
        self.fail_with([f"{path}: {match.group()}" for path in project.sources()
                        if (match := words.search(project.read(path)))])

    def test_python_tests_patch_no_path(self):
        """CTest sets PYTHONPATH (tests/CMakeLists.txt); the imports say where a module lies."""
        patched = re.compile(r"\bsys\.p" r"ath\b")
        wrong = []
        for place, _, names in os.walk(os.path.join(project.ROOT, "tests")):
            for name in names:
                path = os.path.relpath(os.path.join(place, name), project.ROOT)
                if re.fullmatch(r"\w+_(?:tests?|cases?|live)\.py|case\.py", name) and \
                        patched.search(project.read(path)):
                    wrong.append(f"{path} patches its path; import tests.support.sandbox, say")
        self.fail_with(wrong)

    def fail_with(self, wrong):
        if wrong:
            self.fail("\n" + "\n".join(wrong))


# Replaces the global operator new and delete, so it must be an object of each program itself.
SHARED_BY_PROGRAMS = ("helper/process/wiped_heap.cpp",)


def declared(text):
    """The options with a value that a text of C++ declares."""
    return DECLARED.findall(text) + ROW.findall(text) + HELPED.findall(text) + KEPT.findall(text)


def build_files(*more):
    """(folder, text without comments) of each CMakeLists.txt."""
    for top in (*project.FOLDERS, *more):
        for place, _, names in os.walk(os.path.join(project.ROOT, top)):
            if "CMakeLists.txt" in names:
                folder = os.path.relpath(place, project.ROOT)
                text = project.read(f"{folder}/CMakeLists.txt")
                yield folder, re.sub(r"#.*", "", text)


if __name__ == "__main__":
    unittest.main()
