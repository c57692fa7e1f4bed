# shellcheck shell=sh
# Jenkins' own -x would print what the job has in its environment.
set +x -eu
# The commands get no JWT: it could lease again.
# shellcheck disable=SC2086 # options are words
exec leasehold exec --ttl "$LEASEHOLD_CI_TTL" \
    --server "$LEASEHOLD_CI_SERVER" --certificate-authority "$LEASEHOLD_CI_AUTHORITY" \
    --namespace "$LEASEHOLD_CI_NAMESPACE" --service-account "$LEASEHOLD_CI_SERVICE_ACCOUNT" \
    --requester-oidc variable --requester-oidc-variable LEASEHOLD_CI_JWT \
    $LEASEHOLD_CI_OPTIONS -- \
    sh -c 'unset LEASEHOLD_CI_JWT; exec sh -eu -c "$LEASEHOLD_CI_RUN"'
