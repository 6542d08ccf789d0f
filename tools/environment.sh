#!/bin/sh
# Builds .venv, or brings an existing one up to pyproject.toml. Called by make when pyproject.toml is newer than the stamp.
# PYTHON names the interpreter to build with; without it the first one that is new enough does.
set -eu
cd "$(dirname "$0")/.."

minimum=$(sed -n 's/^requires-python = ">=\([0-9.]*\)"$/\1/p' pyproject.toml)
python=.venv/bin/python

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < tuple(map(int, sys.argv[1].split("."))))' "$minimum" 2>/dev/null
}

can_build() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

found_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "No Python $minimum or newer: ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>/dev/null || echo missing)." >&2
    echo "Install one and name it: make PYTHON=/path/to/python$minimum" >&2
    return 1
}

# A working environment is kept; one that lost its interpreter, or is too old, is built anew.
if ! new_enough "$python"; then
    base=$(found_python)
    if ! can_build "$base"; then
        # Debian and its kin split venv off into a package of its own, one for each version.
        package=$("$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if ! tools/apt.sh "$package" || ! can_build "$base"; then
            echo "$base can't build a virtual environment: its modules venv and ensurepip are missing." >&2
            echo "Install them (Debian, Ubuntu: apt-get install $package) or name another: make PYTHON=..." >&2
            exit 1
        fi
    fi
    echo "Building .venv with $("$base" --version) ..."
    "$base" -m venv --clear .venv
fi

# uv does in seconds what takes pip a minute; it must not fetch an interpreter of its own.
if "$python" -m uv --version >/dev/null 2>&1 || "$python" -m pip install --quiet uv; then
    UV_PYTHON_DOWNLOADS=never "$python" -m uv pip install --python "$python" --editable . --group test --group check
else
    echo "uv can't be installed here: pip does the same, more slowly."
    "$python" -m pip install --quiet --upgrade 'pip>=25.1' # the first that knows --group
    "$python" -m pip install --quiet --editable . --group test --group check
fi

touch .venv/stamp
