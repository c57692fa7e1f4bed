"""The forms of a release, installed into a directory as the root of their programs."""

import hashlib
import json
import os
import tarfile
import zlib

from tests.packaging.made import run

# Older Pythons trust, and do not know the word; newer ones ask for it.
TRUSTED = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}


# What a package that was removed leaves nothing of.
LEFT = ("usr/bin/leasehold", "usr/bin/kubectl-leasehold", "usr/libexec/leasehold",
        "usr/share/doc/leasehold", "usr/share/man/man1/leasehold.1.gz", "var/lib/leasehold")


def nothing_left(root):
    left = [name for name in LEFT if os.path.lexists(os.path.join(root, name))]
    assert not left, left


def make_directories(root, *names):
    for name in names:
        os.makedirs(os.path.join(root, name), exist_ok=True)


class Dpkg:
    kind = "*.deb"

    def __init__(self, root):
        make_directories(root, "var/lib/dpkg/info", "var/lib/dpkg/updates")
        open(root + "/var/lib/dpkg/status", "w", encoding="ascii").close()
        self.command = ["dpkg", "--root=" + root, "--log=/dev/null"]
        self.env = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")

    def install(self, package):
        run(*self.command, "--install", package, env=self.env)

    upgrade = install

    def remove(self):
        run(*self.command, "--purge", "leasehold", env=self.env)


class Rpm:
    kind = "*.rpm"

    def __init__(self, root):
        make_directories(root, "var/lib/rpm")
        self.command = ["rpm", "--root", root, "--dbpath", "/var/lib/rpm"]

    def install(self, package):
        run(*self.command, "--install", package)

    def upgrade(self, package):
        run(*self.command, "--upgrade", "--replacepkgs", package)
        run(*self.command, "--verify", "leasehold")

    def remove(self):
        run(*self.command, "--erase", "leasehold")


class Pacman:
    kind = "*.pkg.tar.zst"

    def __init__(self, root):
        make_directories(root, "var/lib/pacman", "var/cache", "etc")
        config = root + "/etc/pacman.conf"
        with open(config, "w", encoding="ascii") as file:
            file.write("[options]\nArchitecture = auto\nSigLevel = Never\n"
                       "LocalFileSigLevel = Never\n")
        self.command = ["pacman", "--root", root, "--config", config, "--noconfirm", "--cachedir",
                        root + "/var/cache", "--logfile", "/dev/null"]

    def install(self, package):
        run(*self.command, "-U", package)

    upgrade = install

    def remove(self):
        run(*self.command, "-R", "leasehold")


def gzip_members(data):
    """The gzip streams that a file is made of."""
    members = []
    while data:
        stream = zlib.decompressobj(wbits=31)
        stream.decompress(data)
        members.append(data[:len(data) - len(stream.unused_data)])
        data = stream.unused_data
    return members


def unpack_apk(package, root):
    """There is no apk(8) to be had: unpacks the second of its parts; answers the first part's words
    (.PKGINFO), once its digest of the second has been seen to be true."""
    with open(package, "rb") as file:
        control, data = gzip_members(file.read())
    place = root + ".control"
    for part, target in ((control, place), (data, root)):
        os.makedirs(target, exist_ok=True)
        path = target + ".tar.gz"
        with open(path, "wb") as file:
            file.write(part)
        # nfpm writes bits into modes that Python's tarfile does not take.
        run("tar", "-xzf", path, "-C", target)
        os.unlink(path)
    assert os.listdir(place) == [".PKGINFO"], os.listdir(place)
    with open(place + "/.PKGINFO", encoding="utf-8") as file:
        info = dict(line.split(" = ", 1) for line in file.read().splitlines() if " = " in line)
    assert info["datahash"] == hashlib.sha256(data).hexdigest()
    return info


def unpack_archive(archive, root):
    """Answers the directory that is in it."""
    os.makedirs(root, exist_ok=True)
    with tarfile.open(archive) as tar:
        tar.extractall(root, **TRUSTED)
    top, = (name for name in os.listdir(root) if name.startswith("leasehold"))
    return top


class Image:
    """An OCI layout in a tar, unpacked into a directory; every blob that is read has its digest."""

    def __init__(self, archive, layout):
        self.layout = layout
        with tarfile.open(archive) as tar:
            tar.extractall(layout, **TRUSTED)
        with open(layout + "/index.json", encoding="utf-8") as file:
            self.index = json.loads(self.blob(json.load(file)["manifests"][0])[1])

    def blob(self, descriptor):
        algorithm, digest = descriptor["digest"].split(":")
        path = os.path.join(self.layout, "blobs", algorithm, digest)
        with open(path, "rb") as file:
            data = file.read()
        assert len(data) == descriptor["size"], descriptor
        assert hashlib.sha256(data).hexdigest() == digest, descriptor
        return path, data

    def architectures(self):
        return [entry["platform"]["architecture"] for entry in self.index["manifests"]]

    def unpack(self, architecture, root):
        """Answers its configuration, and the uid of each of its files."""
        entry, = (entry for entry in self.index["manifests"]
                  if entry["platform"]["architecture"] == architecture)
        manifest = json.loads(self.blob(entry)[1])
        config = json.loads(self.blob(manifest["config"])[1])
        assert config["architecture"] == architecture, config
        layer, = manifest["layers"]
        with tarfile.open(self.blob(layer)[0]) as tar:
            owners = {info.name: info.uid for info in tar}
            tar.extractall(root, **TRUSTED)
        return config["config"], owners
