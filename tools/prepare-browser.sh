#!/usr/bin/env bash
# Sees to Debian's Chromium, which tests of pages and `make pictures` drive. Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '» %s\n' "$*"; }
give_up() { printf '\n!!! %s\n\n' "$*" >&2; exit 1; }
here() { [ -x /usr/bin/chromium ]; }

install_chromium() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
}

if here; then
    exit 0
fi
command -v apt-get >/dev/null ||
    give_up "Chromium is missing and this is no Debian: install it so that /usr/bin/chromium starts it, and run make again."
[ "$(id -u)" = 0 ] || give_up "Chromium is missing and only root may install it: sudo apt-get install chromium"

mkdir -p .cache
exec 7>.cache/browser.lock
flock 7
if here; then # another make was faster
    exit 0
fi
said=.cache/browser.txt
say "installing chromium for the tests of pages (running as root; about a minute)"
# Lists as old as the machine name packages that are no longer offered, so a failure is tried once more with new ones.
if ! install_chromium >"$said" 2>&1; then
    say "… with new package lists"
    { apt-get update -qq && install_chromium; } >"$said" 2>&1 || { cat "$said" >&2; give_up "chromium could not be installed: see above"; }
fi
here || give_up "The package chromium was installed, but /usr/bin/chromium is not there."
say "$(/usr/bin/chromium --version --no-sandbox 2>/dev/null) is ready"
