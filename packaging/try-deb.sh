#!/usr/bin/env bash
# Installs the Debian packages of this source tree into a fresh root of a release, tries there what each is for, and
# removes them again. The last line says that all went well.
# Usage: packaging/try-deb.sh bookworm|trixie [--without-training | FOLDER]
#
# FOLDER has packages that build-deb.sh made on that release. Without one they are built first, in a root of the
# release that is kept in build-deb-RELEASE/, and used again; the packages lie there too.
# Needs root, mmdebstrap and 10 GB.
set -euo pipefail

readonly suite="${1:-}"
if [[ ! "$suite" =~ ^(bookworm|trixie)$ || $# -gt 2 ]]; then
    echo "usage: $0 bookworm|trixie [--without-training | FOLDER]" >&2
    exit 1
fi
packages="${2:-}"
[[ -z "$packages" || "$packages" == --without-training ]] || packages="$(realpath -e "$packages")"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/debian_root.sh
readonly kept="build-deb-$suite"

if [[ "$packages" != /* ]]; then
    make_root "$kept" "$suite" --include=ca-certificates,ccache
    run_inside packaging/build-deb.sh ${packages:+"$packages"} /packages
    rm -f "$kept"/*.deb
    cp "$root"/packages/*.deb "$kept"
    packages="$PWD/$kept"
fi

rm -rf "$kept/fresh"
mkdir -p "$kept/fresh"
trap 'rm -rf "$kept/fresh"' EXIT
make_root "$kept/fresh" "$suite" --include=ca-certificates
mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages"
run_inside packaging/try_installed_deb.sh /packages
echo "The packages in $packages were installed, tried and removed."
