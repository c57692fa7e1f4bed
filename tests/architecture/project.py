"""The files of the project as the architecture tests see them."""

import os
import re

ROOT = os.environ.get("LEASEHOLD_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
# Every room and the rooms it may include, from the ground up (ARCHITECTURE.md); itself is always
# allowed. A new arrow is a decision: write it down here, and see that it points down.
ROOMS = {
    "src/base": (),
    "cache/record": ("src/base",),
    "cache/store": ("cache/record", "src/base"),
    "cache/kernel_keyring": ("cache/record", "cache/store", "src/base"),
    "cache/notes": ("cache/record", "cache/store", "src/base"),
    "cache/secret_service": ("cache/notes", "cache/store", "src/base"),
    "cache": (
        "cache/kernel_keyring", "cache/record", "cache/secret_service", "cache/store",
        "src/base"),
    "cache/secret_service/child": ("cache/secret_service", "cache/store", "src/base"),
    "helper": (),
    "helper/process": ("src/base",),
    "src/http": ("src/base",),
    "src/lease/settings": ("src/base",),
    "src/lease/identity": ("src/base", "src/http", "src/lease/settings"),
    "src/lease/terms": ("src/base",),
    "src/lease/infisical/settings": ("src/base", "src/lease/settings", "src/lease/terms"),
    "src/lease/infisical/wire": (
        "src/base", "src/http", "src/lease/identity", "src/lease/infisical/settings",
        "src/lease/terms"),
    "src/lease/infisical/login": (
        "src/base", "src/http", "src/lease/identity", "src/lease/infisical/settings",
        "src/lease/infisical/wire"),
    "src/lease/vault/settings": ("src/base", "src/lease/settings", "src/lease/terms"),
    "src/lease/vault/wire": (
        "src/base", "src/http", "src/lease/identity", "src/lease/terms",
        "src/lease/vault/settings"),
    "src/lease/vault/login": (
        "src/base", "src/lease/identity", "src/lease/vault/settings", "src/lease/vault/wire"),
    "src/lease/kubeconfig_user": ("src/base", "src/http"),
    "src/lease/exec/settings": ("src/base", "src/lease/settings", "src/lease/terms"),
    "src/lease/exec/plugin": (
        "src/base", "src/lease/exec/settings", "src/lease/identity",
        "src/lease/kubeconfig_user"),
    "src/lease/exec": (
        "src/base", "src/http", "src/lease/exec/plugin", "src/lease/exec/settings",
        "src/lease/identity", "src/lease/kubeconfig_user", "src/lease/terms"),
    "src/lease/kubernetes/settings": ("src/base", "src/lease/settings", "src/lease/terms"),
    "src/lease/kubernetes/api": (
        "src/base", "src/http", "src/lease/identity", "src/lease/kubeconfig_user",
        "src/lease/kubernetes/settings", "src/lease/terms"),
    "src/lease": (
        "src/base", "src/lease/exec/plugin", "src/lease/exec/settings", "src/lease/identity",
        "src/lease/infisical/login", "src/lease/infisical/settings", "src/lease/kubeconfig_user",
        "src/lease/kubernetes/api", "src/lease/kubernetes/settings", "src/lease/settings",
        "src/lease/terms", "src/lease/vault/login", "src/lease/vault/settings"),
    "src/lease/profile": ("src/base", "src/lease", "src/lease/terms"),
    "helper/leasing": (
        "cache", "cache/notes", "cache/record", "helper/process", "src/base", "src/lease",
        "src/lease/identity", "src/lease/profile", "src/lease/terms"),
    "helper/terminal": ("cache/secret_service", "helper/process", "src/base"),
    "helper/setting_flags": (
        "helper/process", "helper/terminal", "src/base", "src/lease/settings"),
    "src/lease/infisical": (
        "src/base", "src/http", "src/lease/identity", "src/lease/infisical/login",
        "src/lease/infisical/settings", "src/lease/infisical/wire", "src/lease/terms"),
    "src/lease/kubernetes": (
        "src/base", "src/lease/kubernetes/api", "src/lease/kubernetes/settings",
        "src/lease/settings", "src/lease/terms"),
    "src/lease/vault": (
        "src/base", "src/http", "src/lease/identity", "src/lease/terms", "src/lease/vault/login",
        "src/lease/vault/settings", "src/lease/vault/wire"),
    "helper/providers/side": (
        "cache", "cache/notes", "cache/record", "helper/process", "src/base", "src/lease/identity",
        "src/lease/kubernetes", "src/lease/profile", "src/lease/terms"),
    "helper/providers/kubernetes": (
        "cache", "helper/leasing", "helper/process", "helper/providers/side",
        "helper/setting_flags", "src/base", "src/http", "src/lease/identity",
        "src/lease/kubeconfig_user", "src/lease/kubernetes", "src/lease/kubernetes/api",
        "src/lease/kubernetes/settings", "src/lease/profile"),
    "helper/providers/infisical": (
        "cache", "cache/secret_service", "helper/leasing", "helper/process",
        "helper/providers/side", "helper/setting_flags", "src/base", "src/http",
        "src/lease/identity", "src/lease/infisical", "src/lease/infisical/settings",
        "src/lease/infisical/wire", "src/lease/profile"),
    "helper/providers/vault": (
        "cache", "helper/leasing", "helper/providers/side", "helper/setting_flags", "src/base",
        "src/http", "src/lease/profile", "src/lease/vault", "src/lease/vault/login",
        "src/lease/vault/settings", "src/lease/vault/wire"),
    "helper/providers/exec": (
        "helper/process", "helper/providers/side", "helper/setting_flags", "src/base", "src/http",
        "src/lease/exec", "src/lease/exec/plugin", "src/lease/exec/settings",
        "src/lease/kubeconfig_user", "src/lease/kubernetes/api", "src/lease/profile",
        "src/lease/terms"),
    "helper/providers": (
        "cache", "cache/store", "helper/leasing", "helper/process", "helper/providers/exec",
        "helper/providers/infisical", "helper/providers/kubernetes", "helper/providers/side",
        "helper/providers/vault", "helper/terminal", "src/base", "src/lease", "src/lease/profile",
        "src/lease/terms"),
    "helper/exec_protocol": ("helper/process", "src/base", "src/lease/profile"),
    "helper/lease_book": (
        "cache", "cache/record", "cache/store", "helper/leasing", "helper/process",
        "helper/providers", "helper/providers/side", "helper/terminal", "src/base", "src/http",
        "src/lease", "src/lease/kubernetes/api", "src/lease/profile", "src/lease/terms"),
    "kubeconfig": (),
    "kubeconfig/draft": ("kubeconfig", "src/base"),
    "kubeconfig/document": ("kubeconfig", "kubeconfig/draft", "src/base"),
    "kubeconfig/file": ("src/base",),
    "kubeconfig/show": ("src/base",),
    "kubeconfig/view": ("kubeconfig/document", "kubeconfig/file", "src/base"),
    "helper/checks": (
        "cache", "cache/store", "helper/process", "helper/providers", "helper/providers/side",
        "helper/terminal", "kubeconfig/file", "kubeconfig/view", "src/base", "src/http",
        "src/lease", "src/lease/kubeconfig_user", "src/lease/profile"),
    "helper/profile_drafting": (
        "helper/process", "helper/providers", "helper/setting_flags", "helper/terminal",
        "kubeconfig/document", "kubeconfig/file", "kubeconfig/show", "kubeconfig/view", "src/base",
        "src/lease", "src/lease/kubeconfig_user", "src/lease/profile"),
    "helper/upkeep": (
        "cache/notes", "helper/leasing", "helper/process", "helper/providers",
        "helper/providers/side", "src/base", "src/http", "src/lease/kubernetes/api",
        "src/lease/profile", "src/lease/terms"),
    "helper/run": (
        "cache/record", "cache/store", "helper/lease_book", "helper/leasing", "helper/process",
        "helper/providers", "helper/providers/side", "helper/terminal", "kubeconfig/document",
        "src/base", "src/lease/profile", "src/lease/terms"),
    "helper/commands": (
        "cache/kernel_keyring", "cache/notes", "cache/record", "cache/store", "helper/checks",
        "helper/exec_protocol",
        "helper/lease_book", "helper/leasing", "helper/process", "helper/profile_drafting",
        "helper/providers", "helper/providers/side", "helper/run", "helper/terminal",
        "helper/upkeep", "kubeconfig/file", "kubeconfig/show", "kubeconfig/view", "src/base",
        "src/http", "src/lease", "src/lease/kubeconfig_user", "src/lease/profile", "src/lease/terms"),
    "helper/commands/infisical": (
        "helper/commands", "helper/process", "helper/providers", "helper/providers/infisical",
        "helper/providers/side", "helper/terminal", "src/base", "src/lease/infisical",
        "src/lease/infisical/settings", "src/lease/infisical/wire"),
    "helper/front": (
        "cache/kernel_keyring", "cache/notes", "cache/record", "cache/store", "helper",
        "helper/exec_protocol", "helper/process", "src/base", "src/lease/profile"),
    "helper/full": ("helper", "helper/commands", "helper/process", "src/base"),
}
FOLDERS = ("src", "cache", "kubeconfig", "helper")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sources(*endings):
    """Paths of our files below FOLDERS, from the root, sorted."""
    endings = endings or (".cpp", ".hpp", ".hpp.in")
    found = []
    for folder in FOLDERS:
        for place, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(place, name), ROOT) for name in names
                      if name.endswith(endings)]
    return sorted(found)


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


def depth(path, known):
    """How many includes of ours stand on top of each other below `path`; `known` is filled."""
    if path not in known:
        known[path] = 0  # a circle ends here; another test names it
        known[path] = max((1 + depth(name, known) for name in includes_of_ours(path)
                           if os.path.exists(os.path.join(ROOT, name))), default=0)
    return known[path]
