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

# Whether each Python test has a kernel keyring of its own. Elsewhere all have this user's, which
# `leasehold cache clear` empties.
has_own_places() {
    ((EUID == 0)) && PYTHONPATH=$ROOT python3 -c \
        'import sys; from tests.support import own_place; sys.exit(bool(own_place.enter()))'
}

# How many tests with this label may run at once.
jobs_of() {
    case $1 in
    unit | golden | architecture) nproc ;;
    cli | cluster | clients | others) if has_own_places; then echo 2; else echo 1; fi ;;
    *) echo 1 ;;
    esac
}

# What the last tests of a build left out, and why: ctest shows nothing of a test that passes.
say_left_out() {
    grep -o 'left out: .*' "$1/Testing/Temporary/LastTest.log" | sort -u >&2 || true
}
