# A Debian 12 in a directory that has nothing yet; sourced by test-fresh and release-fresh.
# shellcheck shell=bash

# make_fresh_root DIRECTORY: puts Debian there if it is empty or missing; sets FRESH_ROOT, its path.
make_fresh_root() {
    mkdir -p "$1"
    FRESH_ROOT=$(cd "$1" && pwd -P)
    chmod 755 "$FRESH_ROOT"
    if [[ ! -x $FRESH_ROOT/usr/bin/apt-get ]]; then
        [[ -z $(ls -A "$FRESH_ROOT") ]] || die "neither empty nor a Debian: $FRESH_ROOT"
        command -v debootstrap >/dev/null ||
            die "there is no debootstrap here" "apt-get install debootstrap"
        say "making a bare Debian 12 in $FRESH_ROOT"
        debootstrap --variant=minbase bookworm "$FRESH_ROOT" >"$FRESH_ROOT.log" ||
            { tail -n 20 "$FRESH_ROOT.log" >&2 && die "debootstrap failed"; }
        rm -f "$FRESH_ROOT.log"
    fi
    cp /etc/resolv.conf "$FRESH_ROOT/etc/resolv.conf"
    chmod 700 "$FRESH_ROOT/root"
}

# clone_into_fresh PLACE: the commit that is checked out, at PLACE in the root.
clone_into_fresh() {
    [[ -z $(git -C "$ROOT" status --porcelain) ]] || say "what is not committed takes no part"
    rm -rf "${FRESH_ROOT:?}$1"
    git clone --quiet --no-hardlinks "$ROOT" "$FRESH_ROOT$1"
}

FRESH_MOUNTS='
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$1/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
if [ -n "$2" ]; then
    mkdir -p "$1/root/.cache/$3"
    mount --bind "$2" "$1/root/.cache/$3"
fi
shift 3
exec "$@"'
# A directory of this machine that is ~/.cache/FRESH_CACHE_NAME there; empty for none.
FRESH_CACHE=
FRESH_CACHE_NAME=

# Runs a command in the root, with processes, mounts and kernel keyrings of its own: all end with it,
# and this machine's leases stay as they are.
inside_fresh() {
    PYTHONPATH=$ROOT/tests/support python3 -B -c '
import os, sys, own_place
trouble = own_place.enter()
if trouble:
    print("no keyrings and memory of its own:", trouble, file=sys.stderr)
os.execvp(sys.argv[1], sys.argv[1:])' \
        unshare --mount --pid --fork --kill-child sh -ec "$FRESH_MOUNTS" sh "$FRESH_ROOT" \
        "$FRESH_CACHE" "$FRESH_CACHE_NAME" chroot "$FRESH_ROOT" env -i HOME=/root TERM="${TERM-dumb}" LANG=C.UTF-8 \
        CCACHE_BASEDIR=/root CCACHE_NOHASHDIR=1 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
