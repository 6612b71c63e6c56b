#!/usr/bin/env bash
# Installs the Debian packages of the named sections of apt-packages.txt, where they are missing.
# Usage: packaging/install-packages.sh SECTION...      for example: build run
set -euo pipefail

list="$(dirname "${BASH_SOURCE[0]}")/apt-packages.txt"

packages_of() {
    awk -v wanted="$1" '
        /^# [a-z]+:/ { section = substr($2, 1, length($2) - 1); next }
        /^#/ || NF == 0 { next }
        section == wanted { print $1 }' "$list"
}

is_installed() {
    [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

if [[ $# -eq 0 ]]; then
    echo "usage: $0 SECTION...   (sections: $(sed -n 's/^# \([a-z]*\):.*/\1/p' "$list" | paste -sd ' '))" >&2
    exit 1
fi

missing=()
for section in "$@"; do
    packages="$(packages_of "$section")"
    if [[ -z "$packages" ]]; then
        echo "$0: no section '$section' in $list" >&2
        exit 1
    fi
    for package in $packages; do
        is_installed "$package" || missing+=("$package")
    done
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

echo "Missing Debian packages: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here to install them with; build on Debian 12 or 13." >&2
    exit 1
fi
as_root=()
if [[ "$(id -u)" -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "Neither root nor sudo here. Have an administrator run:" >&2
        echo "    apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing them with sudo, which may ask for your password."
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
