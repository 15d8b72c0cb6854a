#!/usr/bin/env bash
# Builds the playground's files into gateway/web/dist, unless they are there and their sources have not changed since.
set -euo pipefail
cd "$(dirname "$0")/../gateway/web"
stamp=node_modules/.built
wanted() {
    {
        find src build.mjs package.json package-lock.json -type f -exec cksum {} +
        # What was built: so that a file removed from dist is built again.
        find dist -type f ! -name '.*' -exec cksum {} + 2>/dev/null || true
    } | LC_ALL=C sort | cksum
}
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ]; then exit 0; fi
../../scripts/npm-ci.sh "$PWD"
npm run --silent build </dev/null
wanted >"$stamp"
