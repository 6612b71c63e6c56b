#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compares jpegdeblock with ffmpeg's post-processing filters, and with jpeg-quantsmooth where JPEGQS is the path of
# its program, on a camera pan of 640x480: gain in PSNR and PSNR-B of luma over the plain decode in dB, frames a
# second and milliseconds of processor time a frame, both with decoding. ffmpeg's filters read no quantizer from a
# JPEG: each is given the one that is best for that quality in PSNR, found by trying, and filters luma alone where it
# can. On a busy machine the processor time compares, the frames a second do not. With SCENE=still the camera stands
# still, and its sensor adds noise of a deviation of 3 levels, without which the pictures are compared.
# Usage: tests/benchmarks/filters.sh BUILD-FOLDER [QUALITY...]      (default: 10 20 30 40)
set -euo pipefail
export LC_ALL=C

if [[ ! -d "${1-}" ]]; then
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '3,9p' >&2
    exit 2
fi
build="$(realpath "$1")"
readonly build
shift
if (($# == 0)); then set -- 10 20 30 40; fi
readonly -a qualities=("$@")
work="$(mktemp -d)"
readonly work
trap 'rm -rf "$work"' EXIT
source "$(dirname "${BASH_SOURCE[0]}")/clips.sh"
readonly programs="$build/tests/benchmarks"
readonly frames=40
readonly speed_frames=120
# What starting takes is told by a short clip; atadenoise waits for ever for the frames that shorter ones lack.
readonly starting_frames=16

use_plugin_of_build

score() {
    "$programs/score_planes" 640 480 "$work/$1.gray" "$work/test.gray"
}

# Everything is decoded and measured in luma alone.
ffmpeg_filter() {
    ffmpeg -nostdin -loglevel error -y -i "$work/$1.avi" -vf "${2:+$2,}extractplanes=y" -f rawvideo "$work/test.gray"
}

gstreamer_filter() {
    launch filesrc "location=$work/$1.avi" ! avidemux ! $2 ! videoconvert ! "$grey" ! filesink "location=$work/test.gray"
}

quantsmooth() {
    local frame
    rm -rf "$work/frames"
    mkdir "$work/frames"
    launch filesrc "location=$work/$1.avi" ! avidemux ! image/jpeg ! multifilesink "location=$work/frames/%04d.jpg"
    for frame in "$work"/frames/*.jpg; do
        "$JPEGQS" $2 "$frame" "$work/smooth.jpg" >/dev/null 2>&1
        djpeg -grayscale -pnm "$work/smooth.jpg" | tail -c $((640 * 480))
    done >"$work/test.gray"
}

# speed COMMAND...: frames a second and processor milliseconds a frame, without what starting takes
speed() {
    local TIMEFORMAT='%R %U %S' none all
    none=$({ time "$@" start >/dev/null 2>&1; } 2>&1)
    all=$({ time "$@" speed >/dev/null 2>&1; } 2>&1)
    awk -v frames="$((speed_frames - starting_frames))" -v none="$none" -v all="$all" 'BEGIN {
        split(none, a); split(all, b)
        printf "%.0f %.1f", frames / (b[1] - a[1]), 1000 * (b[2] + b[3] - a[2] - a[3]) / frames }'
}

discard_ffmpeg() {
    ffmpeg -nostdin -loglevel error -i "$work/$2.avi" -vf "$1" -f null -
}

discard_gstreamer() {
    launch filesrc "location=$work/$2.avi" ! avidemux ! $1 ! fakesink
}

discard_quantsmooth() {
    quantsmooth "$2" "$1"
}

print_row() {
    printf '%-32s %5s  %6.2f %6.2f   %6.2f %6.2f   %6s %7s  %s\n' "$@"
}

# best_of QUALITY NAME FILTER VALUE...: FILTER has QP where each value goes
best_of() {
    local quality=$1 name=$2 filter=$3 value psnr psnr_b best=0 best_b=0 chosen=
    for value in "${@:4}"; do
        ffmpeg_filter "q$quality" "${filter//QP/$value}"
        read -r psnr psnr_b <<<"$(score "q$quality")"
        if awk -v a="$psnr" -v b="$best" 'BEGIN { exit !(a > b) }'; then
            best=$psnr best_b=$psnr_b chosen=$value
        fi
    done
    print_gain "$quality" "$name" "$best" "$best_b" \
        $(speed discard_ffmpeg "${filter//QP/$chosen}") "${filter//QP/$chosen}"
}

# print_gain QUALITY NAME PSNR PSNR-B FRAMES-PER-SECOND MILLISECONDS SETTINGS
print_gain() {
    read -r gain gain_b <<<"$(awk -v a="$3" -v b="$4" -v c="$plain" -v d="$plain_b" 'BEGIN { print a - c, b - d }')"
    print_row "$2" "$1" "$3" "$gain" "$4" "$gain_b" "$5" "$6" "$7"
}

make=make_clip
[[ "${SCENE-pan}" == pan ]] || make=make_still_clip
readonly make
"$make" 640 480 "$starting_frames" 20 start
"$make" 640 480 "$speed_frames" 20 speed
printf '%-32s %5s  %6s %6s   %6s %6s   %6s %7s  %s\n' filter q PSNR gain PSNR-B gain frames/s 'CPU ms' settings
for quality in "${qualities[@]}"; do
    "$make" 640 480 "$frames" "$quality" "q$quality"
    gstreamer_filter "q$quality" 'jpegdec idct-method=islow'
    read -r plain plain_b <<<"$(score "q$quality")"
    print_row 'plain decode' "$quality" "$plain" 0 "$plain_b" 0 \
        $(speed discard_gstreamer 'jpegdec idct-method=islow') ''
    for model in fast balanced best; do
        has_model "$model" || continue
        elements="jpegdec idct-method=islow ! jpegdeblock preset=$model"
        gstreamer_filter "q$quality" "$elements"
        print_gain "$quality" "jpegdeblock $model" $(score "q$quality") \
            $(speed discard_gstreamer "$elements") "$(nproc) threads"
        [[ "$model" != best ]] || continue
        elements+=' temporal=off'
        gstreamer_filter "q$quality" "$elements"
        print_gain "$quality" "jpegdeblock $model temporal=off" $(score "q$quality") \
            $(speed discard_gstreamer "$elements") "$(nproc) threads"
    done
    best_of "$quality" 'ffmpeg spp 4' 'spp=quality=4:qp=QP' 3 5 7 9 12 15 19 24 30 38
    best_of "$quality" 'ffmpeg spp 6' 'spp=quality=6:qp=QP' 3 5 7 9 12 15 19 24 30 38
    # In time: with the frames before, or several.
    best_of "$quality" 'ffmpeg spp 4, hqdn3d' 'spp=quality=4:qp=QP,hqdn3d=0:0:4:0' 3 5 7 9 12 15 19 24 30 38
    best_of "$quality" 'ffmpeg fftdnoiz prev=1' 'fftdnoiz=sigma=QP:prev=1:planes=1' 1 2 4 7 11 16 24
    best_of "$quality" 'ffmpeg hqdn3d' 'hqdn3d=0:0:QP:0' 1 2 4 8 14
    best_of "$quality" 'ffmpeg atadenoise' 'atadenoise=0a=QP:0b=QP:s=9:p=1' 0.01 0.02 0.05 0.1
    best_of "$quality" 'ffmpeg nlmeans' 'nlmeans=s=QP:p=5:r=9' 1 2 4 7
    best_of "$quality" 'ffmpeg bm3d' 'bm3d=sigma=QP:planes=1' 2 4 7 11 16 24 36
    best_of "$quality" 'ffmpeg fspp' 'fspp=quality=5:qp=QP' 3 5 7 9 12 15 19 24 30 38
    best_of "$quality" 'ffmpeg pp' 'pp=hb/vb/dr/fq|QP' 2 3 4 6 8 11 15 20 27
    best_of "$quality" 'ffmpeg deblock' 'deblock=filter=QP' weak strong weak:alpha=0.04 strong:alpha=0.04 \
        strong:alpha=0.15 strong:alpha=0.2:beta=0.1:gamma=0.1:delta=0.1
    if [[ -n "${JPEGQS-}" ]]; then
        quantsmooth "q$quality" '-q4 -n1'
        print_gain "$quality" 'jpeg-quantsmooth' $(score "q$quality") \
            $(speed discard_quantsmooth '-q4 -n1') '-q4 -n1, files'
    fi
done
