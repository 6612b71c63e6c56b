#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What recording as H.264 saves where the camera's JPEGs are restored first: camera pans over photographs, as Motion
# JPEG of several qualities, are encoded by x264 (constant rate factor) as decoded, and restored. Quality is the PSNR
# of luma against the pristine pictures. Prints both curves' means, and the bitrate that the restored clip needs for
# the quality that the other one has at each rate factor.
# Usage: tests/benchmarks/h264.sh BUILD-FOLDER [PHOTOGRAPH.png...]
# Photographs must be larger than WIDTHxHEIGHT (480x320). Others in the environment: FRAMES (60), QUALITIES
# ("20 50 80"), PRESET (balanced).
set -euo pipefail
export LC_ALL=C

if [[ ! -d "${1-}" ]]; then
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '3,9p' >&2
    exit 2
fi
build="$(realpath "$1")"
readonly build
shift
work="$(mktemp -d)"
readonly work
trap 'rm -rf "$work"' EXIT
source "$(dirname "${BASH_SOURCE[0]}")/clips.sh"
if (($# == 0)); then set -- "$pictures/dandelion.png"; fi
readonly -a photographs=("$@")
readonly width="${WIDTH:-480}" height="${HEIGHT:-320}" frames="${FRAMES:-60}" preset="${PRESET:-balanced}"
read -r -a qualities <<<"${QUALITIES:-20 50 80}"
readonly -a rate_factors=(18 21 24 27 30 33 36)

use_plugin_of_build

# decode QUALITY NAME [ELEMENT...]: $work/NAME.y4m
decode() {
    launch filesrc "location=$work/q$1.avi" ! avidemux ! jpegdec idct-method=islow ${3+! "${@:3}"} ! "$jpeg_colours" \
        ! y4menc ! filesink "location=$work/$2.y4m"
}

# encode NAME RATE-FACTOR: prints kilobits a second and PSNR. A y4m file does not tell the range of its samples, so
# that no element changes it.
encode() {
    launch filesrc "location=$work/$1.y4m" ! y4mdec ! x264enc pass=qual "quantizer=$2" ! h264parse \
        ! video/x-h264,stream-format=byte-stream ! filesink "location=$work/clip.h264"
    launch filesrc "location=$work/clip.h264" ! h264parse ! avdec_h264 ! video/x-raw,format=I420 \
        ! filesink "location=$work/clip.i420"
    # The luma of each frame.
    python3 - "$work/clip.i420" "$work/test.gray" "$((width * height))" <<'PYTHON'
import sys
source, target, luma = open(sys.argv[1], "rb"), open(sys.argv[2], "wb"), int(sys.argv[3])
while frame := source.read(luma * 3 // 2):
    target.write(frame[:luma])
PYTHON
    read -r psnr _ <<<"$("$build/tests/benchmarks/score_planes" "$width" "$height" "$work/pristine.gray" \
        "$work/test.gray")"
    awk -v bytes="$(stat -c %s "$work/clip.h264")" -v frames="$frames" -v psnr="$psnr" \
        'BEGIN { print bytes * 8 * 30 / frames / 1000, psnr }'
}

for quality in "${qualities[@]}"; do
    for photograph in "${photographs[@]}"; do
        "$build/examples/camera_pan" "$photograph" --width "$width" --height "$height" --frames "$frames" |
            launch fdsrc ! rawvideoparse format=rgb "width=$width" "height=$height" framerate=30/1 ! videoconvert \
                ! "$jpeg_colours" ! tee name=original \
                original. ! queue ! jpegenc "quality=$quality" ! avimux ! filesink "location=$work/q$quality.avi" \
                original. ! queue ! videoconvert ! "$grey" ! filesink "location=$work/pristine.gray"
        decode "$quality" plain
        decode "$quality" restored jpegdeblock "preset=$preset"
        for factor in "${rate_factors[@]}"; do
            echo "$quality $factor ${photograph##*/} $(encode plain "$factor") $(encode restored "$factor")"
        done
    done
done | tee "$work/points" >&2
echo
# The bitrate at equal quality lies on the restored clip's curve, its logarithm taken linearly between two points; where
# even the highest rate factor is better, there is no such point, and that factor's bitrate counts.
awk '
    { points[$1, $3] = points[$1, $3] " " $2 " " $4 " " $5 " " $6 " " $7; qualities[$1]; pictures[$3]; factors[$2] }
    END {
        printf "%7s %6s %16s %16s %22s\n", "quality", "CRF", "as decoded", "restored", "saved at equal PSNR"
        fflush()
        for (key in points) {
            split(key, name, SUBSEP)
            count = split(points[key], value, " ") / 5
            for (i = 0; i < count; ++i) {
                factor = value[5 * i + 1]; rate = value[5 * i + 2]; psnr = value[5 * i + 3]
                equal = -1
                for (j = count - 1; j >= 0; --j) {
                    r = value[5 * j + 4]; p = value[5 * j + 5]
                    if (p >= psnr) {
                        equal = log(r)
                        if (j < count - 1) equal = log(last_r) + (equal - log(last_r)) * (psnr - last_p) / (p - last_p)
                        break
                    }
                    last_r = r; last_p = p
                }
                at = name[1] SUBSEP factor
                n[at]++; rates[at] += rate; psnrs[at] += psnr
                restored_rates[at] += value[5 * i + 4]; restored_psnrs[at] += value[5 * i + 5]
                if (equal >= 0) { saved[at] += 1 - exp(equal) / rate; reached[at]++ }
            }
        }
        for (at in n) {
            split(at, name, SUBSEP)
            printf "%7d %6d %8.0f k %5.2f %8.0f k %5.2f %12.0f %% (%d of %d)\n", name[1], name[2], rates[at] / n[at],
                psnrs[at] / n[at], restored_rates[at] / n[at], restored_psnrs[at] / n[at],
                reached[at] ? 100 * saved[at] / reached[at] : 0, reached[at], n[at] | "sort -n -k1,1 -k2,2"
        }
    }' "$work/points"
