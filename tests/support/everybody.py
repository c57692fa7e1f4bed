"""The programs under test for other users: the checkout may lie in a home that lets nobody in."""

import atexit
import os
import shutil
import tempfile


def copy_of(program, alone=False):
    """Copies the prefix that PREFIX/bin/leasehold lies in, as far as it needs it, to where every
    user may run it, whatever the umask; answers the copy's path. It goes with this process. The
    front `alone` has no full program to call."""
    prefix = os.path.dirname(os.path.dirname(os.path.abspath(program)))
    # Not in TMPDIR, which may be one user's alone.
    copied = tempfile.mkdtemp(prefix="leasehold-programs-", dir="/tmp")
    atexit.register(shutil.rmtree, copied, ignore_errors=True)
    for part in ("bin",) if alone else ("bin", "libexec/leasehold"):
        os.makedirs(os.path.join(copied, part))
        for name in os.listdir(os.path.join(prefix, part)):
            if name.startswith("leasehold"):
                shutil.copy(os.path.join(prefix, part, name), os.path.join(copied, part))
    for root, _, files in os.walk(copied):
        for path in (root, *(os.path.join(root, name) for name in files)):
            os.chmod(path, 0o755)
    return os.path.join(copied, "bin", os.path.basename(program))
