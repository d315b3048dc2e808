# Runs a throw-away PostgreSQL cluster until nobody uses it any more, and removes it. Run by `cluster.rs`.
folder=$1 programs=$2 port=$3 url=$4 try_lock=$5 linger=$6 patience=$7
gone=$folder.gone.$$
postgres=
exec 2>>"$folder/log"
# The test process may be gone before it is told, and its terminal too.
trap '' HUP PIPE
trap 'move; remove; exit 0' INT TERM

move() { mv "$folder" "$gone"; }

remove() {
    cd /
    if [ "$postgres" ]; then
        kill -QUIT "$postgres" # an immediate shutdown: nothing is worth saving
        wait "$postgres"
    fi
    rm -rf "$gone"
}

fail() {
    echo "$1"
    tail -n 25 "$folder/log"
    move
    remove
    exit 1
}

"$programs/initdb" -D "$folder/data" -U unicom -A trust -E UTF8 --locale=C --no-sync \
    </dev/null >>"$folder/log" || fail 'initdb failed:'

# Everything stays in the folder (no socket, no segment in /dev/shm), so that deleting it is enough.
"$programs/postgres" -D "$folder/data" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c dynamic_shared_memory_type=mmap -c shared_buffers=128MB -c max_connections=500 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB -c timezone=UTC \
    </dev/null >>"$folder/log" 2>&1 &
postgres=$!

# The server's own word, not a connection: another program may answer at that port.
waited=0
until grep -q '^ready' "$folder/data/postmaster.pid" 2>/dev/null; do
    kill -0 "$postgres" 2>/dev/null || fail 'postgres ended:'
    [ "$waited" -lt "$((patience * 10))" ] || fail 'postgres was not ready in time:'
    waited=$((waited + 1))
    sleep 0.1
done
printf %s "$url" >"$folder/url.new" && mv "$folder/url.new" "$folder/url" || fail 'no url file:'
echo ready
exec >/dev/null

idle=0
while sleep 1; do
    # A server that crashed goes at once: those who use it fail anyway, newcomers get a new one.
    kill -0 "$postgres" || { postgres=; move; break; }
    if $try_lock "$folder/users" true; then idle=$((idle + 1)); else idle=0; fi
    if [ "$idle" -ge "$linger" ] && $try_lock "$folder/users" mv "$folder" "$gone"; then break; fi
done </dev/null # No child here keeps the lock on `owner` for longer than this script.
remove
