#!/bin/sh
# Makes .venv and installs the locked packages into it; does nothing when they are there already.
# usage: scripts/bootstrap.sh run|dev
set -eu
cd "$(dirname "$0")/.."

case "${1:-run}" in
run) lock=requirements.lock ;;
dev) lock=requirements-dev.lock ;;
*) echo "usage: $0 run|dev" >&2; exit 2 ;;
esac

is_installed() { [ -x .venv/bin/python ] && cmp -s "$1" ".venv/installed-$1"; }

# The browser bundle is built with Node: the system's, else one from PyPI.
has_node() {
    command -v npm >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' >/dev/null 2>&1 || [ -e .venv/installed-requirements-node.lock ]
}

# The packages for development include those for running.
if { is_installed "$lock" || is_installed requirements-dev.lock; } && has_node; then
    exit 0
fi

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    if ! python=$(find_python); then
        echo "Annotator needs Python 3.11 or newer with its venv module, and found none." >&2
        echo "Install it (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3" >&2
        exit 1
    fi
    echo "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    "$python" -m venv .venv
fi

# Most of an installation is one process thinking about what to fetch: two of them take half of the time.
install() {
    echo "Installing the packages of $1 ..."
    pids=""
    trap 'kill $pids 2>/dev/null || true' EXIT
    trap 'exit 130' INT TERM
    for part in 0 1; do
        awk "NR % 2 == $part" "$1" >".venv/part-$part.txt"
        [ -s ".venv/part-$part.txt" ] || continue
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-compile --require-hashes --requirement ".venv/part-$part.txt" &
        pids="$pids $!"
    done
    for pid in $pids; do wait "$pid"; done
    trap - EXIT INT TERM
    cp "$1" ".venv/installed-$1"
}

is_installed "$lock" || is_installed requirements-dev.lock || install "$lock"
has_node || install requirements-node.lock
