#!/usr/bin/env bash
# Sees to Patroni and etcd, which the drill of the database's failover starts for itself. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '» %s\n' "$*"; }
give_up() { printf '\n!!! %s\n\n' "$*" >&2; exit 1; }
missing() {
    [ -x /usr/bin/patroni ] || echo patroni
    [ -x /usr/bin/etcd ] || echo etcd-server
    [ -x /usr/bin/etcdctl ] || echo etcd-client
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
}
install_packages() {
    # shellcheck disable=SC2046 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(missing)
}

[ -n "$(missing)" ] || exit 0
wanted=$(missing | tr '\n' ' ')
command -v apt-get >/dev/null || give_up "Missing: $wanted- and this is no Debian: install them, and run make again."
[ "$(id -u)" = 0 ] || give_up "Missing: $wanted- and only root may install them: sudo apt-get install --no-install-recommends $wanted"
mkdir -p .cache
exec 7>.cache/ha.lock
flock 7
[ -n "$(missing)" ] || exit 0 # another make was faster
said=.cache/ha.txt
say "installing ${wanted}for the drill of the database's failover (running as root)"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then # Debian's way to say that installing starts no daemon
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
if ! install_packages >"$said" 2>&1; then
    say "… with new package lists"
    { apt-get update -qq && install_packages; } >"$said" 2>&1 || { cat "$said" >&2; give_up "They could not be installed: see above"; }
fi
[ -z "$(missing)" ] || give_up "The packages were installed, but these programs are not there: $(missing | tr '\n' ' ')"
