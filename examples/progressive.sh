#!/usr/bin/env bash
# Plays a slow download of a progressive JPEG: each scan is restored as soon as its bytes are there. Writes the
# pictures and a contact sheet of them; with a display it shows them as they come.
# Needs the programs of the build: run it within 'meson devenv -C build'.
# Usage: progressive.sh [--show] [--seconds N] [JPEG] [OUTPUT_FOLDER]
#        (default: a sample photograph, within 5 seconds, to progressive-output)
set -euo pipefail
export LC_ALL=C

show=false seconds=5
while [[ $# -gt 0 && "$1" == --* ]]; do
    case "$1" in
    --show) show=true ;;
    --seconds)
        shift
        seconds="${1:-}"
        ;;
    *) seconds= ;;
    esac
    if ! [[ "$seconds" =~ ^[0-9]+$ ]]; then
        echo "usage: $0 [--show] [--seconds N] [JPEG] [OUTPUT_FOLDER]" >&2
        exit 1
    fi
    shift
done
here="$(dirname "${BASH_SOURCE[0]}")"
readonly show seconds here
readonly programs="${JPEGDEBLOCK_EXAMPLES:-$here/../build/examples}"
readonly output="${2:-progressive-output}"
jpeg="${1:-}"

mkdir -p "$output"
rm -f "$output"/scan-*.png
if [[ -z "$jpeg" ]]; then
    jpeg="$output/dandelion.jpg"
    "$programs/progressive_scans" encode --quality 50 "$here/pictures/dandelion.png" "$jpeg"
fi

# Fifty pieces, one after the other. Without timestamps of their own, sinks show the pictures as they come.
readonly pieces=50
size="$(stat --format=%s "$jpeg")"
screen=()
if $show; then
    screen=(pictures. ! queue ! videoconvert ! autovideosink)
fi
gst-launch-1.0 --quiet filesrc "location=$jpeg" "blocksize=$(((size + pieces - 1) / pieces))" \
    ! identity "sleep-time=$((seconds * 1000000 / pieces))" ! jpegdeblockdec progressive=true \
    ! tee name=pictures pictures. ! queue ! videoconvert ! pngenc compression-level=1 \
    ! multifilesink async=false "location=$output/scan-%02d.png" "${screen[@]}"

"$programs/progressive_scans" sheet "$output/contact-sheet.png" "$output"/scan-*.png
echo "$(find "$output" -name 'scan-*.png' | wc -l) pictures in $output; look at $output/contact-sheet.png"
