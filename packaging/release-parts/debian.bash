# Debian's own packages, from a source package; sourced by packaging/release.
# shellcheck shell=bash

# make_debian OUT: the source package and what dpkg-buildpackage makes of it here.
make_debian() {
    local out=$1 place=$work/debian tree=$work/debian/$name file
    mkdir -p "$place"
    git archive --prefix="$name/" --format=tar HEAD | gzip -9n >"$place/leasehold_$version.orig.tar.gz"
    tar -C "$place" -xzf "$place/leasehold_$version.orig.tar.gz"
    cp -a packaging/debian "$tree/debian"
    sed -i "s|@MAINTAINER@|$maintainer|; s|@COMMIT@|$commit|" "$tree/debian/control" "$tree/debian/rules"
    cat >"$tree/debian/changelog" <<END
leasehold ($version-$revision) unstable; urgency=medium

  * New release; see changelog.gz.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
END
    # dpkg makes no time later than SOURCE_DATE_EPOCH, but leaves those before it.
    find "$tree/debian" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$tree" && dpkg-buildpackage -us -uc) >&2
    MAPS[debian]="$tree/build/debian/full.map $tree/build/debian/front.map"
    for file in "$place"/*.deb "$place"/*.dsc "$place"/*.tar.* "$place"/*.buildinfo; do
        [[ $file == *dbgsym* ]] || cp "$file" "$out/"
    done
    # The one line of it that another build has otherwise.
    sed -i '/^Build-Date:/d' "$out"/*.buildinfo
    if command -v lintian >/dev/null; then
        lintian --fail-on error --allow-root "$place"/*.changes >&2
    fi
}
