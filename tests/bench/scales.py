"""What a user's leasehold takes up on a machine: files, keys, audit log, memory of a call."""

import collections
import glob
import os
import subprocess

from tests.support.sandbox import PROGRAM

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RACE = os.path.join(ROOT, "build/release/tests/bench/bench_race")

Room = collections.namedtuple("Room", "files bytes")


class Sizes(collections.namedtuple("Sizes", "state cache runtime shared keys audit")):
    """Rooms of directories and of keys, and the bytes of the audit log with the one before."""

    def __str__(self):
        return "; ".join(f"{name} {room.files} of {room.bytes} B" if isinstance(room, Room) else
                         f"{name} {room} B" for name, room in self._asdict().items())


def room_of(*tops):
    paths = [os.path.join(place, name) for top in tops for place, _, names in os.walk(top)
             for name in names]
    return Room(len(paths), sum(os.path.getsize(path) for path in paths if os.path.exists(path)))


def keys_of_user():
    """The line of this uid in /proc/key-users: how many keys, and their bytes."""
    with open("/proc/key-users", encoding="ascii") as file:
        for line in file:
            uid, rest = line.split(":")
            if int(uid) == os.getuid():
                _, _, count, used = rest.split()
                return Room(int(count.split("/")[0]), int(used.split("/")[0]))
    return Room(0, 0)


def sizes(box):
    state = box.path(".local/state/leasehold")
    return Sizes(room_of(state), room_of(box.path(".cache")), room_of(box.runtime),
                 room_of(*glob.glob("/dev/shm/leasehold-*")), keys_of_user(),
                 sum(map(os.path.getsize, glob.glob(state + "/audit.jsonl*"))))


def peak_memory(box, *words):
    """Of one call and what it starts and waits for, in KiB."""
    done = box.run(RACE, "1", "--", "one", PROGRAM, *words)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return int(done.stdout.splitlines()[1].split()[2])


def empty_keyring():
    """As a boot does: the kernel forgets."""
    subprocess.run(["keyctl", "clear", "@u"], check=True)
