#!/usr/bin/env bash
# Builds the bundles from frontend/ when a source, the lock file or a bundle has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || ! command -v npm >/dev/null; then
    printf '\n!!! Node 20 or newer with npm is missing. Install it (nodejs, npm) and run make again.\n\n' >&2
    exit 1
fi
mkdir -p .cache
exec 8>.cache/frontend.lock
flock 8
node frontend/build-if-changed.mjs
