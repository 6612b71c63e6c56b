#!/usr/bin/env bash
# Installs the packages of a folder, tries what each is for, and purges them. Run by try-deb.sh in a root that can be
# thrown away.
# Usage: packaging/try_installed_deb.sh FOLDER
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail

readonly packages="$1"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DEBIAN_FRONTEND=noninteractive
work="$(mktemp -d)"
readonly work
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

# expect TEXT COMMAND...: what the command prints has the text.
expect() {
    local text="$1" output
    shift
    output="$("$@" 2>&1)" || fail "$* failed: $output"
    [[ "$output" == *"$text"* ]] || fail "$* does not say '$text' but: $output"
}

# install NAME...: packages of the folder, or of Debian. Dependencies come along, what is only recommended does not.
install() {
    local name file arguments=()
    for name in "$@"; do
        file="$(find "$packages" -name "${name}_*.deb")"
        arguments+=("${file:-$name}")
    done
    echo "== Installing $*"
    apt-get install -q -y --no-install-recommends "${arguments[@]}" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

purge_all() {
    local installed=()
    mapfile -t installed < <(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null |
        sed -n 's/^installed //p')
    echo "== Removing ${installed[*]}"
    apt-get autoremove --purge -q -y "${installed[@]}" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

# Whatever a package is there for must be there with its own dependencies alone, so each is tried before the next.
try_program() {
    install jpegdeblock-models jpegdeblock
    jpegdeblock restore tests/data/jpeg --output "$work/restored" || true # one of them is broken on purpose
    [[ -s "$work/restored/progressive.png" ]] || fail "jpegdeblock restore made no picture."
    expect '.SS restore' gzip -dc /usr/share/man/man1/jpegdeblock.1.gz
    expect _jpegdeblock bash -c 'source /usr/share/bash-completion/completions/jpegdeblock && complete -p jpegdeblock'
}

try_elements() {
    # The fresh root has no models but those that the element's package asks for.
    install jpegdeblock-models gstreamer1.0-jpegdeblock gstreamer1.0-tools gstreamer1.0-plugins-base \
        gstreamer1.0-plugins-good
    expect 'Removes JPEG compression artefacts' gst-inspect-1.0 jpegdeblock
    gst-launch-1.0 --quiet filesrc location=tests/data/jpeg/progressive.jpg ! jpegdeblockdec preset=best ! \
        videoconvert ! pngenc ! filesink "location=$work/decoded.png"
    [[ -s "$work/decoded.png" ]] || fail "jpegdeblockdec made no picture."
    gst-launch-1.0 --quiet videotestsrc num-buffers=5 ! jpegenc quality=20 ! jpegdec ! jpegdeblock ! fakesink
}

try_library() {
    install libjpegdeblock2 libjpegdeblock-dev g++ pkg-config
    local flags
    read -r -a flags <<<"$(pkg-config --cflags --libs jpegdeblock)"
    g++ -std=c++20 -Wall -Wextra -Werror -o "$work/program" tests/installed/program.cpp "${flags[@]}"
    "$work/program"
    # The soversion that is in the package's name.
    expect 'libjpegdeblock.so.2 =>' ldd "$work/program"
}

try_training() {
    install jpegdeblock-train
    expect quantize jpegdeblock-train --help
    expect '.SS train' gzip -dc /usr/share/man/man1/jpegdeblock-train.1.gz
    expect fast jpegdeblock-train inspect /usr/share/jpegdeblock/models/fast.safetensors
    # A step of training: LibTorch computes here.
    jpegdeblock-train train --pictures examples/pictures --output "$work/trained.safetensors" --channels 4 --depth 2 \
        --minutes 0.05 --batch 1 --patch 32 --threads 1 --precision f32 >"$work/log" 2>&1 || fail "$(cat "$work/log")"
    [[ -s "$work/trained.safetensors" ]] || fail "jpegdeblock-train trained no network."
}

# As a user's home, so that GStreamer's registry is not taken for something left behind.
export HOME="$work"
apt-get update -q >/dev/null
names=()
for file in "$packages"/*.deb; do
    name="$(dpkg-deb --field "$file" Package)"
    [[ "$name" == *-dbgsym ]] || names+=("$name")
done

try_program
purge_all
try_elements
purge_all
install jpegdeblock-models
try_library
if [[ " ${names[*]} " == *" jpegdeblock-train "* ]]; then
    try_training
fi
install "${names[@]}"
purge_all

left="$(find / -xdev -iname '*jpegdeblock*' -not -path "$packages/*" -not -path "$PWD/*" -not -path "$work/*")"
[[ -z "$left" ]] || fail "These were left behind: $left"
