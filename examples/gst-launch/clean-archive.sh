#!/usr/bin/env bash
# Restores every JPEG below a folder to a PNG of the same name below another one. Can be stopped and started again: what is
# there is not done twice, and a PNG appears under its name only when it is whole. Broken JPEGs are named and skipped.
# Usage: clean-archive.sh FOLDER OUTPUT_FOLDER
set -euo pipefail

if [[ $# -ne 2 || ! -d "$1" ]]; then
    echo "usage: $0 FOLDER OUTPUT_FOLDER" >&2
    exit 1
fi
readonly source_folder="${1%/}" output_folder="${2%/}"
partial=
trap 'rm -f "$partial"' EXIT

# restore JPEG PNG: prints why it cannot
restore() {
    local errors
    # The decoder would fill up what is missing with grey; every whole JPEG has an end marker.
    if ! tail -c 65536 "$1" | LC_ALL=C grep -q -a -P '\xff\xd9'; then
        echo "no JPEG, or cut short"
        return 1
    fi
    # async=false: gst-launch 1.22 may wait for ever for the first frame of a file that has none.
    if ! errors="$(gst-launch-1.0 --quiet filesrc "location=$1" ! jpegdeblockdec \
        ! videoconvert ! pngenc ! filesink async=false "location=$2" 2>&1)"; then
        grep -m 1 '^ERROR' <<<"$errors" || echo "gst-launch-1.0 failed"
        return 1
    fi
    if [[ ! -s "$2" ]]; then
        echo "no picture in it"
        return 1
    fi
}

restored=0 present=0 skipped=0
while IFS= read -r -d '' jpeg; do
    png="$output_folder/${jpeg#"$source_folder"/}.png"
    if [[ -e "$png" ]]; then
        present=$((present + 1))
        continue
    fi
    mkdir -p "$(dirname "$png")"
    partial="$png.partial"
    if reason="$(restore "$jpeg" "$partial")"; then
        mv "$partial" "$png"
        restored=$((restored + 1))
    else
        rm -f "$partial"
        echo "skipped '$jpeg': $reason" >&2
        skipped=$((skipped + 1))
    fi
done < <(find "$source_folder" -type f \( -iname '*.jpg' -o -iname '*.jpeg' \) -print0 | sort -z)
echo "$restored restored, $present there already, $skipped skipped"
[[ $skipped -eq 0 ]]
