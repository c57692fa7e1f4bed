"""What a machine may lack. A test that cannot run without it says that it is left out, and why; the
same for C++ is left_out.hpp. And how slow a machine may be."""

import json
import os
import shutil
import socket
import subprocess
import sys
import unittest

# What a machine whose cores others use, too, may take on top of a deadline of the program's before
# a test says that the deadline was not kept. In seconds.
SLACK = 20


SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SKIPPED = 77  # what CTest is told (tests/CMakeLists.txt)


def left_out(reason):
    """Ends a test, or its subtest, class or module. packaging/test repeats the reason."""
    print("left out: " + reason, file=sys.stderr)
    raise unittest.SkipTest(reason)


def leave_all_out(reason):
    """Ends a program, none of whose tests can run."""
    print("left out: " + reason, file=sys.stderr)
    sys.exit(SKIPPED)


def need_plain_programs(what):
    """For a test of `what` programs that watch themselves (presets asan-ubsan, tsan and coverage)
    do otherwise: calls, memory, libraries."""
    if "LEASEHOLD_INSTRUMENTED" in os.environ:
        left_out(what + ": sanitizers and the counts of coverage have their own")


def need_root():
    if os.geteuid() != 0:
        left_out("another user is wanted, and this is not root")


def need_program(name, path=SYSTEM_PATH):
    """`path` None: where this process looks."""
    if not shutil.which(name, path=path):
        left_out("no %s here" % name)


def kubectl_minor():
    """Of the kubectl that this process finds: 36 of 1.36.3; 0 if there is none."""
    if not shutil.which("kubectl"):
        return 0
    said = subprocess.run(["kubectl", "version", "--client", "-o", "json"], check=True,
                          capture_output=True, text=True, timeout=60).stdout
    return int(json.loads(said)["clientVersion"]["minor"].rstrip("+"))


def need_kubectl(minor):
    found = kubectl_minor()
    if found < minor:
        left_out("kubectl 1.%d is wanted, or a newer one, and this is 1.%d" % (minor, found)
                 if found else "no kubectl here")


def need_mounts():
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        left_out("no mounts of one's own: " + done.stderr.strip())


def need_localhost():
    """A bare root directory has no /etc/hosts."""
    try:
        socket.getaddrinfo("localhost", 443)
    except OSError:
        left_out("localhost is no name here")
