#!/usr/bin/env bash
# Restores a Motion JPEG clip into a Matroska file, Motion JPEG again but at quality 95. Takes the picture, not the sound.
# Usage: video.sh IN.(avi|mkv|mov|mp4) OUT.mkv
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 IN.(avi|mkv|mov|mp4) OUT.mkv" >&2
    exit 1
fi
case "${1,,}" in
*.avi) demuxer=avidemux ;;
*.mkv) demuxer=matroskademux ;;
*.mov | *.mp4) demuxer=qtdemux ;;
*)
    echo "$0: cannot tell the container of '$1' from its name; expected .avi, .mkv, .mov or .mp4" >&2
    exit 1
    ;;
esac
gst-launch-1.0 filesrc "location=$1" ! "$demuxer" ! image/jpeg ! queue ! jpegdec idct-method=islow ! jpegdeblock \
    ! queue ! jpegenc quality=95 ! matroskamux ! filesink "location=$2"
