#!/usr/bin/env python3
"""usage: distributions.py [--cluster] OUT [ROOT...]

Installs each artefact of a release (OUT, as packaging/release makes it) and makes a lease with what is
installed: archives, images and packages in directories that have nothing else in them, Debian's
packages, by apt, in each ROOT of debootstrap(8) as well, which is changed by it. Packages are upgraded
to themselves, purged, and looked for. What is of arm64 is run by qemu-aarch64-static, if that is here.
--cluster leases from the real API server of tests/cluster, which is then asked whose the token is;
else from a stand-in. Run it as root, with the environment of a build (tests/README.md). Prints a line
for each, and fails with the first that fails."""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

from tests.packaging import installing
from tests.packaging.leasing import lease_once
from tests.packaging.made import ROOT
from tests.packaging.own_root import OwnRoot
from tests.standin.client import Standin

sys.path.append(ROOT + "/tests/cluster")

USR = "/usr/bin/leasehold"
QEMU = shutil.which("qemu-aarch64-static")


class Api:
    """The real one, or what stands in for it."""

    def __init__(self, real):
        self.real = None
        if real:
            from real_cluster import RealCluster
            self.real = RealCluster()
            self.real.kubectl("create", "namespace", "ci")
            self.real.kubectl("create", "serviceaccount", "deployer", "--namespace", "ci")
            self.kubeconfig = self.real.facts["kubeconfig"]
        else:
            self.standin = Standin()
            self.kubeconfig = self.standin.kubeconfig

    def whose(self, token):
        if self.real is None:
            return "a token of the stand-in"
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                  "spec": {"token": token}}
        return self.real.kubectl("create", "-f", "-", "-o", "jsonpath={.status.user.username}",
                                 input=json.dumps(review))

    def stop(self):
        (self.real or self.standin).stop()


class Trials:
    def __init__(self, out, api, place):
        self.out, self.api, self.place = out, api, place

    def artefact(self, pattern, architecture=""):
        """The one of that name and architecture; None if there is none."""
        others = {"amd64": ("arm64", "aarch64"), "arm64": ("amd64", "x86_64")}.get(architecture, ())
        found = [path for path in glob.glob(os.path.join(self.out, pattern))
                 if not any(word in os.path.basename(path) for word in ("secret-service", *others))
                 and not path.endswith(".json")]
        assert len(found) < 2, found
        return found[0] if found else None

    def tell(self, artefact, where, text):
        with open(artefact, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        print("%s\t%d\t%s\t%s: %s" % (os.path.basename(artefact), os.path.getsize(artefact),
                                      digest[:16], where, text), flush=True)

    def root(self, name):
        path = os.path.join(self.place, name)
        os.makedirs(path, exist_ok=True)
        return path

    def lease(self, root, *command):
        return self.api.whose(lease_once(OwnRoot(root), self.api.kubeconfig, *command))

    def without_a_manager(self, architecture, command):
        """`command` maps the directory that has usr's contents to the words that run leasehold."""
        archive = self.artefact("*-linux-*.tar.gz", architecture)
        if archive:
            root = self.root("archive-" + architecture)
            top = installing.unpack_archive(archive, root)
            self.tell(archive, "an empty root", self.lease(root, *command(root, "/" + top)))
        package = self.artefact("*.apk", architecture)
        if package:
            root = self.root("apk-" + architecture)
            installing.unpack_apk(package, root)
            self.tell(package, "unpacked", self.lease(root, *command(root, "/usr")))
        image = self.artefact("*-oci.tar")
        if image:
            layout = installing.Image(image, self.root("oci-" + architecture))
            if architecture in layout.architectures():
                root = self.root("image-" + architecture)
                layout.unpack(architecture, root)
                self.tell(image, architecture + ", unpacked",
                          self.lease(root, *command(root, "/usr")))

    def by_manager(self, manager):
        package = self.artefact("*portable*.deb" if manager.kind == "*.deb" else manager.kind,
                                "amd64")
        if not package:
            return
        root = self.root(manager.__name__)
        by = manager(root)
        by.install(package)
        whose = self.lease(root, USR)
        by.upgrade(package)
        self.lease(root, USR)
        by.remove()
        installing.nothing_left(root)
        self.tell(package, manager.__name__ + " in an empty root",
                  whose + "; upgraded, removed, nothing left")

    def apt(self, own, *words):
        return own.run("apt-get", "--yes", "--no-install-recommends", *words,
                       environment={"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"})

    def by_apt(self, root, packages):
        own = OwnRoot(root)
        where = os.path.basename(os.path.normpath(root))
        for package in packages:
            shutil.copy(package, own.root + "/home")
        install = ("install", "--reinstall",
                   *("/home/" + os.path.basename(package) for package in packages))
        done = self.apt(own, *install)
        if done.returncode != 0:
            self.tell(packages[0], where,
                      "not installed: " + (done.stdout + done.stderr).strip().splitlines()[-1])
            return
        whose = self.lease(root, USR)
        done = self.apt(own, *install)
        assert done.returncode == 0, done.stderr
        self.lease(root, USR)
        names = [os.path.basename(package).split("_")[0] for package in packages]
        done = self.apt(own, "purge", *names)
        assert done.returncode == 0, done.stderr
        installing.nothing_left(root)
        self.tell(packages[0], where, whose + "; upgraded, purged, nothing left")


def native(_, prefix):
    return (prefix + "/bin/kubectl-leasehold",)


def emulated(root, prefix):
    """The full program: the kernel would not run what the front hands on to."""
    shutil.copy(QEMU, root + "/qemu")
    return ("/qemu", prefix + "/libexec/leasehold/leasehold")


def main(out, *roots, real):
    api = Api(real)
    try:
        with tempfile.TemporaryDirectory(prefix="leasehold-installed-") as place:
            trials = Trials(out, api, place)
            trials.without_a_manager("amd64", native)
            for manager in (installing.Dpkg, installing.Rpm, installing.Pacman):
                trials.by_manager(manager)
            if QEMU:
                trials.without_a_manager("arm64", emulated)
            portable = trials.artefact("*portable*.deb", "amd64")
            own = sorted((path for path in glob.glob(out + "/leasehold*_amd64.deb")
                          if "portable" not in path), key=len)
            for root in roots:
                for packages in ([portable] if portable else [], own):
                    if packages:
                        trials.by_apt(root, packages)
    except subprocess.TimeoutExpired as trouble:
        sys.exit(str(trouble))
    finally:
        api.stop()


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--cluster"]
    if not words or words[0].startswith("-"):
        sys.exit(__doc__)
    main(*words, real="--cluster" in sys.argv)
