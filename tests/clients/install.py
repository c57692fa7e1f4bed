"""The clients of this folder, installed once below $LEASEHOLD_TEST_CACHE (default
~/.cache/leasehold-tests), under a name that their pins decide."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 600
OLD_KUBECTL = "1.20.2"


class CannotInstall(Exception):
    """A tool is missing, or its registry cannot be reached."""


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise CannotInstall(tool + " is not installed")


def kept(name, make, *more):
    """The directory that make(PLACE) fills; PLACE has a copy of the folder `name`, if there is
    one. `more`: what else decides what comes out."""
    source = os.path.join(HERE, name)
    key = hashlib.sha256("\0".join(more).encode())
    for file in sorted(os.listdir(source)) if os.path.isdir(source) else ():
        with open(os.path.join(source, file), "rb") as opened:
            key.update(file.encode() + b"\0" + opened.read())
    cache = os.environ.get("LEASEHOLD_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "leasehold-tests")
    os.makedirs(cache, exist_ok=True)
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


def run(place, *words, **environment):
    try:
        done = subprocess.run(words, cwd=place, stdin=subprocess.DEVNULL, capture_output=True,
                              env=dict(os.environ, **environment), text=True, timeout=TIMEOUT,
                              check=False)
    except subprocess.TimeoutExpired as trouble:
        raise CannotInstall(f"{' '.join(words)}: not done in {TIMEOUT} s") from trouble
    if done.returncode != 0:
        raise CannotInstall(f"{' '.join(words)}:\n{(done.stdout + done.stderr)[-2000:]}")


def go():
    """The client-go program. Built as the cluster is, so that both share Go's build cache."""
    need("go")
    place = kept("go", lambda place: run(
        place, "go", "build", "-buildvcs=false", "-trimpath", "-o", "client", ".",
        CGO_ENABLED="0", GOTOOLCHAIN="local", GOWORK="off", GOFLAGS="-mod=readonly"),
        subprocess.run(["go", "version"], capture_output=True, text=True, cwd="/",
                       check=False).stdout)
    return [os.path.join(place, "client")], {}


def node():
    need("node", "npm")
    place = kept("node", lambda place: run(
        place, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))
    return ["node", os.path.join(place, "client.cjs")], {"MODULES": place}


def python():
    version = "%d.%d" % sys.version_info[:2]
    place = kept("python", lambda place: run(
        place, sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target",
        "modules", "-r", "requirements.txt"), version)
    return ([sys.executable, os.path.join(place, "client.py")],
            {"PYTHONPATH": os.path.join(place, "modules")})


def java():
    need("java", "javac", "mvn")

    def make(place):
        run(place, "mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib")
        run(place, "javac", "-cp", "lib/*", "-d", "out", "Client.java")
    place = kept("java", make)
    # The compiler's second stage is not worth its time for so short a life.
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
            f"{place}/out:{place}/lib/*", "Client"], {}


def old_kubectl():
    """Debian's, which knows no other version than v1beta1."""
    need("apt-get", "dpkg-deb")

    def make(place):
        run(place, "apt-get", "download", "kubernetes-client")
        [package] = [name for name in os.listdir(place) if name.endswith(".deb")]
        run(place, "dpkg-deb", "-x", package, ".")
        os.remove(os.path.join(place, package))
        if OLD_KUBECTL not in package:
            raise CannotInstall(f"{package} is not the kubectl {OLD_KUBECTL} of Debian 12")
    return os.path.join(kept("kubectl", make, OLD_KUBECTL), "usr/bin/kubectl")


if __name__ == "__main__":
    for install in (go, node, python, java):
        print(*install()[0])
    print(old_kubectl())
