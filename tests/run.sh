#!/usr/bin/env bash
# Installs what the tests need, builds everything into build-tests with warnings as errors, and runs all tests.
# The last line of its output is 'N passed, M failed'.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly build=build-tests

packaging/install-packages.sh build run tests training
if [[ ! -e "$build/build.ninja" ]]; then
    meson setup "$build" -Dwerror=true -Dtests=enabled -Dtraining=enabled -Dexamples=enabled -Dbenchmarks=enabled
fi
ninja -C "$build"

status=0
meson test -C "$build" --no-rebuild --print-errorlogs || status=$?
python3 tests/summarize.py "$build/meson-logs/testlog.json" || status=1
exit "$status"
