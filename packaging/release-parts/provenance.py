#!/usr/bin/env python3
"""usage: provenance.py VERSION COMMIT ARTEFACT...

Prints how the artefacts were made: an in-toto Statement v1 with a predicate of SLSA provenance v1.
Where FILE.cdx.json lies beside an artefact, what that names is among the dependencies. It is of
build level 1: the builder is whoever signs it. Level 2 asks for a hosted builder that signs."""

import hashlib
import json
import os
import sys

TYPE = "tag:leasehold,2026:packaging/release"


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def linked(artefacts):
    """The package URLs that the artefacts' bills of materials name."""
    names = set()
    for artefact in artefacts:
        if os.path.exists(artefact + ".cdx.json"):
            with open(artefact + ".cdx.json", encoding="utf-8") as file:
                names |= {part["purl"] for part in json.load(file)["components"]}
    return sorted(names)


def statement(version, commit, artefacts):
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": os.path.basename(path), "digest": {"sha256": digest_of(path)}}
                    for path in sorted(artefacts)],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": TYPE + "/v1",
                "externalParameters": {"version": version, "commit": commit},
                "internalParameters": {
                    "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0"),
                    "slsaBuildLevel": 1},
                "resolvedDependencies": [
                    {"name": "source", "digest": {"gitCommit": commit}},
                    *({"uri": name} for name in linked(artefacts))]},
            "runDetails": {"builder": {"id": TYPE + "/maintainer"}}}}


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    json.dump(statement(sys.argv[1], sys.argv[2], sys.argv[3:]), sys.stdout, indent=2)
    print()
