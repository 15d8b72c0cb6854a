#!/usr/bin/env bash
# npm ci in a folder, unless its node_modules already are what the lock file says. usage: scripts/npm-ci.sh FOLDER
set -euo pipefail
cd "$1"
stamp=node_modules/.installed
wanted=$(cat package.json package-lock.json | cksum)
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then exit 0; fi
npm ci --no-progress </dev/null
mkdir -p node_modules
printf '%s\n' "$wanted" >"$stamp"
