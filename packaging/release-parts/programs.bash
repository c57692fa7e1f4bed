# The programs of an architecture, in PROGRAMS[ARCH]; sourced by packaging/release.
# shellcheck shell=bash

CHILD=libexec/leasehold/leasehold-secret-service

# build_programs ARCH: also their link maps, in MAPS[ARCH].
build_programs() {
    local arch=$1 preset=portable strip=strip child=ON
    if [[ $arch != "$HERE" ]]; then
        preset=portable-$arch
        strip=aarch64-linux-gnu-strip
        if [[ ! -e /usr/lib/aarch64-linux-gnu/pkgconfig/libsecret-1.pc ]]; then
            say "no program for the desktop's keyring on $arch: its libsecret is not here"
            child=OFF
        fi
    fi
    say "building build/$preset"
    cmake --preset "$preset" -DLEASEHOLD_COMMIT="$commit" -DLEASEHOLD_SECRET_SERVICE="$child" >&2
    cmake --build "build/$preset" -j "$(nproc)" >&2
    PROGRAMS[$arch]=$work/built-$arch
    cmake --install "build/$preset" --strip --prefix "${PROGRAMS[$arch]}" >&2
    MAPS[$arch]=$ROOT/build/$preset/full.map
    if [[ $FRONT == musl ]]; then
        put_musl_front "$arch" "build/$preset" "$strip"
    else
        MAPS[$arch]+=" $ROOT/build/$preset/front.map"
    fi
    # What a cross build cannot ask its programs for is the same everywhere.
    if [[ $arch != "$HERE" ]]; then
        cp -a "${PROGRAMS[$HERE]}/share" "${PROGRAMS[$arch]}/"
    fi
}

put_musl_front() {
    local arch=$1 build=$2 strip=$3 cpu=x86_64 front
    if [[ $arch == arm64 ]]; then cpu=aarch64; fi
    front=$("$ROOT/packaging/musl-front/build" --arch "$cpu" "$ROOT/$build/generated" \
        "$ROOT/build/musl-front-$arch") ||
        die "the front could not be built with musl"
    "$strip" -o "$work/front" "$front"
    install -m 755 "$work/front" "${PROGRAMS[$arch]}/bin/leasehold"
}

# take_child_apart ARCH: the desktop's keyring has a program that needs libraries, which is no part of
# what runs everywhere: it moves to $work/child-ARCH, a prefix of its own.
take_child_apart() {
    local place=$work/portable-$1 child=$work/child-$1
    mkdir -p "$place" "$child"
    cp -a "${PROGRAMS[$1]}/." "$place/"
    PROGRAMS[$1]=$place
    if [[ -e $place/$CHILD ]]; then
        install -D -m 755 "$place/$CHILD" "$child/$CHILD"
        rm "$place/$CHILD"
    fi
}
