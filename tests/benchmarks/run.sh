#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Measures speed and prints tables; what stands in one row was measured in the same run, alternately.
# Usage: tests/benchmarks/run.sh BUILD-FOLDER [engine] [processors] [libtorch] [onnxruntime] [pipelines] [start] [late]
#
# Without names: all. `libtorch` needs a build with -Dtraining=enabled; `onnxruntime` needs node, and in
# ONNXRUNTIME_NODE the folder node_modules into which `npm install onnxruntime-node` went. `pipelines`, `start` and
# `late` use the models of JPEGDEBLOCK_MODEL_PATH, by default those of the repository. `processors` measures
# 640x480 as on four kinds of processors; SIZES and INSTRUCTIONS name others.
set -euo pipefail
export LC_ALL=C

if [[ ! -d "${1-}" ]]; then
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '3,9p' >&2
    exit 2
fi
build="$(realpath "$1")"
readonly build
shift
readonly -a sections=("${@:-all}")
work="$(mktemp -d)"
readonly work
trap 'rm -rf "$work"' EXIT
source "$(dirname "${BASH_SOURCE[0]}")/clips.sh"
readonly programs="$build/tests/benchmarks"
threads="${THREADS:-$(nproc)}"
readonly threads

wanted() {
    [[ " ${sections[*]} " == *" $1 "* || "${sections[0]}" == all ]]
}

size_of() {
    case "$1" in
        fast) echo 1920 1080 ;;
        balanced) echo 1280 720 ;;
        *) echo 640 480 ;;
    esac
}

# engine_times NAME PRECISION SECONDS: milliseconds a frame, and of the bare convolutions. OpenMP's threads, which
# compute the bare ones, would otherwise spin for milliseconds after them and take a core from the frame that follows.
engine_times() {
    local width height
    read -r width height <<<"$(size_of "$1")"
    OMP_WAIT_POLICY=passive "$programs/engine_benchmark" --benchmark_format=csv --benchmark_min_time="$3" \
        --benchmark_filter="^frame/$1/$2/${width}x$height/threads:$threads/" 2>/dev/null |
        awk -F, '$1 == "name" { for (i = 1; i <= NF; ++i) { gsub("\"", "", $i); column[$i] = i } }
                 $1 ~ /frame/ { printf "%.2f %.2f\n", $column["real_time"], $column["bare_ms"] }'
}

print_engine() {
    echo "== Engine against oneDNN's bare convolutions ($threads threads; ms a frame)"
    printf '%-9s %-10s %9s %9s %6s   %9s %9s %6s\n' network size 'int8 bare' engine ratio 'f32 bare' engine ratio
    local name width height engine bare engine_f32 bare_f32
    for name in fast balanced best dncnn; do
        read -r width height <<<"$(size_of "$name")"
        read -r engine bare <<<"$(engine_times "$name" int8 2)"
        read -r engine_f32 bare_f32 <<<"$(engine_times "$name" f32 2)"
        awk -v name="$name" -v size="${width}x$height" -v a="$bare" -v b="$engine" -v c="$bare_f32" -v d="$engine_f32" 'BEGIN {
            printf "%-9s %-10s %9.1f %9.1f %6.2f   %9.1f %9.1f %6.2f\n", name, size, a, b, a / b, c, d, c / d }'
    done
}

# cpu_times NAME PRECISION SIZE INSTRUCTIONS: milliseconds of CPU time a frame on one thread, as on a processor that has
# no more than those instructions.
cpu_times() {
    ONEDNN_MAX_CPU_ISA="$4" OMP_WAIT_POLICY=passive "$programs/engine_benchmark" --benchmark_format=csv \
        --benchmark_min_time=0.5 --benchmark_filter="^frame/$1/$2/$3/threads:1/" 2>/dev/null |
        awk -F, '$1 == "name" { for (i = 1; i <= NF; ++i) { gsub("\"", "", $i); column[$i] = i } }
                 $1 ~ /frame/ { printf "%.2f\n", $column["cpu_ms"] }'
}

print_processors() {
    echo "== f32 against int8 by instructions (one thread; CPU ms a frame)"
    printf '%-18s %-9s %-9s %9s %9s %9s\n' instructions network size f32 int8 f32/int8
    local instructions name size f32 int8
    for instructions in ${INSTRUCTIONS:-SSE41 AVX2 AVX512_CORE AVX512_CORE_VNNI}; do
        for size in ${SIZES:-640x480}; do
            for name in fast balanced best; do
                f32="$(cpu_times "$name" f32 "$size" "$instructions")"
                int8="$(cpu_times "$name" int8 "$size" "$instructions")"
                if [[ -z "$f32" || -z "$int8" ]]; then
                    echo "engine_benchmark has no $name of $size." >&2
                    continue
                fi
                awk -v instructions="$instructions" -v name="$name" -v size="$size" -v a="$f32" -v b="$int8" 'BEGIN {
                    printf "%-18s %-9s %-9s %9.1f %9.1f %9.2f\n", instructions, name, size, a, b, a / b }'
            done
        done
    done
}

print_libtorch() {
    echo "== Against LibTorch in f32, the faster of eager and frozen TorchScript ($threads threads; ms a frame)"
    printf '%-9s %-10s %9s %9s %9s %9s %12s %12s\n' network size eager frozen 'ours int8' 'ours f32' 'int8 faster' 'f32 faster'
    local name width height eager frozen int8 f32 unused
    for name in fast balanced best dncnn; do
        read -r width height <<<"$(size_of "$name")"
        read -r int8 unused <<<"$(engine_times "$name" int8 1)"
        read -r unused eager unused frozen <<<"$("$programs/libtorch_benchmark" "$name" "$width" "$height" "$threads" 2)"
        [[ -n "$frozen" ]] || return 1
        read -r f32 unused <<<"$(engine_times "$name" f32 1)"
        awk -v name="$name" -v size="${width}x$height" -v e="$eager" -v f="$frozen" -v i="$int8" -v o="$f32" 'BEGIN {
            t = e < f ? e : f
            printf "%-9s %-10s %9.1f %9.1f %9.1f %9.1f %12.1f %12.1f\n", name, size, e, f, i, o, t / i, t / o }'
    done
}

print_onnxruntime() {
    echo "== Against ONNX Runtime ($threads threads; ms a frame; without the shuffles, which ours includes)"
    printf '%-9s %-10s %9s %9s %9s %9s %14s %15s\n' network size 'ORT fp32' 'ORT int8' 'ours int8' 'ours f32' 'fp32/our int8' 'int8/our int8'
    local name width height int8 f32 unused theirs_f32 theirs_int8
    for name in fast balanced best dncnn; do
        read -r width height <<<"$(size_of "$name")"
        "$programs/onnx_export" "$name" "$width" "$height" "$work"
        read -r int8 unused <<<"$(engine_times "$name" int8 1)"
        theirs_int8="$(node "$(dirname "${BASH_SOURCE[0]}")/onnxruntime.cjs" "$ONNXRUNTIME_NODE" "$work/$name-int8.onnx" "$threads" 2)"
        theirs_f32="$(node "$(dirname "${BASH_SOURCE[0]}")/onnxruntime.cjs" "$ONNXRUNTIME_NODE" "$work/$name-f32.onnx" "$threads" 2)"
        read -r f32 unused <<<"$(engine_times "$name" f32 1)"
        awk -v name="$name" -v size="${width}x$height" -v a="$theirs_f32" -v b="$theirs_int8" -v i="$int8" -v f="$f32" 'BEGIN {
            printf "%-9s %-10s %9.1f %9.1f %9.1f %9.1f %14.1f %15.2f\n", name, size, a, b, i, f, a / i, b / i }'
        rm "$work/$name-f32.onnx" "$work/$name-int8.onnx"
    done
}

readonly decode='jpegdec idct-method=islow'

make_clips() {
    local size
    use_plugin_of_build
    for size in 640x480 1280x720 1920x1080; do
        make_clip "${size%x*}" "${size#*x}" 60 50 "$size"
    done
}

# play CLIP ELEMENTS OPTION...: frames a second, CPU ms a frame, peak MB
play() {
    "$programs/pipeline_benchmark" play "$work/$1.avi" "$2" "${@:3}" |
        sed -E 's/^([0-9.]+) frames\/s  ([0-9.]+) ms.*at most ([0-9]+) MB.*/\1 \2 \3/'
}

print_pipelines() {
    echo "== Pipelines with decoding, appsrc ! $decode ! jpegdeblock ! fakesink (frames/s; * jpegdeblockdec instead)"
    printf '%-9s %-10s %8s | %9s %9s %9s %9s | %7s %9s\n' model size threads moving 'moving *' still 'still/mov' 'CPU ms' 'peak MB +'
    local model size count moving cpu memory coded still base unused
    for size in 640x480 1280x720 1920x1080; do
        read -r unused unused base <<<"$(play "$size" "$decode" --frames 30)"
        for model in fast balanced best; do
            has_model "$model" || continue
            for count in 1 2; do
                read -r moving cpu memory <<<"$(play "$size" "$decode ! jpegdeblock preset=$model threads=$count" --frames 75)"
                read -r coded unused <<<"$(play "$size" "jpegdeblockdec preset=$model threads=$count" --frames 75)"
                read -r still unused <<<"$(play "$size" "$decode ! jpegdeblock preset=$model threads=$count" --frames 300 --still)"
                awk -v model="$model" -v size="$size" -v count="$count" -v m="$moving" -v c="$coded" -v s="$still" \
                    -v cpu="$cpu" -v memory="$((memory - base))" 'BEGIN {
                    printf "%-9s %-10s %8d | %9.1f %9.1f %9.1f %9.1f | %7.1f %9d\n", model, size, count, m, c, s, s / m, cpu, memory }'
            done
        done
    done
}

print_start() {
    echo "== From making the elements (the plugin is not loaded yet) to the first restored frame of 640x480"
    local elements
    for elements in "$decode ! jpegdeblock" "$decode ! jpegdeblock preset=balanced" "jpegdeblockdec preset=balanced"; do
        printf '%-60s %s\n' "$elements" "$("$programs/pipeline_benchmark" first "$work/640x480.avi" "$elements")"
    done
}

print_late() {
    echo "== A live source, balanced at 1280x720, late=pass"
    local rate
    for rate in 25 34 60; do
        printf 'camera of %d frames/s:\n' "$rate"
        "$programs/pipeline_benchmark" camera "$work/1280x720.avi" \
            "$decode ! queue max-size-buffers=1 ! jpegdeblock preset=balanced name=filter" \
            --rate "$rate" --seconds 8 --interval 4
    done
}

if wanted engine; then print_engine; fi
if wanted processors; then print_processors; fi
if wanted libtorch && [[ -x "$programs/libtorch_benchmark" ]]; then print_libtorch; fi
if wanted onnxruntime && [[ -n "${ONNXRUNTIME_NODE-}" ]]; then print_onnxruntime; fi
if wanted pipelines || wanted start || wanted late; then make_clips; fi
if wanted pipelines; then print_pipelines; fi
if wanted start; then print_start; fi
if wanted late; then print_late; fi
