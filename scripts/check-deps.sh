#!/usr/bin/env bash
# Licences, bans and sources of the dependencies by cargo-deny, and known vulnerabilities where their database is in reach.
set -euo pipefail
cd "$(dirname "$0")/.."
# Where .ci/run puts it.
PATH=${CARGO_TARGET_DIR:-target}/tools/bin:$PATH
if ! command -v cargo-deny >/dev/null 2>&1; then
    echo "notice: cargo-deny is not installed, dependencies are not checked (cargo install --locked cargo-deny)"
    exit 0
fi
# These three need nothing but the lock file and the crates' sources. As a plain program, not as a subcommand of cargo:
# then it need not be in the PATH that cargo sees.
cargo-deny --color never check --hide-inclusion-graph licenses bans sources
# The advisories are a git repository that is fetched. Without a network the check fails as if there were a finding,
# so it runs only where the repository answers. REQUIRE_ADVISORIES=1 makes it mandatory.
database=https://github.com/RustSec/advisory-db
if [ "${REQUIRE_ADVISORIES:-0}" = 1 ] ||
    GIT_TERMINAL_PROMPT=0 timeout 20 git ls-remote --exit-code "$database" HEAD </dev/null >/dev/null 2>&1; then
    cargo-deny --color never check advisories
else
    echo "notice: $database is out of reach, advisories are not checked"
fi
