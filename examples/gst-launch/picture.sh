#!/usr/bin/env bash
# Restores one JPEG.
# Usage: picture.sh IN.jpg OUT.png
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 IN.jpg OUT.png" >&2
    exit 1
fi
# async=false: gst-launch 1.22 may wait for ever for the first frame of a file that has none.
gst-launch-1.0 --quiet filesrc "location=$1" ! jpegdeblockdec ! videoconvert ! pngenc \
    ! filesink async=false "location=$2"
