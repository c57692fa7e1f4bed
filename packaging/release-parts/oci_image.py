#!/usr/bin/env python3
"""usage: oci_image.py OUT NAME ARCHITECTURE=ROOT...

Writes an OCI image layout (image-spec 1.1) into the directory OUT: one image without a base for each
ROOT, which becomes its only layer, under one index named NAME. Prints the index's digest. The same
input gives the same digest; times come from SOURCE_DATE_EPOCH."""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import time

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
USER = 65532
HOME = "home/leasehold"
MEDIA = "application/vnd.oci.image."
CONFIG = {
    "User": "%d:%d" % (USER, USER),
    "Env": ["PATH=/usr/bin", "HOME=/" + HOME],
    "Entrypoint": ["/usr/bin/leasehold"],
    "WorkingDir": "/" + HOME,
    "Labels": {"org.opencontainers.image.title": "leasehold",
               "org.opencontainers.image.licenses": "Apache-2.0"},
}


class Layout:
    def __init__(self, out):
        self.out = out
        os.makedirs(os.path.join(out, "blobs", "sha256"))

    def blob(self, data, kind, **more):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(self.out, "blobs", "sha256", digest), "wb") as file:
            file.write(data)
        return {"mediaType": MEDIA + kind, "digest": "sha256:" + digest, "size": len(data), **more}

    def write(self, name, value):
        with open(os.path.join(self.out, name), "wb") as file:
            file.write(as_json(value))


def as_json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def layer(root):
    """The tree as a tar: sorted, root's but for the home, all of one time."""
    def plain(info):
        inside = info.name.startswith(HOME)
        info.uid = info.gid = USER if inside else 0
        info.uname = info.gname = ""
        info.mtime = EPOCH
        return info

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        names = sorted(os.path.relpath(os.path.join(directory, name), root)
                       for directory, directories, files in os.walk(root)
                       for name in directories + files)
        for name in names:
            tar.add(os.path.join(root, name), arcname=name, recursive=False, filter=plain)
    return buffer.getvalue()


def image(layout, architecture, root):
    tar = layer(root)
    packed = gzip.compress(tar, 9, mtime=0)
    config = {
        "architecture": architecture, "os": "linux", "config": CONFIG,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(EPOCH)),
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
    }
    manifest = {
        "schemaVersion": 2, "mediaType": MEDIA + "manifest.v1+json",
        "config": layout.blob(as_json(config), "config.v1+json"),
        "layers": [layout.blob(packed, "layer.v1.tar+gzip")],
    }
    return layout.blob(as_json(manifest), "manifest.v1+json",
                       platform={"architecture": architecture, "os": "linux"})


def main(out, name, *images):
    layout = Layout(out)
    index = {"schemaVersion": 2, "mediaType": MEDIA + "index.v1+json",
             "manifests": [image(layout, *word.split("=", 1)) for word in images]}
    entry = layout.blob(as_json(index), "index.v1+json",
                        annotations={"org.opencontainers.image.ref.name": name})
    layout.write("index.json", {"schemaVersion": 2, "mediaType": MEDIA + "index.v1+json",
                                "manifests": [entry]})
    layout.write("oci-layout", {"imageLayoutVersion": "1.0.0"})
    print(entry["digest"])


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
