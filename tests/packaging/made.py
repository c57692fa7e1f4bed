"""Releases made of the programs of this build."""

import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FRONT = os.environ.get("LEASEHOLD", "leasehold")
STATIC = os.environ.get("LEASEHOLD_STATIC", "leasehold_static")
FULL = os.environ.get("LEASEHOLD_FULL", "leasehold")
PAGES = os.environ.get("LEASEHOLD_MAN", "man")
COMPLETIONS = os.environ.get("LEASEHOLD_COMPLETIONS", "completions")


def run(*command, **options):
    done = subprocess.run(command, check=False, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise AssertionError("%s: %d: %s" % (command, done.returncode, done.stderr[-2000:]))
    return done


def programs_of(box):
    """What `cmake --install` makes of the portable build, from this one; answers the prefix."""
    programs = box.path("programs")
    for place, source in (
            ("bin/leasehold", FRONT), ("libexec/leasehold/leasehold", STATIC),
            ("libexec/leasehold/leasehold-secret-service",
             os.path.dirname(FULL) + "/leasehold-secret-service")):
        path = os.path.join(programs, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        run("strip", "-o", path, source)
    for link in ("kubectl-leasehold", "kubectl_complete-leasehold"):
        os.symlink("leasehold", programs + "/bin/" + link)
    shutil.copytree(COMPLETIONS + "/share", programs + "/share", symlinks=True)
    if os.path.isdir(PAGES):
        shutil.copytree(PAGES, programs + "/share/man")
    return programs


def make_release(out, *arguments, umask=0o022):
    run(ROOT + "/packaging/release", *arguments, out, umask=umask,
        env=dict(os.environ, SOURCE_DATE_EPOCH="1700000000"))
