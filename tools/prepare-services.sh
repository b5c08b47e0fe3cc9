#!/usr/bin/env bash
# Sees to the servers that tests start for themselves, clamd (viruses), SoftHSM (keys in hardware) and nginx, and to pdftotext.
# Does nothing when they are there. What is installed is not started: tests run their own clamd on a socket and signatures of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '» %s\n' "$*"; }
give_up() { printf '\n!!! %s\n\n' "$*" >&2; exit 1; }
missing() {
    [ -x /usr/sbin/clamd ] || echo clamav-daemon
    [ -x /usr/bin/softhsm2-util ] || echo softhsm2
    [ -x /usr/sbin/nginx ] || echo nginx-light
    [ -x /usr/bin/pdftotext ] || echo poppler-utils
}
install_packages() {
    # shellcheck disable=SC2046 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(missing)
}

[ -n "$(missing)" ] || exit 0
wanted=$(missing | tr '\n' ' ')
command -v apt-get >/dev/null || give_up "Missing: $wanted- and this is no Debian: install clamd, SoftHSM 2, nginx and pdftotext, and run make again."
[ "$(id -u)" = 0 ] || give_up "Missing: $wanted- and only root may install them: sudo apt-get install --no-install-recommends $wanted"

mkdir -p .cache
exec 7>.cache/services.lock
flock 7
[ -n "$(missing)" ] || exit 0 # another make was faster
said=.cache/services.txt
say "installing $(missing | tr '\n' ' ')for the tests of files, signatures and ops/nginx (running as root; about a minute)"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then # Debian's way to say that installing starts no daemon
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
# Lists as old as the machine name packages that are no longer offered, so a failure is tried once more with new ones.
if ! install_packages >"$said" 2>&1; then
    say "… with new package lists"
    { apt-get update -qq && install_packages; } >"$said" 2>&1 || { cat "$said" >&2; give_up "They could not be installed: see above"; }
fi
[ -z "$(missing)" ] || give_up "The packages were installed, but these programs are not there: $(missing | tr '\n' ' ')"
say "clamd, SoftHSM, nginx and pdftotext are ready"
