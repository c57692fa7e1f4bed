# deb, rpm, apk and Arch's package of the portable programs; sourced by packaging/release.
# shellcheck shell=bash

# make_packages NFPM ARCH PROGRAMS CHILD OUT: PROGRAMS and CHILD are prefixes; an empty CHILD makes no
# package of the Secret Service program.
make_packages() {
    local nfpm=$1 arch=$2 programs=$3 child=$4 out=$5 kind
    local place=$work/packages-$arch
    mkdir -p "$place/doc"
    cp -a "$programs" "$place/tree"
    find "$place/tree/share/man" -type f -exec gzip -9n {} + 2>/dev/null || true
    # Only Debian has zsh look among what vendors bring.
    mv "$place/tree/share/zsh/vendor-completions/_leasehold" "$place/zsh"
    rm -r "$place/tree/share/zsh"
    cp "$PARTS/copyright" "$place/doc/copyright"
    gzip -9nc CHANGELOG.md >"$place/doc/changelog.gz"
    cp -a "$child" "$place/child"
    find "$place" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    for kind in deb rpm apk archlinux; do
        nfpm_package nfpm.yaml "$kind"
        # Alpine's C library does not run it.
        if [[ $kind != apk && -e $place/child/$CHILD ]]; then
            nfpm_package nfpm-secret-service.yaml "$kind"
        fi
    done
}

# Called by make_packages, whose variables it reads.
nfpm_package() {
    local description=$place/$1 release=$revision
    # Older than what Debian itself makes of this version.
    [[ $2 != deb ]] || release=0portable$revision
    sed "s|@MAINTAINER@|$maintainer|; s|@VERSION@|$version|; s|@REVISION@|$release|; s|@ARCH@|$arch|
         s|@TREE@|$place/tree|; s|@CHILD@|$place/child|; s|@DOC@|$place/doc|; s|@ZSH@|$place/zsh|
         s|@TIME@|$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)|" "$PARTS/$1" >"$description"
    anonymous "$nfpm" package --config "$description" --packager "$2" --target "$out/" >&2
}

# An rpm names the machine that it was made on: runs a command on one of no name.
anonymous() {
    local -a enter=(unshare --uts)
    ((EUID == 0)) || enter+=(--map-root-user)
    "${enter[@]}" true 2>/dev/null || die "cannot hide this machine's name from an rpm" \
        "be root, allow user namespaces, or leave the packages out: --without-packages"
    "${enter[@]}" sh -c 'echo reproducible >/proc/sys/kernel/hostname; exec "$@"' sh "$@"
}
