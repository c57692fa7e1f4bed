"""The clients of this folder, as tests.support.installed keeps them."""

import os
import shutil
import subprocess
import sys

from tests.support.installed import CannotInstall, kept, need, python_packages, run

HERE = os.path.dirname(os.path.abspath(__file__))
OLD_KUBECTL = "1.20.2"


def go():
    """The client-go program. Built as the cluster is, so that both share Go's build cache."""
    need("go")
    place = kept(os.path.join(HERE, "go"), lambda place: run(
        place, "go", "build", "-buildvcs=false", "-trimpath", "-o", "client", ".",
        CGO_ENABLED="0", GOTOOLCHAIN="local", GOWORK="off", GOFLAGS="-mod=readonly"),
        subprocess.run(["go", "version"], capture_output=True, text=True, cwd="/",
                       check=False).stdout)
    return [os.path.join(place, "client")], {}


def node(folder="node"):
    need("node", "npm")
    place = kept(os.path.join(HERE, folder), lambda place: run(
        place, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))
    return ["node", os.path.join(HERE, "node", "client.cjs")], {"MODULES": place}


def python(folder="python", program="python"):
    """`folder` pins the packages; `program` has the client."""
    modules = python_packages(os.path.join(HERE, folder))
    return ([sys.executable, os.path.join(HERE, program, "client.py")],
            {"PYTHONPATH": modules + ":" + HERE})


def python_of(folder):
    return lambda: python(folder, folder)


def java(folder="java"):
    need("java", "javac", "mvn")

    def make(place):
        run(place, "mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib")
        shutil.copy(shared, place)
        run(place, "javac", "-cp", "lib/*", "-d", "out", "Client.java", "Steered.java")
    shared = os.path.join(HERE, "Steered.java")
    with open(shared, encoding="utf-8") as file:
        place = kept(os.path.join(HERE, folder), make, file.read())
    # The compiler's second stage is not worth its time for so short a life.
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
            f"{place}/out:{place}/lib/*", "Client"], {}


def old_kubectl():
    """Debian's, which knows no other version than v1beta1."""
    need("apt-get", "dpkg-deb")

    def make(place):
        run(place, "apt-get", "download", "kubernetes-client")
        [package] = [name for name in os.listdir(place) if name.endswith(".deb")]
        run(place, "dpkg-deb", "-x", package, ".")
        os.remove(os.path.join(place, package))
        if OLD_KUBECTL not in package:
            raise CannotInstall(f"{package} is not the kubectl {OLD_KUBECTL} of Debian 12")
    return os.path.join(kept(os.path.join(HERE, "kubectl"), make, OLD_KUBECTL), "usr/bin/kubectl")


if __name__ == "__main__":
    for install in (go, node, python, java):
        print(*install()[0])
    print(old_kubectl())
