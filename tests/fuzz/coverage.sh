#!/usr/bin/env bash
# How much of the library's parsers the inputs of the fuzzers reach: builds what replays them with clang and its
# coverage, runs each on its seeds, tests/fuzz/corpus, tests/fuzz/found and what tests/fuzz/run.sh has kept in
# build-fuzz/corpus, and prints the lines, functions and branches of lib/jpeg and lib/model that any of them reached,
# for each file and in all.
# `llvm-cov show` tells of single lines: build-coverage/merged.profdata.
# Usage: tests/fuzz/coverage.sh [FUZZER...]      for example: tests/fuzz/coverage.sh jpeg_stream jpeg_reader
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly build=build-coverage
for program in clang++ llvm-profdata llvm-cov; do
    if ! command -v "$program" >/dev/null; then
        echo "There is no $program; packaging/install-packages.sh fuzzers installs it." >&2
        exit 77
    fi
done
if [[ ! -e "$build/build.ninja" ]]; then
    compiler=clang++
    command -v ccache >/dev/null && compiler='ccache clang++'
    flags='-fprofile-instr-generate -fcoverage-mapping'
    CXX="$compiler" meson setup "$build" --buildtype=debugoptimized -Dcpp_args="$flags" -Dcpp_link_args="$flags" \
        -Dtests=enabled -Dtraining=disabled -Dplugin=disabled -Dprogram=disabled -Dexamples=disabled \
        -Dbenchmarks=disabled
fi
if [[ $# -eq 0 ]]; then
    # All that reach these folders.
    fuzzers=(jpeg_stream jpeg_reader coefficients picture_restorer estimation model_file golden_file)
else
    fuzzers=("$@")
fi
objects=()
for name in "${fuzzers[@]}"; do objects+=("tests/fuzz/${name}_replay"); done
ninja -C "$build" "${objects[@]}"

profiles=()
for name in "${fuzzers[@]}"; do
    inputs=()
    for folder in "tests/fuzz/corpus/$name" "tests/fuzz/found/$name" "build-fuzz/corpus/$name"; do
        [[ -d "$folder" ]] && inputs+=("$folder")
    done
    profiles+=("$build/$name.profraw")
    echo -n "$name: "
    OMP_NUM_THREADS=1 LLVM_PROFILE_FILE="$build/$name.profraw" "$build/tests/fuzz/${name}_replay" "${inputs[@]}"
done
llvm-profdata merge -sparse -o "$build/merged.profdata" "${profiles[@]}"
arguments=("$build/${objects[0]}")
for object in "${objects[@]:1}"; do arguments+=(-object "$build/$object"); done
llvm-cov export -summary-only -instr-profile "$build/merged.profdata" "${arguments[@]}" |
    python3 -c '
import collections, json, os, sys

kinds = ("lines", "functions", "branches")
totals = collections.defaultdict(lambda: [[0, 0] for _ in kinds])
print("%-34s %16s %16s %16s" % (("",) + kinds))
def tell(name, counts):
    print("%-34s " % name + " ".join("%5d of %5d" % tuple(count) + "   " for count in counts))
for file in json.load(sys.stdin)["data"][0]["files"]:
    name = os.path.relpath(file["filename"])
    if os.path.dirname(name) not in ("lib/jpeg", "lib/model"): continue
    counts = [[file["summary"][kind]["covered"], file["summary"][kind]["count"]] for kind in kinds]
    tell(name, counts)
    for total, count in zip(totals[os.path.dirname(name)], counts):
        total[0] += count[0]
        total[1] += count[1]
for name, counts in sorted(totals.items()):
    tell("all of " + name, counts)
'
