"""The files of the project as the architecture tests see them."""

import os
import re

ROOT = os.environ.get("LEASEHOLD_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
# Every folder of ours and the folders it may include (ARCHITECTURE.md); itself is always allowed.
ARROWS = {
    "src/base": (),
    "src/http": ("src/base",),
    "src/lease": ("src/http", "src/base"),
    "cache": ("src/base",),
    "kubeconfig": ("src/base",),
    "helper": ("src/base", "src/http", "src/lease", "cache", "kubeconfig"),
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sources(*endings):
    """Paths of our files below the folders of ARROWS, from the root, sorted."""
    endings = endings or (".cpp", ".hpp", ".hpp.in")
    found = []
    for folder in ARROWS:
        for place, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(place, name), ROOT) for name in names
                      if name.endswith(endings)]
    return sorted(found)


def folder_of(path):
    """The folder of ARROWS that `path` lies in, or None."""
    for folder in ARROWS:
        if path.startswith(folder + "/"):
            return folder
    return None


def includes(path):
    """(quoted, name) of each include in the file."""
    return [(mark == '"', name) for mark, name in INCLUDE.findall(read(path))]


def includes_of_ours(path):
    """The included files of ours; what configure_file makes stands for its template."""
    for quoted, name in includes(path):
        if quoted:
            made = os.path.exists(os.path.join(ROOT, name + ".in"))
            yield name + ".in" if made else name


def reach(path):
    """All of our files that `path` includes, directly or not, with itself."""
    seen, left = set(), [path]
    while left:
        here = left.pop()
        if here not in seen and os.path.exists(os.path.join(ROOT, here)):
            seen.add(here)
            left.extend(includes_of_ours(here))
    return seen
