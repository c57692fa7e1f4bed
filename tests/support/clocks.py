"""Programs run by another clock (clockwork.cpp), and after another boot."""

import os
import shutil
import subprocess

from tests.support.machine import left_out

CLOCKWORK = os.environ.get("CLOCKWORK", "clockwork")
# How old a token of one hour is when it is due for renewal, whatever was drawn for it, and still
# served (cache/record/lifetime.cpp).
DUE = 3000
BOOT_ID = "/proc/sys/kernel/random/boot_id"


def by_clock(realtime, boottime, *arguments):
    return (CLOCKWORK, str(realtime), str(boottime), "--", *arguments)


def need_clockwork():
    if shutil.which(CLOCKWORK) is None:
        left_out("CLOCKWORK is not set: see tests/README.md")
    # A program that is not dumpable, as leasehold is, is read and written by root alone.
    if os.geteuid() != 0:
        left_out("another clock for a program that is not dumpable needs root")
    if subprocess.run(by_clock(0, 0, "true"), check=False).returncode:
        left_out("ptrace or seccomp is not to be had here")


def after_boot(boot_file, *arguments):
    """The same with `boot_file` in place of the kernel's id of this boot."""
    return ("unshare", "--mount", "sh", "-c",
            f'mount --bind "$0" {BOOT_ID} && exec "$@"', boot_file, *arguments)


def why_no_boot(boot_file):
    done = subprocess.run(after_boot(boot_file, "true"), capture_output=True, text=True, check=False)
    return f"no mount of its own: {done.stderr.strip()}" if done.returncode else None
