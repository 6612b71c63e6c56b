#!/usr/bin/env bash
# Builds the fuzzers with clang, AddressSanitizer, UndefinedBehaviorSanitizer and libFuzzer, and runs each for so many
# seconds, as many at once as there are processors, on what it has kept so far, its seeds, tests/fuzz/corpus and
# tests/fuzz/found, and the JPEGs of tests/data. What adds to the coverage is kept in build-fuzz/corpus, of which
# tests/fuzz/renew_corpus.sh makes tests/fuzz/corpus; an input that ends a fuzzer is in build-fuzz/artifacts. The
# status is 0 if none did.
# Usage: tests/fuzz/run.sh SECONDS [FUZZER...]      for example: tests/fuzz/run.sh 3600 jpeg_stream model_file
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [[ $# -eq 0 ]]; then
    echo "usage: $0 SECONDS [FUZZER...]" >&2
    exit 1
fi
readonly build=build-fuzz seconds="$1"
shift
if ! command -v clang++ >/dev/null; then
    echo "There is no clang++; packaging/install-packages.sh fuzzers installs it." >&2
    exit 77
fi
if [[ ! -e "$build/build.ninja" ]]; then
    compiler=clang++
    command -v ccache >/dev/null && compiler='ccache clang++'
    CXX="$compiler" meson setup "$build" --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false \
        -Dcpp_args=-fsanitize=fuzzer-no-link,float-cast-overflow -Dfuzzers=enabled -Dtests=enabled \
        -Dtraining="${TRAINING:-auto}" -Dplugin=disabled -Dprogram=disabled -Dexamples=disabled -Dbenchmarks=disabled
fi
if [[ $# -eq 0 ]]; then
    mapfile -t fuzzers < <(ninja -C "$build" -t targets all | sed -n 's|^tests/fuzz/\(.*\)_fuzzer:.*|\1|p' | sort)
else
    fuzzers=("$@")
fi
targets=()
for name in "${fuzzers[@]}"; do targets+=("tests/fuzz/${name}_fuzzer" "tests/fuzz/${name}_replay"); done
ninja -C "$build" "${targets[@]}"

# matio believes what a file claims, and LibTorch's archives leak where they are damaged: docs/trust.md.
export ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=2500:detect_stack_use_after_return=0
export LSAN_OPTIONS=suppressions=tests/fuzz/leaks.txt:print_suppressions=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# One thread is what each fuzzer has; oneDNN's OpenMP needs no others.
export OMP_NUM_THREADS=1

run() {
    local name="$1" folder
    for folder in seeds corpus artifacts logs; do mkdir -p "$build/$folder/$name"; done
    "$build/tests/fuzz/${name}_replay" --write-seeds "$build/seeds/$name"
    local folders=("$build/corpus/$name" "$build/seeds/$name")
    # Not every fuzzer has all of these.
    for folder in "tests/fuzz/corpus/$name" "tests/fuzz/found/$name" "tests/data/${name%%_*}"; do
        [[ -d "$folder" ]] && folders+=("$folder")
    done
    local status=0
    "$build/tests/fuzz/${name}_fuzzer" -max_total_time="$seconds" -timeout=120 -rss_limit_mb=3000 -print_final_stats=1 \
        -artifact_prefix="$build/artifacts/$name/" "${folders[@]}" >"$build/logs/$name/log" 2>&1 || status=$?
    awk -v name="$name" '
        / cov: / { for (i = 1; i < NF; ++i) { if ($i == "cov:") cov = $(i + 1); if ($i == "corp:") corpus = $(i + 1) } }
        /number_of_executed_units/ { runs = $2 }
        END { printf "%s: %d executions, %d edges, corpus %s\n", name, runs, cov, corpus }' "$build/logs/$name/log"
    if [[ $status -ne 0 ]]; then
        echo "FAILED: $name; $build/logs/$name/log ends with"
        tail -n 40 "$build/logs/$name/log"
    fi
    return "$status"
}
export -f run
export build seconds
printf '%s\0' "${fuzzers[@]}" | xargs -0 -P "$(nproc)" -I{} bash -euo pipefail -c 'run {}'
