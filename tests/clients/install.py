"""The clients of this folder, as tests.support.installed keeps them."""

import glob
import os
import re
import shutil
import sys

from tests.support.installed import (CannotInstall, cache_directory, go_program, kept, need,
                                     python_packages, run)

HERE = os.path.dirname(os.path.abspath(__file__))
LONG = 5400  # seconds; what a large program may take to build on two busy cores
OLD_KUBECTL = "1.20.2"
KUBECLIENT = "4.9.3"
# How each kind of file says which version of a package it is.
SAYS = r'(?:==| v|": "| = \{ version = "=|</artifactId>\s*<version>)'
# Of Debian's packages that Ruby and kubeclient depend on: those that not every machine has.
RUBYS = ("ruby", "libruby", "rake", "publicsuffix", "libyaml", "libffi", "libgmp", "libedit",
         "libbsd", "libmd")


def go(folder="go", package="."):
    """A Go program of this folder."""
    return [go_program(os.path.join(HERE, folder), package, LONG)], {}


def helm():
    return go("helm", "helm.sh/helm/v4/cmd/helm")[0]


def stern():
    return go("stern", "github.com/stern/stern")[0]


def k9s():
    return go("k9s", "github.com/derailed/k9s")[0]


def rust():
    """All states of the program share what Cargo has built before."""
    need("cargo")

    def make(place):
        target = os.path.join(cache_directory(), "cargo-target")
        run(place, "cargo", "build", "--locked", "-j", "1", seconds=LONG, CARGO_TARGET_DIR=target)
        shutil.copy(os.path.join(target, "debug", "client"), place)
    return [os.path.join(kept(os.path.join(HERE, "rust"), make), "client")], {}


def ruby():
    """Debian's kubeclient with a Ruby of its own, unpacked; RubyGems is not asked."""
    need("apt-get", "dpkg-deb")

    def make(place):
        packages = os.path.join(place, "packages")
        os.makedirs(os.path.join(packages, "partial"))
        # As if nothing were installed, so that all of it comes.
        run(place, "apt-get", "install", "--yes", "--download-only", "--no-install-recommends",
            "-o", "Dir::State::status=/dev/null", "-o", "Dir::Cache::archives=" + packages,
            "-o", "Debug::NoLocking=1", "ruby-kubeclient")
        found = [name for name in sorted(os.listdir(packages)) if name.startswith(RUBYS)]
        if not any(name.startswith("ruby-kubeclient_" + KUBECLIENT) for name in found):
            raise CannotInstall(f"Debian's ruby-kubeclient is not {KUBECLIENT} here")
        for name in found:
            run(place, "dpkg-deb", "-x", os.path.join(packages, name), ".")
        shutil.rmtree(packages)
    place = kept(os.path.join(HERE, "kubeclient"), make, KUBECLIENT)
    usr = os.path.join(place, "usr")
    [library] = glob.glob(usr + "/lib/*-linux-gnu")
    paths = lambda *ends: ":".join(ends)
    return ([usr + "/bin/ruby3.1", os.path.join(HERE, "ruby", "client.rb")],
            {"LD_LIBRARY_PATH": library,
             "RUBYLIB": paths(usr + "/lib/ruby/vendor_ruby", library + "/ruby/vendor_ruby/3.1.0",
                              usr + "/lib/ruby/3.1.0", library + "/ruby/3.1.0"),
             "GEM_PATH": paths(usr + "/share/rubygems-integration/all",
                               usr + "/share/rubygems-integration/3.1.0",
                               library + "/rubygems-integration/3.1.0")})


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


def java(folder="java", program=None):
    """`folder` pins the packages; `program` has the client, if that is another folder."""
    need("java", "javac", "mvn")
    sources = (os.path.join(HERE, "Steered.java"),
               os.path.join(HERE, program or folder, "Client.java"))

    def make(place):
        run(place, "mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib")
        for source in sources:
            shutil.copy(source, place)
        run(place, "javac", "-cp", "lib/*", "-d", "out", "Client.java", "Steered.java")
    place = kept(os.path.join(HERE, folder), make, *map(text_of, sources))
    # The compiler's second stage is not worth its time for so short a life.
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
            f"{place}/out:{place}/lib/*", "Client"], {}


def version_of(folder, package):
    """As it is pinned there."""
    for file in sorted(os.listdir(os.path.join(HERE, folder))):
        if file in ("go.mod", "Cargo.toml", "package.json", "pom.xml", "requirements.txt"):
            found = re.search(r"(?<![\w/-])" + re.escape(package) + SAYS + r"(\d+(?:\.\d+)+)",
                              text_of(os.path.join(HERE, folder, file)))
            return found.group(1)
    raise AssertionError(folder + " pins nothing")


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


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


# What packaging/test --clients wants on top of what each run has.
MORE = {"helm": helm, "stern": stern, "k9s": k9s, "controller-runtime": lambda: go("manager"),
        "kube-rs": rust, "kubeclient": ruby, "fabric8 8": lambda: java("fabric8-8", "fabric8"),
        "fabric8 6": lambda: java("fabric8"), "client-node 0.22": lambda: node("node-0.22"),
        "Python 26.1": lambda: python("python-26.1"),
        **{name: python_of(name) for name in ("asyncio", "kr8s", "lightkube", "pykube")}}

if __name__ == "__main__":
    for name, install in {"go": go, "node": node, "python": python, "java": java,
                          "kubectl": old_kubectl, **MORE}.items():
        try:
            install()
            print("installed: " + name, flush=True)
        except CannotInstall as trouble:
            print(f"left out: {name}: {trouble}", flush=True)
