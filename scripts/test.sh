#!/usr/bin/env bash
# Runs every test, and names at the end those that took more than 20 s. Arguments go to cargo test.
set -uo pipefail
cd "$(dirname "$0")/.."
SLOW_TESTS=$(mktemp)
export SLOW_TESTS
trap 'rm -f "$SLOW_TESTS"' EXIT
started=$SECONDS
cargo test --workspace "$@"
status=$?
echo "tests: $((SECONDS - started)) s"
if [ -s "$SLOW_TESTS" ]; then
    echo "longer than 20 s:"
    sort -rn "$SLOW_TESTS"
fi
exit "$status"
