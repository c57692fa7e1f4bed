#!/usr/bin/env python3
"""usage: distributions.py OUT ROOT...

Installs the Debian packages of a release (OUT, as packaging/release makes it) in each ROOT, a
directory of debootstrap(8) that is changed by it: makes a lease at a stand-in with what is installed,
upgrades to itself, purges, and looks for what is left. First the portable package, then, where its
dependencies can be had, Debian's own two (--debian). Run it as root, with the environment of a build
(tests/README.md). Prints a line for each, and fails with the first that fails."""

import glob
import os
import shutil
import sys

from tests.packaging.leasing import lease_once
from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin

LEFT = ("usr/bin/leasehold", "usr/bin/kubectl-leasehold", "usr/libexec/leasehold",
        "usr/share/doc/leasehold", "usr/share/man/man1/leasehold.1.gz", "var/lib/leasehold")


def apt(own, *words):
    return own.run("apt-get", "--yes", "--no-install-recommends", *words,
                   environment={"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"})


def install(own, packages, tell):
    """Whether apt could; why not is told."""
    for package in packages:
        shutil.copy(package, own.root + "/home")
    done = apt(own, "install", "--reinstall",
               *("/home/" + os.path.basename(package) for package in packages))
    if done.returncode != 0:
        tell("not installed: " + (done.stdout + done.stderr).strip().splitlines()[-1])
    return done.returncode == 0


def tries(own, api, packages, tell):
    if not install(own, packages, tell):
        return
    lease_once(own, api, "/usr/bin/leasehold")
    if not install(own, packages, tell):
        sys.exit("the upgrade failed")
    lease_once(own, api, "/usr/bin/leasehold")
    version = own.ok("/usr/bin/leasehold", "version").strip()
    names = [os.path.basename(package).split("_")[0] for package in packages]
    done = apt(own, "purge", *names)
    if done.returncode != 0:
        sys.exit(done.stderr)
    left = [name for name in LEFT if os.path.lexists(os.path.join(own.root, name))]
    if left:
        sys.exit("left behind: %s" % left)
    tell("%s leased, upgraded, leased, purged, nothing left" % version)


def main(out, *roots):
    portable = glob.glob(out + "/leasehold_*portable*_amd64.deb")
    own_packages = [path for path in glob.glob(out + "/leasehold*_amd64.deb")
                    if "portable" not in path]
    api = Standin()
    try:
        for root in roots:
            for kind, packages in (("portable", portable), ("Debian's", own_packages)):
                if packages:
                    tries(OwnRoot(root), api, packages,
                          lambda text, root=root, kind=kind: print(
                              "%s, %s: %s" % (os.path.basename(root), kind, text), flush=True))
    finally:
        api.stop()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
