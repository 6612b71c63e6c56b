#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs tests under sanitizers, in a build of their own.
# Usage: tests/sanitized.sh address [TEST...]   AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer
#        tests/sanitized.sh thread [TEST...]    ThreadSanitizer
#        tests/sanitized.sh valgrind [TEST...]  valgrind, for what goes with no sanitizer: LibTorch and Python
# Default: all tests that go with it. What is found ends a test. What is suppressed, and why, is said in
# tests/suppressions/; the last results are in docs/trust.md.
set -euo pipefail

usage() {
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed -n '3,8p' >&2
    exit 2
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
[[ $# -gt 0 ]] || usage
readonly sanitizer="$1" suppressions="$PWD/tests/suppressions"
shift
tests=("$@")
options=(--buildtype=debugoptimized -Db_lundef=false -Dtests=enabled -Dbenchmarks=disabled)
run=(--timeout-multiplier 10)
case "$sanitizer" in
    address)
        # LibTorch is built without, and its containers, which its headers share with the trainer, would be reported.
        build=build-sanitized
        options+=(-Db_sanitize=address,undefined -Dtraining=disabled -Dexamples=enabled)
        # GLib has no frame pointers: without its unwinder nothing would be known of who leaks.
        export ASAN_OPTIONS="strict_string_checks=1:detect_stack_use_after_return=1:fast_unwind_on_malloc=0"
        export LSAN_OPTIONS="suppressions=$suppressions/leaks.txt:print_suppressions=0"
        # Without halt_on_error, undefined behaviour would be printed and pass.
        export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"
        ;;
    thread)
        build=build-thread
        options+=(-Db_sanitize=thread -Dtraining=disabled -Dexamples=disabled)
        # GLib, GStreamer, oneDNN and OpenMP are built without: what they do to memory cannot be judged. What GLib
        # synchronizes is told by tests/threads/glib_synchronization.cpp.
        export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:history_size=4:ignore_noninstrumented_modules=1"
        # The programs that other tests start are not made with it.
        [[ ${#tests[@]} -gt 0 ]] || tests=(threads stream-threads plugin log model engine picture restore temporal)
        ;;
    valgrind)
        build=build-valgrind
        options+=(-Dtraining=auto -Dexamples=disabled)
        # Errors alone: what Python and LibTorch never free is theirs.
        run=(--timeout-multiplier 100 --wrapper "valgrind --quiet --error-exitcode=9 --leak-check=no
            --trace-children=yes --suppressions=$suppressions/valgrind.supp")
        # Python's own allocator reads beside what it gave.
        export PYTHONMALLOC=malloc
        [[ ${#tests[@]} -gt 0 ]] || tests=(training python)
        ;;
    *) usage ;;
esac
if [[ ! -e "$build/build.ninja" ]]; then
    meson setup "$build" "${options[@]}"
fi
# Builds what these tests need and no more.
meson test -C "$build" --print-errorlogs "${run[@]}" "${tests[@]}"
