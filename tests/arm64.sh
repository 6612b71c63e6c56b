#!/usr/bin/env bash
# Compiles the library for arm64 with Debian 13's cross compiler and packages, in a root of its own, and runs the
# library's tests in qemu's user mode. It says that the library works there, and nothing about its speed.
# Usage: tests/arm64.sh [SUITE...]      (default: those of the library that need no other program)
#
# Needs root, mmdebstrap and 4 GB. The root is kept in build-arm64/, and used again.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/debian_root.sh

packages=ca-certificates,ccache,crossbuild-essential-arm64,meson,ninja-build,pkg-config,qemu-user,nlohmann-json3-dev
for package in libdnnl-dev libjpeg-dev libgtest-dev libgmock-dev; do packages+=",$package:arm64"; done
make_root build-arm64 trixie --architectures=amd64,arm64 "--include=$packages"

cat >"$root/arm64.ini" <<'END'
[binaries]
cpp = ['ccache', 'aarch64-linux-gnu-g++']
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
pkg-config = 'pkg-config'
exe_wrapper = 'qemu-aarch64'

[properties]
pkg_config_libdir = ['/usr/lib/aarch64-linux-gnu/pkgconfig', '/usr/share/pkgconfig']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
END

readonly build=build-tests
if [[ ! -e "$root/src/$build/build.ninja" ]]; then
    run_inside meson setup "$build" --cross-file=/arm64.ini -Dwerror=true -Dplugin=disabled -Dprogram=disabled -Dtests=enabled \
        -Dtraining=disabled -Dexamples=disabled -Dbenchmarks=disabled
fi
run_inside ninja -C "$build"
if [[ $# -eq 0 ]]; then
    set -- jpeg log metrics model engine temporal restore picture
fi
run_inside meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 20 "$@"
