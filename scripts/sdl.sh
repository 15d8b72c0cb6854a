#!/usr/bin/env bash
# The schema, as the server writes it. With --check, compares it with schema.graphql; without, writes it there.
set -euo pipefail
cd "$(dirname "$0")/.."
new=$(mktemp)
trap 'rm -f "$new"' EXIT
cargo run -q ${CI:+--locked} -p gateway --bin frontdesk -- sdl >"$new"
[ -s "$new" ] || { echo "frontdesk sdl wrote nothing" >&2; exit 1; }
if [ "${1:-}" = --check ]; then
    diff -u schema.graphql "$new" || { echo "schema.graphql is not what the server says: run make sdl" >&2; exit 1; }
else
    # cat keeps the file's own permissions; a failed run never gets here.
    cat "$new" >schema.graphql
fi
