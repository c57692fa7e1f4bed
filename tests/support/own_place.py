"""A kernel keyring and memory directories of one's own for a whole test program: in a user and a
mount namespace of its own, in which all users keep their numbers. Other programs of this user
neither see its keys and runs nor clear them."""

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
EVERYBODY = "0 0 1000000"
MEMORY = {"/dev/shm": b"mode=1777", "/run/user": b"mode=755"}


def enter():
    """Once, at the start, before any thread. Answers "" or why this machine has none."""
    unshared = os.pipe()
    parent = os.getpid()
    writer = os.fork()
    if writer == 0:
        os._exit(_write_maps(parent, unshared[0]))  # pylint: disable=protected-access
    libc = ctypes.CDLL(None, use_errno=True)
    trouble = ("" if libc.unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0
               else os.strerror(ctypes.get_errno()))
    os.write(unshared[1], b"x" if trouble else b".")
    _, status = os.waitpid(writer, 0)
    for fd in unshared:
        os.close(fd)
    if status:
        return "the map of users cannot be written"
    return trouble or _mount_memory(libc)


def _mount_memory(libc):
    libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None)
    for place, options in MEMORY.items():
        if os.path.isdir(place) and libc.mount(b"leasehold-test", place.encode(), b"tmpfs", 0,
                                               options) != 0:
            return "%s: %s" % (place, os.strerror(ctypes.get_errno()))
    return ""


def _write_maps(process, unshared):
    if os.read(unshared, 1) != b".":
        return 0
    folder = "/proc/%d/" % process
    try:
        if os.getuid() == 0:
            maps = [("uid_map", EVERYBODY), ("gid_map", EVERYBODY)]
        else:
            maps = [("setgroups", "deny"), ("uid_map", "%d %d 1" % (os.getuid(), os.getuid())),
                    ("gid_map", "%d %d 1" % (os.getgid(), os.getgid()))]
        for name, text in maps:
            with open(folder + name, "w", encoding="ascii") as file:
                file.write(text)
    except OSError:
        return 1
    return 0
