#!/usr/bin/env python3
"""usage: sbom.py VERSION LINK-MAP...

Prints a bill of materials (CycloneDX 1.5, JSON) of what the linker took into the programs whose link
maps these are: the Debian packages of the archives that have a member in them, and the headers of
Boost, which leave no trace there."""

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
    """The archives of which the linker took members, and the objects that it begins and ends with."""
    with open(link_map, encoding="utf-8", errors="replace") as file:
        text = file.read()
    taken = text.split("Discarded input sections")[0]
    names = re.findall(r"(/\S+\.a)\(", taken) + re.findall(r"^LOAD (/\S+\.o)$", text, re.M)
    return {os.path.realpath(name) for name in names}


def package_of(path):
    found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
    return found.stdout.split(":")[0] if found.returncode == 0 else None


def component(package):
    fields = "${Version}\t${source:Package}\t${source:Version}\t${Architecture}"
    version, source, source_version, architecture = subprocess.run(
        ["dpkg-query", "-W", "-f", fields, package], capture_output=True, text=True,
        check=True).stdout.split("\t")
    made = {"type": "library", "name": package, "version": version,
            "bom-ref": package,
            "purl": "pkg:deb/debian/%s@%s?arch=%s&upstream=%s%%40%s" % (
                package, version, architecture, source, source_version)}
    if source in LICENCES:
        expression = LICENCES[source]
        made["licenses"] = ([{"expression": expression}] if " " in expression
                            else [{"license": {"id": expression}}])
    return made


def main(version, *link_maps):
    paths = set().union(*map(archives, link_maps))
    packages = {package_of(path) for path in paths} - {None}
    packages |= set(HEADERS_ONLY)
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    json.dump({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": {"type": "application", "name": "leasehold", "version": version,
                          "bom-ref": "leasehold",
                          "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": [component(package) for package in sorted(packages)],
        "dependencies": [{"ref": "leasehold", "dependsOn": sorted(packages)}],
    }, sys.stdout, indent=2, sort_keys=True)
    print()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
