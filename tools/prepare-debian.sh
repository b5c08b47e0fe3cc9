#!/usr/bin/env bash
# Sees to what Debian has and tests start for themselves; does nothing when it is there. Installing starts no daemon.
#   prepare-debian.sh browser | services | ha
set -euo pipefail
cd "$(dirname "$0")/.."

# A package and a program of it in each line.
case "${1:-}" in
    browser)
        why="the tests of pages"
        programs="chromium /usr/bin/chromium"
        ;;
    services) # viruses, keys in hardware, ops/nginx, what is written in a PDF
        why="the tests of files, signatures and ops/nginx"
        programs="clamav-daemon /usr/sbin/clamd
            softhsm2 /usr/bin/softhsm2-util
            nginx-light /usr/sbin/nginx
            poppler-utils /usr/bin/pdftotext"
        ;;
    ha)
        why="the drill of the database's failover"
        programs="patroni /usr/bin/patroni
            etcd-server /usr/bin/etcd
            etcd-client /usr/bin/etcdctl
            postgresql /usr/lib/postgresql/*/bin/postgres"
        ;;
    *)
        echo "prepare-debian.sh browser | services | ha" >&2
        exit 2
        ;;
esac

say() { printf '» %s\n' "$*"; }
give_up() { printf '\n!!! %s\n\n' "$*" >&2; exit 1; }
missing() {
    while read -r package program; do
        compgen -G "$program" >/dev/null || printf '%s ' "$package"
    done <<<"$programs"
}
install_packages() {
    # shellcheck disable=SC2046 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(missing)
}

wanted=$(missing)
[ -n "$wanted" ] || exit 0
command -v apt-get >/dev/null || give_up "Missing: $wanted- and this is no Debian: install what they contain, and run make again."
[ "$(id -u)" = 0 ] || give_up "Missing: $wanted- and only root may install them: sudo apt-get install --no-install-recommends $wanted"

mkdir -p .cache
exec 7>.cache/debian.lock
flock 7
[ -n "$(missing)" ] || exit 0 # another make was faster
said=.cache/debian-$1.txt
say "installing ${wanted}for $why (running as root; about a minute)"
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
[ -z "$(missing)" ] || give_up "The packages were installed, but their programs are not there: $(missing)"
say "${wanted}ready"
