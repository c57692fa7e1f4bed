"""What a machine may lack. A test that cannot run without it says that it is left out, and why.
And how slow it may be."""

import os
import shutil
import socket
import sys
import unittest

# What a machine whose cores others use, too, may take on top of a deadline of the program's before
# a test says that the deadline was not kept. In seconds.
SLACK = 20


def left_out(reason):
    print("left out: " + reason, file=sys.stderr)
    raise unittest.SkipTest(reason)


def need_root():
    if os.geteuid() != 0:
        left_out("another user is wanted, and this is not root")


def need_program(name):
    if not shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin"):
        left_out("no %s here" % name)


def need_localhost():
    """A bare root directory has no /etc/hosts."""
    try:
        socket.getaddrinfo("localhost", 443)
    except OSError:
        left_out("localhost is no name here")
