"""Vault's auth methods for clouds as external plugins: OpenBao has none of its own.

They are HashiCorp's own, built from the Go modules that plugins/*/go.sum pins, below
$LEASEHOLD_TEST_CACHE. Azure's is left out: it takes a quarter of an hour to compile.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess

from tests.openbao.program import CannotHave, cache_directory, digest

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "plugins")
NAMES = ("aws", "gcp")


def plugins():
    """The directory that holds one program for each of NAMES; builds them if need be."""
    if shutil.which("go") is None:
        raise CannotHave("go is not installed")
    cache = cache_directory()
    sources = [os.path.join(HERE, name, file) for name in NAMES
               for file in ("main.go", "go.mod", "go.sum")]
    key = hashlib.sha256("".join(digest(path) for path in sources).encode()).hexdigest()[:16]
    target = os.path.join(cache, f"openbao-plugins-{key}")
    with open(os.path.join(cache, "openbao-plugins.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(target):
            build(target)
    return target


def build(target):
    made = target + ".new"
    shutil.rmtree(made, ignore_errors=True)
    for name in NAMES:
        # Our environment and no other toolchain, workspace or flags.
        done = subprocess.run(
            ["go", "build", "-o", os.path.join(made, name), "."],
            cwd=os.path.join(HERE, name), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=dict(os.environ, CGO_ENABLED="0", GOTOOLCHAIN="local", GOWORK="off",
                     GOFLAGS="-mod=readonly -buildvcs=false"), check=False)
        if done.returncode != 0:
            raise CannotHave(f"the plugin {name} is not built:\n{done.stderr[-2000:]}")
    os.rename(made, target)


def enable(bao, name, **config):
    """Registers and mounts one at auth/NAME."""
    path = os.path.join(bao.plugins, name)
    bao.write(f"sys/plugins/catalog/auth/{name}", {"sha256": digest(path), "command": name})
    bao.write(f"sys/auth/{name}", {"type": name})
    if config:
        bao.write(f"auth/{name}/config/client", config)
