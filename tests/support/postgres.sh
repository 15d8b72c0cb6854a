# The keeper of one throw-away PostgreSQL cluster. Orders come on stdin, one a line, and each is answered by one line on
# stdout ("ok" or "failed"). At the end of stdin the cluster is stopped at once and its folder removed: a test process that
# dies, even by kill -9, closes the pipe, so it cannot leave a cluster behind.
#
# $1 folder of the PostgreSQL programs, $2 where to make the cluster's folder, $3 its superuser; $SETTINGS goes into
# postgresql.conf. The server is a child of this shell and not of pg_ctl, so that it can be waited for after a kill -9.
bin=$1 base=$2 user=$3
trap '' PIPE
trap : HUP INT TERM
umask 077
dir=$(mktemp -d "$base/frontdesk-pg.XXXXXX") || exit 1
data=$dir/data
server=

init() {
    "$bin/initdb" -D "$data" -U "$user" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions \
        </dev/null >>"$dir/log" 2>&1 || return 1
    printf '%s\n' "unix_socket_directories = '$dir'" "$SETTINGS" >>"$data/postgresql.conf"
}

start() {
    tries=0
    while [ "$tries" -lt 50 ]; do
        "$bin/postgres" -D "$data" -p "$1" </dev/null >"$dir/log" 2>&1 &
        server=$!
        while kill -0 "$server" 2>/dev/null; do
            "$bin/pg_isready" -q -h "$dir" -p "$1" -U "$user" -d postgres && return 0
            sleep 0.05
        done
        gone
        # For a moment after a kill -9 the old backends still hold the shared memory.
        grep -q 'pre-existing shared memory' "$dir/log" || return 1
        tries=$((tries + 1))
        sleep 0.1
    done
    return 1
}

gone() {
    wait "$server" 2>/dev/null
    server=
}

stop() {
    [ -n "$server" ] || return 1
    "$bin/pg_ctl" stop -s -D "$data" -m "$1" -t 30 </dev/null >>"$dir/log" 2>&1 || kill -KILL "$server"
    gone
}

# The postmaster first: it forks no more, so the list of its children is complete.
signal_all() {
    [ -n "$server" ] || return 1
    kill "-$1" "$server"
    for stat in /proc/[0-9]*/stat; do
        read -r pid _ _ parent _ <"$stat" && [ "$parent" = "$server" ] && kill "-$1" "$pid"
    done 2>/dev/null
    return 0
}

cleanup() {
    if [ -n "$server" ]; then
        signal_all CONT
        stop immediate
    fi
    # What a kill -9 left over: backends that do not notice, and the System V segment that guards the data folder.
    for cwd in $(find /proc -maxdepth 2 -name cwd -lname "$data" 2>/dev/null); do
        pid=${cwd#/proc/}
        kill -KILL "${pid%/cwd}" 2>/dev/null
    done
    if [ -f "$data/postmaster.pid" ]; then
        segment=$(sed -n '7s/^ *[0-9-]* *//p' "$data/postmaster.pid")
        [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null
    fi
    rm -rf "$dir"
}

printf '%s\n' "$dir"
while read -r order argument; do
    case $order in
        init) init ;;
        start) start "$argument" ;;
        stop) stop "$argument" ;;
        kill) kill -KILL "$server" && gone ;;
        signal) signal_all "$argument" ;;
        *) false ;;
    esac && echo ok || echo failed
done
cleanup
