"""What a user's leasehold takes up on a machine: files, keys, the audit log."""

import collections
import glob
import os
import subprocess

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


def keys_in_keyring():
    """Those of this user's keyring, and the bytes of what they hold. /proc/key-users counts those
    of other namespaces of this user, too."""
    said = subprocess.run(["keyctl", "rlist", "@u"], capture_output=True, text=True, check=False)
    ids = {"%08x" % int(word) for word in said.stdout.split()}
    with open("/proc/keys", encoding="utf-8", errors="replace") as file:
        lines = [line.rstrip() for line in file if line[:8] in ids]
    return Room(len(lines), sum(int(line.rsplit(": ", 1)[1]) for line in lines
                                if " user " in line))


def sizes(box):
    state = box.path(".local/state/leasehold")
    return Sizes(room_of(state), room_of(box.path(".cache")), room_of(box.runtime),
                 room_of(*glob.glob("/dev/shm/leasehold-*")), keys_in_keyring(),
                 sum(map(os.path.getsize, glob.glob(state + "/audit.jsonl*"))))
