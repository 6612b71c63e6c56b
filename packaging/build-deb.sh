#!/usr/bin/env bash
# Builds the Debian packages of this source tree, as it is checked out, on Debian 12 or 13 for that release, and has
# lintian look for errors. Installs what that takes. The last line names the folder where the packages are.
# Usage: packaging/build-deb.sh [--without-training] [FOLDER]      (default: build-deb)
#
# jpegdeblock-train takes most of the time, as LibTorch does; --without-training leaves it out. Packages of an earlier
# time in FOLDER are replaced.
set -euo pipefail

sections=(build training packages)
profiles=()
if [[ "${1:-}" == --without-training ]]; then
    shift
    sections=(build packages)
    profiles=(--build-profiles=pkg.gst-jpegdeblock.notraining)
fi
if [[ $# -gt 1 || "${1:-}" == -* ]]; then
    echo "usage: $0 [--without-training] [FOLDER]" >&2
    exit 1
fi
output="$(realpath -m "${1:-build-deb}")"
readonly output
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packaging/install-packages.sh "${sections[@]}"

# What git knows or would add, and nothing else, in a folder where nothing else is built.
readonly work="$output/building"
readonly source="$work/gst-jpegdeblock"
rm -rf "$work"
mkdir -p "$source"
trap 'rm -rf "$work"' EXIT
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -z
else
    find . -type d -name 'build*' -prune -o \( -type f -o -type l \) -print0
fi | tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$source"

(cd "$source" && dpkg-buildpackage --unsigned-source --unsigned-changes "${profiles[@]}")

# As root it refuses to, unless told.
lintian --fail-on error --info --allow-root "$work"/*.changes

rm -rf "$source"
rm -f "$output"/*.{deb,ddeb,dsc,tar.xz,changes,buildinfo}
mv "$work"/* "$output"
echo "The packages are in $output"
