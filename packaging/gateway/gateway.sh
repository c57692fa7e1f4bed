#!/bin/sh
# Starts nginx as leasehold's gateway and keeps it up to date: the kubelet replaces the service
# account's token long before it ends, and certificates are renewed; nginx reads files only when it
# is told to.
set -eu
umask 077

files=${GATEWAY_FILES:-/etc/leasehold-gateway} # nginx.conf, tls/, client-ca/, cluster/
run=${GATEWAY_RUN:-/run/leasehold-gateway}     # memory: the token is written there
period=${GATEWAY_PERIOD:-30}                   # seconds between two looks
listen=${GATEWAY_LISTEN:-8443}                 # or [::]:8443

given() {
    cat "$files/nginx.conf" "$files/tls/tls.crt" "$files/tls/tls.key" "$files/client-ca/ca.crt" \
        "$files/cluster/ca.crt" "$files/cluster/token"
}

state() {
    given | sha256sum
}

# Writes $run/$1 from stdin, all at once.
put() {
    cat >"$run/$1.new"
    mv "$run/$1.new" "$run/$1"
}

lay_out() {
    token=$(cat "$files/cluster/token")
    case $token in
    '' | *[!A-Za-z0-9._-]*)
        echo "gateway: $files/cluster/token holds no token" >&2
        return 1
        ;;
    esac
    case $KUBERNETES_SERVICE_HOST in
    *:*) host="[$KUBERNETES_SERVICE_HOST]" ;;
    *) host=$KUBERNETES_SERVICE_HOST ;;
    esac
    mkdir -p "$run/tmp"
    for directory in tls client-ca cluster; do
        ln -sfn "$files/$directory" "$run/$directory"
    done
    # printf is the shell's own: the token is in no process's arguments.
    # shellcheck disable=SC2016  # the dollar is nginx's
    printf 'map "" $service_account_authorization { default "Bearer %s"; }\n' "$token" |
        put authorization.conf
    printf 'upstream api_server { server %s:%s; keepalive 4; }\n' \
        "$host" "$KUBERNETES_SERVICE_PORT" | put upstream.conf
    printf 'listen %s ssl;\n' "$listen" | put listen.conf
    put nginx.conf <"$files/nginx.conf"
}

run_nginx() {
    nginx -p "$run/" -c "$run/nginx.conf" -e stderr "$@"
}

keep_up_to_date() {
    while sleep "$period"; do
        new=$(state) || continue
        if [ "$new" != "$known" ]; then
            lay_out || continue
            run_nginx -t -q || continue
            run_nginx -s reload || continue
            known=$new
            echo "gateway: something was renewed; reloaded" >&2
        fi
        touch "$run/checked" # what the liveness probe looks at
    done
}

known=$(state)
lay_out
run_nginx -t -q
touch "$run/checked"
keep_up_to_date &
exec nginx -p "$run/" -c "$run/nginx.conf" -e stderr -g 'daemon off;'
