#!/bin/sh
# Sees to a Chromium for the browser tests. Where none can be had it says why and goes on: those tests then skip with
# the reason, and under CI they fail (tests/browser/conftest.py).
set -eu
cd "$(dirname "$0")/.."

for candidate in "${POSTMORTEM_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null; then
        exit 0
    fi
done

# Ubuntu's package of this name is a stub for a snap, which a container can't run: hence the second look.
if tools/apt.sh chromium && command -v chromium >/dev/null; then
    exit 0
fi
echo "No Chromium here: the browser tests will be skipped. Install Chromium or Chrome, or set POSTMORTEM_CHROMIUM to one." >&2
