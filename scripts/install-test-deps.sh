#!/usr/bin/env bash
# Installs what the tests need and this machine lacks: PostgreSQL's server programs, Chromium, Node. Does nothing where all
# of it is there. The tests start clusters of their own, so no cluster of the system is created or started.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

has_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

# Runs it: on Ubuntu the package may be a stub that only points to a snap.
has_browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if have "$name" && "$name" --version </dev/null >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_node() { have npm && have node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }

missing=()
has_postgres || missing+=("PostgreSQL's server (initdb, postgres)")
has_browser || missing+=("Chromium or Chrome")
has_node || missing+=("Node 20 or newer, with npm")
[ ${#missing[@]} -gt 0 ] || exit 0

give_up() {
    {
        echo "The tests need these, and $1:"
        printf '  - %s\n' "${missing[@]}"
        echo "Install them and run the tests again. No test is skipped for want of them."
    } >&2
    exit 1
}

have apt-get || give_up "only Debian and Ubuntu are installed on by this script"

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        # In CI nobody can type a password.
        sudo ${CI:+-n} "$@"
    else
        give_up "neither root nor sudo is available to install them"
    fi
}

install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null
}

printf 'missing: %s\n' "${missing[@]}"
as_root apt-get update -qq </dev/null

if ! has_postgres; then
    # Read by the package's installation, which would otherwise create and start a cluster. Not kept: what an
    # administrator installs later behaves as ever.
    no_cluster=/etc/postgresql-common/createcluster.d/frontdesk-tests.conf
    as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    trap 'as_root rm -f "$no_cluster"' EXIT
    install postgresql
fi
if ! has_browser; then
    install chromium || install chromium-browser || true
    has_browser || give_up "the distribution's Chromium does not run here (Ubuntu has it as a snap only)"
fi
if ! has_node; then
    install nodejs npm || true
    has_node || give_up "the distribution's Node is too old"
fi
echo "installed."
