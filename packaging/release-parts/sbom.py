#!/usr/bin/env python3
"""usage: sbom.py [--artefact FILE] [--also PACKAGE]... [--musl ZIG-VERSION] VERSION LINK-MAP...

Prints a bill of materials (CycloneDX 1.5, JSON) of what the linker took into the programs whose link
maps these are: the Debian packages of the archives that have a member in them and of the shared
libraries, and the headers of Boost, which leave no trace there. FILE is what the programs were packed into, PACKAGE what else of
Debian is in it. With --musl the front is the one of packaging/musl-front."""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import time

HEADERS_ONLY = ("libboost1.81-dev",)
LICENCES = {"openssl": "Apache-2.0", "boost1.81": "BSL-1.0", "nettle": "LGPL-3.0-or-later",
            "libyaml": "MIT", "keyutils": "LGPL-2.0-or-later", "glibc": "LGPL-2.1-or-later",
            "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1"}


def archives(link_map):
    """The archives of which the linker took members, the objects that it begins and ends with, and
    shared libraries."""
    with open(link_map, encoding="utf-8", errors="replace") as file:
        text = file.read()
    taken = text.split("Discarded input sections")[0]
    names = re.findall(r"(/\S+\.a)\(", taken) + re.findall(r"^LOAD (/\S+\.(?:o|so))$", text, re.M)
    return {os.path.realpath(name) for name in names}


def package_of(path):
    found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
    return found.stdout.rsplit(": ", 1)[0] if found.returncode == 0 else None


def component(package):
    """`package` may have an architecture behind a colon."""
    fields = "${Version}\t${source:Package}\t${source:Version}\t${Architecture}"
    version, source, source_version, architecture = subprocess.run(
        ["dpkg-query", "-W", "-f", fields, package], capture_output=True, text=True,
        check=True).stdout.split("\t")
    package = package.split(":")[0]
    made = {"type": "library", "name": package, "version": version, "bom-ref": package,
            "purl": "pkg:deb/debian/%s@%s?arch=%s&upstream=%s%%40%s" % (
                package, version, architecture, source, source_version)}
    if source in LICENCES:
        expression = LICENCES[source]
        made["licenses"] = ([{"expression": expression}] if " " in expression
                            else [{"license": {"id": expression}}])
    return made


def of_zig(version):
    """What zig brings in place of Debian's C and C++ libraries."""
    return [{"type": "library", "name": name, "version": version, "bom-ref": "zig-" + name,
             "purl": "pkg:pypi/ziglang@%s#%s" % (version, path),
             "licenses": [{"expression": licence}]}
            for name, path, licence in (
                ("musl", "ziglang/lib/libc/musl", "MIT"),
                ("libc++", "ziglang/lib/libcxx", "Apache-2.0 WITH LLVM-exception"))]


def whole(version, artefact):
    made = {"type": "application", "name": "leasehold", "version": version, "bom-ref": "leasehold",
            "licenses": [{"license": {"id": "Apache-2.0"}}]}
    if artefact:
        with open(artefact, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        made["name"] = os.path.basename(artefact)
        made["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return made


def main(version, link_maps, artefact=None, also=(), zig=None):
    paths = set().union(*map(archives, link_maps))
    packages = {package_of(path) for path in paths} - {None}
    # Of machines with several architectures, this one's: the headers are the same.
    own = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True,
                         check=True).stdout.strip()
    packages |= {name + ":" + own for name in HEADERS_ONLY} | set(also)
    components = [component(package) for package in sorted(packages)]
    components += of_zig(zig) if zig else []
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    json.dump({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": whole(version, artefact)},
        "components": components,
        "dependencies": [{"ref": "leasehold",
                          "dependsOn": [part["bom-ref"] for part in components]}],
    }, sys.stdout, indent=2, sort_keys=True)
    print()


def read_arguments():
    parser = argparse.ArgumentParser(usage=__doc__.removeprefix("usage: "))
    parser.add_argument("--artefact")
    parser.add_argument("--also", action="append", default=[])
    parser.add_argument("--musl", dest="zig")
    parser.add_argument("version")
    parser.add_argument("link_maps", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    main(**vars(read_arguments()))
