#!/usr/bin/env bash
# What hostile JPEGs and streams of them cost jpegdeblockdec: for each, CPU time and the most memory, beyond what the
# same pipeline needs for a file of nothing. The rows are those of the table in docs/trust.md, where some that cost the
# same stand in one.
# Usage: tests/limits/measure.sh BUILD [BYTES]      for example: tests/limits/measure.sh build-tests 4000000
set -euo pipefail

build="$(realpath "$1")"
root="$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
ninja -C "$build" tests/limits/write_hostile_jpegs plugin/libgstjpegdeblock.so >/dev/null
export GST_PLUGIN_PATH="$build/plugin" GST_REGISTRY="$folder/registry" JPEGDEBLOCK_MODEL_PATH="$root/models"
gst-inspect-1.0 jpegdeblockdec >/dev/null

# Seconds and KiB. Where an error comes while it starts, gst-launch-1.0 may wait for ever (GStreamer 1.22; with jpegdec
# too): that takes no processor time, and is ended.
cost() {
    /usr/bin/time --quiet -o "$folder/time" -f '%U %S %M' timeout 120 \
        gst-launch-1.0 -q filesrc location="$1" ! jpegdeblockdec preset=fast ${2:-} ! fakesink >/dev/null 2>&1 || true
    awk '{ print $1 + $2, $3 }' "$folder/time"
}

"$build/tests/limits/write_hostile_jpegs" "$folder" "${2:-1000000}" >"$folder/list"
: >"$folder/nothing"
read -r base_seconds base_memory < <(cost "$folder/nothing")
echo "| What | Bytes | Megapixels | CPU s | ns a byte | ns a pixel | MiB |"
echo "|------|------:|-----------:|------:|----------:|-----------:|----:|"
while IFS=$'\t' read -r path bytes pixels name properties; do
    read -r seconds memory < <(cost "$path" "$properties")
    awk -v n="$name" -v b="$bytes" -v p="$pixels" -v s="$seconds" -v s0="$base_seconds" -v m="$memory" -v m0="$base_memory" '
        BEGIN {
            s = s > s0 ? s - s0 : 0; m = m > m0 ? m - m0 : 0
            pixel = "-"
            if (p > 0) pixel = sprintf("%.1f", 1e9 * s / p)
            printf "| %s | %d | %.1f | %.2f | %.0f | %s | %.0f |\n", n, b, p / 1e6, s, 1e9 * s / b, pixel, m / 1024
        }'
done <"$folder/list"
