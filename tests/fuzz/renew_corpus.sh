#!/usr/bin/env bash
# Makes tests/fuzz/corpus/NAME of each fuzzer anew: of what is there, what tests/fuzz/run.sh has kept in
# build-fuzz/corpus and the seeds, as few and as small inputs as reach the same edges of the code. (libFuzzer keeps
# twenty times as much, as it also counts how often each is passed.) Inputs of more than 1500 bytes are left out: what
# is as long as that the seeds are for.
# Usage: tests/fuzz/renew_corpus.sh [FUZZER...]     after tests/fuzz/run.sh, which builds them
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly build=build-fuzz
fuzzers=("$@")
if [[ $# -eq 0 ]]; then
    for program in "$build"/tests/fuzz/*_fuzzer; do fuzzers+=("$(basename "${program%_fuzzer}")"); done
fi
export ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=2500:detect_stack_use_after_return=0
export LSAN_OPTIONS=suppressions=tests/fuzz/leaks.txt:print_suppressions=0 OMP_NUM_THREADS=1
for name in "${fuzzers[@]}"; do
    folder="$(mktemp -d)"
    mkdir "$folder/all" "$folder/kept"
    for source in "tests/fuzz/corpus/$name" "$build/corpus/$name" "$build/seeds/$name"; do
        [[ ! -d "$source" ]] || find "$source" -type f -size -1501c -exec cp -t "$folder/all" {} +
    done
    "$build/tests/fuzz/${name}_fuzzer" -set_cover_merge=1 -use_counters=0 -timeout=120 -rss_limit_mb=3000 "$folder/kept" \
        "$folder/all" 2>"$build/logs/$name/merge"
    rm -rf "tests/fuzz/corpus/$name"
    mkdir -p "tests/fuzz/corpus/$name"
    cp "$folder"/kept/* "tests/fuzz/corpus/$name/"
    rm -rf "$folder"
    echo "$name: $(find "tests/fuzz/corpus/$name" -type f | wc -l) inputs"
done
