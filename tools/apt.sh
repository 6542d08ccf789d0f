#!/bin/sh
# Installs Debian packages where that needs no question: apt-get is there, and we are root or may become it unasked.
# Fails, and says why, where it can't. Usage: tools/apt.sh PACKAGE...
set -eu

if ! command -v apt-get >/dev/null; then
    echo "apt-get is not on this machine" >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    as_root=env
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    echo "installing a system package needs root, or a sudo that asks no password" >&2
    exit 1
fi

echo "Installing $* with apt-get ..."
# Only the fetched lists and the progress are quiet: errors stay to be read.
$as_root apt-get update -qq
$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
