# Roots of Debian's releases in which this source tree is built and tested; sourced by debian13.sh, arm64.sh and
# packaging/try-deb.sh.
# SPDX-License-Identifier: LGPL-2.1-or-later

# What test programs return that cannot run here.
readonly cannot_run=77

# make_root FOLDER RELEASE MMDEBSTRAP-OPTION...: makes FOLDER/root, or takes the one of the last time, and copies the
# source tree into its /src. Called in the source tree. DEBIAN_MIRROR says where from.
make_root() {
    local folder="$1" release="$2"
    shift 2
    if [[ "$(id -u)" -ne 0 ]]; then
        echo "$0: needs root, for chroot." >&2
        exit "$cannot_run"
    fi
    if ! command -v mmdebstrap >/dev/null; then
        echo "$0: needs mmdebstrap: apt-get install mmdebstrap" >&2
        exit "$cannot_run"
    fi
    root="$PWD/$folder/root"
    if [[ ! -e "$root/etc/debian_version" ]]; then
        echo "== Making a root of Debian: $release"
        rm -rf "$root.new"
        mkdir -p "$folder"
        if ! mmdebstrap --variant=minbase "$@" "$release" "$root.new" \
            "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"; then
            echo "$0: there is no root of $release." >&2
            exit "$cannot_run"
        fi
        mv "$root.new" "$root"
    fi
    cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
    # What git knows or would add, and nothing else: builds of this system must not be taken for that one's.
    mkdir -p "$root/src"
    find "$root/src" -mindepth 1 -maxdepth 1 ! -name 'build*' -exec rm -rf {} +
    git ls-files --cached --others --exclude-standard -z |
        tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$root/src"
}

# run_inside COMMAND...: in the copy of the source tree. Mounts live in a namespace of their own and go with it.
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
        mkdir "$root/dev/shm" "$root/dev/pts"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
        ln -s pts/ptmx "$root/dev/ptmx"
        ln -s /proc/self/fd "$root/dev/fd"
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 CCACHE_DIR=/ccache \
            sh -c "cd /src && exec \"\$@\"" sh "$@"' bash "$root" "$@"
}
