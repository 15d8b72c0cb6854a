#!/usr/bin/env bash
# Runs every test, and names at the end those that took more than 20 s and, last of all, those that failed, with the first
# lines of why: who reads a log sees its end. Arguments go to cargo test.
set -uo pipefail
cd "$(dirname "$0")/.."
SLOW_TESTS=$(mktemp)
log=$(mktemp)
export SLOW_TESTS
trap 'rm -f "$SLOW_TESTS" "$log"' EXIT
started=$SECONDS
cargo test --workspace --no-fail-fast "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
echo "tests: $((SECONDS - started)) s"
if [ -s "$SLOW_TESTS" ]; then
    echo "longer than 20 s:"
    sort -rn "$SLOW_TESTS"
fi
if [ "$status" != 0 ]; then
    echo "failed:"
    scripts/failed.awk "$log"
fi
exit "$status"
