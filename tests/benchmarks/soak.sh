#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Lets a camera of 1280x720 that is too fast for the machine run for minutes, and fails unless frame rate, delay and
# memory stay as they are in the first fifth.
# Usage: tests/benchmarks/soak.sh BUILD-FOLDER [SECONDS] [FRAMES-PER-SECOND] [PROPERTIES]
#        (default: 600 45 preset=balanced)
set -euo pipefail
export LC_ALL=C

if [[ ! -d "${1-}" ]]; then
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '3,6p' >&2
    exit 2
fi
build="$(realpath "$1")"
readonly build seconds="${2:-600}" rate="${3:-45}" properties="${4:-preset=balanced}"
interval=$((seconds / 20 > 0 ? seconds / 20 : 1))
readonly interval
work="$(mktemp -d)"
readonly work
trap 'rm -rf "$work"' EXIT
source "$(dirname "${BASH_SOURCE[0]}")/clips.sh"
use_plugin_of_build
make_clip 1280 720 60 50 clip
"$build/tests/benchmarks/pipeline_benchmark" camera "$work/clip.avi" \
    "jpegdec idct-method=islow ! queue max-size-buffers=1 ! jpegdeblock $properties name=filter" \
    --rate "$rate" --seconds "$seconds" --interval "$interval" | tee "$work/log"
# 34.0 frames/s  delay 26 ms, at most 63 ms  1.50 cores  56 MB  ...
awk -v rate="$rate" -v interval="$interval" '
    { rates[NR] = $1; delays[NR] = $4; memory[NR] = $12 }
    END {
        early = int(NR / 5) > 0 ? int(NR / 5) : 1
        for (i = 2; i <= NR; ++i) {  # The first one has the start in it.
            if (rates[i] < 0.99 * rate - 2 / interval) {  # A frame or two may fall into the next interval.
                print "FAIL: " rates[i] " frames/s in interval " i; exit 1 }
            if (delays[i] > 2 * delays[early] + 20) { print "FAIL: delay grew from " delays[early] " to " delays[i] " ms"; exit 1 }
            if (i > early && memory[i] > memory[early] + 5) { print "FAIL: memory grew from " memory[early] " to " memory[i] " MB"; exit 1 }
        }
        print "PASS: rate, delay and memory flat"
    }' "$work/log"
