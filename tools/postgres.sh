#!/bin/sh
# Sees to PostgreSQL's programs for the tests of the store, which start a private server from them (tests/postgres.py).
# Where none can be had it says why and goes on: those tests then skip with the reason, and under CI they fail.
set -eu

for candidate in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
    if [ -x "$candidate" ]; then
        exit 0
    fi
done

# Debian and its kin start a server of their own with the package; the tests neither need nor touch that one.
if "$(dirname "$0")/apt.sh" postgresql; then
    exit 0
fi
echo "No PostgreSQL here: the tests of the store run on SQLite only. Install its server to run them on both." >&2
