"""Parts of tests that come from registries, installed once below $LEASEHOLD_TEST_CACHE (default
~/.cache/leasehold-tests), under a name that their pins decide."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

TIMEOUT = 600


class CannotInstall(Exception):
    """A tool is missing, or its registry cannot be reached."""


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise CannotInstall(tool + " is not installed")


def cache_directory():
    cache = os.environ.get("LEASEHOLD_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "leasehold-tests")
    os.makedirs(cache, exist_ok=True)
    return cache


def files_of(folder):
    """By their paths in it, in order."""
    return sorted(os.path.relpath(os.path.join(directory, name), folder)
                  for directory, _, names in os.walk(folder) for name in names)


def kept(source, make, *more):
    """The directory that make(PLACE) fills; PLACE has a copy of the folder `source`, if there is
    one. `more`: what else decides what comes out."""
    name = os.path.basename(source)
    cache = cache_directory()
    key = hashlib.sha256("\0".join(more).encode())
    if os.path.isdir(source):
        for file in files_of(source):
            with open(os.path.join(source, file), "rb") as opened:
                key.update(file.encode() + b"\0" + opened.read())
    target = os.path.join(cache, f"client-{name}-{key.hexdigest()[:16]}")
    with open(os.path.join(cache, f"client-{name}.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(target):
            with tempfile.TemporaryDirectory(prefix=f"client-{name}-", dir=cache) as work:
                place = os.path.join(work, "made")
                if os.path.isdir(source):
                    shutil.copytree(source, place)
                else:
                    os.mkdir(place)
                make(place)
                os.rename(place, target)
    return target


def run(place, *words, seconds=TIMEOUT, **environment):
    try:
        done = subprocess.run(words, cwd=place, stdin=subprocess.DEVNULL, capture_output=True,
                              env=dict(os.environ, **environment), text=True, timeout=seconds,
                              check=False)
    except subprocess.TimeoutExpired as trouble:
        raise CannotInstall(f"{' '.join(words)}: not done in {seconds} s") from trouble
    if done.returncode != 0:
        raise CannotInstall(f"{' '.join(words)}:\n{(done.stdout + done.stderr)[-2000:]}")


def python_packages(source):
    """PYTHONPATH's entry for what SOURCE/requirements.txt pins."""
    version = "%d.%d" % sys.version_info[:2]
    place = kept(source, lambda place: run(
        place, sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target",
        "modules", "-r", "requirements.txt"), version)
    return os.path.join(place, "modules")


def go_program(source, package=".", seconds=TIMEOUT):
    """The program of a package that the module in SOURCE pins. Built as the cluster is, so that all
    share Go's build cache."""
    need("go")
    place = kept(source, lambda place: run(
        place, "go", "build", "-p", "1", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o",
        "client", package, seconds=seconds,
        CGO_ENABLED="0", GOTOOLCHAIN="local", GOWORK="off", GOFLAGS="-mod=readonly"),
        package, subprocess.run(["go", "version"], capture_output=True, text=True, cwd="/",
                                check=False).stdout)
    return os.path.join(place, "client")
