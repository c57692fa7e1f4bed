# What the commands of this folder share; sourced by them.
# shellcheck shell=bash

# Where kubectl lies once found, with its version ("1.32"); empty before find_kubectl.
KUBECTL=
KUBECTL_VERSION=

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "error: $1"
    shift
    if (($#)); then printf 'hint: %s\n' "$@" >&2; fi
    exit 1
}

# Seconds as people read them.
duration() {
    if (($1 < 60)); then printf '%ds' "$1"; else printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); fi
}

# The kubectl in PATH, else the one that belongs to the real cluster of tests/cluster if that has
# been built. Returns 1 if there is none.
find_kubectl() {
    local cluster
    KUBECTL=$(command -v kubectl || true)
    if [[ -z $KUBECTL ]] && cluster=$("${ROOT:?}/tests/cluster/build" --print-path 2>/dev/null); then
        KUBECTL=${cluster%/*}/kubectl
    fi
    [[ -x $KUBECTL ]] || return 1
    # 1.20 writes v1.20.2, Google's build v1.32.4-dispatcher.
    KUBECTL_VERSION=$(timeout 20 "$KUBECTL" version --client -o json 2>/dev/null |
        sed -n 's/.*"gitVersion": *"v\([0-9]*\.[0-9]*\)\..*/\1/p' | head -n 1)
}

# Whether the kubectl found is of this version ("1.26") or newer.
kubectl_at_least() {
    [[ $(printf '%s\n' "$1" "${KUBECTL_VERSION:-0}" | sort -V | head -n 1) == "$1" ]]
}
