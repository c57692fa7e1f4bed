# What says what the artefacts are, and where from; sourced by packaging/release.
# shellcheck shell=bash

# For krew, Homebrew and Nix: the archives of those architectures that are in this release. A part
# between "# ARCH:" and "# :ARCH" is of that architecture.
make_manifests() {
    local file arch script
    script="s|@URL@|$url|g; s|@VERSION@|$version|g;"
    for arch in amd64 arm64; do
        if [[ -e $made/$name-linux-$arch.tar.gz ]]; then
            script+="s|@SHA256_${arch^^}@|$(sum_of "$name-linux-$arch.tar.gz")|;"
            script+="s|@KREW_SHA256_${arch^^}@|$(sum_of "$name-krew-$arch.tar.gz")|;"
            script+="/^ *# :\\?$arch:\\?\$/d;"
        else
            script+="/^ *# $arch:\$/,/^ *# :$arch\$/d;"
        fi
    done
    for file in leasehold.yaml leasehold.rb leasehold.nix; do
        sed "$script" "$PARTS/$file" >"$made/$file"
    done
}

sum_of() { sha256sum "$made/$1" | cut -d' ' -f1; }

# Bills of materials, provenance and notes.
make_papers() {
    local file arch maps
    local -a artefacts=() more
    for file in "$made"/*.tar.gz "$made"/*.deb "$made"/*.rpm "$made"/*.apk "$made"/*.zst "$made"/*.tar; do
        [[ -e $file ]] || continue
        artefacts+=("$file")
        arch=$(architecture_of "$file")
        maps=${MAPS[$arch]-}
        case ${file##*/} in
        *.orig.tar.gz) maps= ;; # nothing is linked there
        *_"$version-$revision"_*.deb) maps=${MAPS[debian]-} ;;
        esac
        [[ -n $maps ]] || continue
        more=(--artefact "$file")
        if [[ $file == *secret-service* ]]; then
            maps=${maps%% *}
            maps=${maps%/*}/child.map
        elif [[ $FRONT == musl && $maps != "${MAPS[debian]-}" ]]; then
            more+=(--musl "$(zig_version)")
        fi
        [[ $file != *-oci.tar ]] || more+=(--also ca-certificates)
        # shellcheck disable=SC2086 # several maps
        python3 "$PARTS/sbom.py" "${more[@]}" "$version" $maps >"$file.cdx.json"
    done
    python3 "$PARTS/provenance.py" "$version" "$commit" "${artefacts[@]}" >"$made/$name.intoto.json"
    release_notes >"$made/$name-notes.md"
}

architecture_of() {
    case ${1##*/} in
    *arm64* | *aarch64*) echo arm64 ;;
    *-oci.tar) echo "${architectures[0]}" ;;
    *) echo amd64 ;;
    esac
}

zig_version() { sed -n 's/^ZIG_VERSION=//p' "$ROOT/packaging/musl-front/build"; }

# The changelog's section of this version; before its release that of what is not released.
release_notes() {
    local wanted="## $version"
    grep -q "^$wanted" CHANGELOG.md || wanted="## Unreleased"
    awk -v wanted="$wanted" '/^## / { inside = index($0, wanted) == 1 } inside' CHANGELOG.md
}

make_sums() {
    (cd "$made" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
}

# With the keys that there are.
sign_sums() {
    if [[ -n $minisign_key ]]; then
        minisign -S -s "$minisign_key" -t "leasehold $version" -m "$made/SHA256SUMS" >&2
    fi
    if [[ -n $key ]]; then
        ssh-keygen -q -Y sign -f "$key" -n leasehold-release "$made/SHA256SUMS" >&2
        ssh-keygen -q -Y sign -f "$key" -n leasehold-release "$made"/*.intoto.json >&2
    else
        say "nothing is signed: no --key"
    fi
}
