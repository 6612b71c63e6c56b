#!/usr/bin/env bash
# Makes a root of Debian 13 from Debian's mirror, copies the source tree into it, and runs there what a user of that
# release would: tests/run.sh and examples/demo.sh. The last line of its output is that of tests/run.sh.
# Usage: tests/debian13.sh [COMMAND...]      (default: both; a command runs in the copy of the source tree instead)
#
# Needs root, mmdebstrap and 10 GB. The root is kept in build-debian13/, with what was built in it, and used again.
# DEBIAN_MIRROR says where from, by default http://deb.debian.org/debian.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly folder=build-debian13
readonly root="$PWD/$folder/root"

refuse() {
    echo "$0: $*" >&2
    exit 77 # what test programs return that cannot run here
}
[[ "$(id -u)" -eq 0 ]] || refuse "needs root, for chroot"
command -v mmdebstrap >/dev/null || refuse "needs mmdebstrap: apt-get install mmdebstrap"

if [[ ! -e "$root/etc/debian_version" ]]; then
    echo "== Making the root"
    rm -rf "$root.new"
    mkdir -p "$folder"
    mmdebstrap --variant=minbase --include=ca-certificates,ccache trixie "$root.new" \
        "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
    mv "$root.new" "$root"
fi
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"

# What git knows or would add, and nothing else: builds of this system must not be taken for that one's.
mkdir -p "$root/src"
find "$root/src" -mindepth 1 -maxdepth 1 ! -name 'build*' -exec rm -rf {} +
git ls-files --cached --others --exclude-standard -z | tar --create --null --files-from=- --ignore-failed-read |
    tar --extract --directory="$root/src"

# Mounts live in a namespace of their own, and go with it, whatever happens.
run_inside() {
    unshare --mount --propagation private bash -euc '
        root="$1"
        shift
        mount -t proc proc "$root/proc"
        mount -t tmpfs tmpfs "$root/dev"
        for device in null zero full random urandom tty; do
            touch "$root/dev/$device"
            mount --bind "/dev/$device" "$root/dev/$device"
        done
        mkdir "$root/dev/shm"
        ln -s /proc/self/fd "$root/dev/fd"
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 CCACHE_DIR=/ccache \
            sh -c "cd /src && exec \"\$@\"" sh "$@"' bash "$root" "$@"
}

if [[ $# -gt 0 ]]; then
    run_inside "$@"
else
    run_inside examples/demo.sh
    run_inside tests/run.sh
fi
