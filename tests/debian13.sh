#!/usr/bin/env bash
# Makes a root of Debian 13 from Debian's mirror, copies the source tree into it, and runs there what a user of that
# release would: examples/demo.sh and tests/run.sh. The last line of its output is that of tests/run.sh.
# Usage: tests/debian13.sh [COMMAND...]      (default: both; a command runs in the copy of the source tree instead)
#
# Needs root, mmdebstrap and 10 GB. The root is kept in build-debian13/, with what was built in it, and used again.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/debian_root.sh

make_root build-debian13 trixie --include=ca-certificates,ccache
if [[ $# -gt 0 ]]; then
    run_inside "$@"
else
    run_inside examples/demo.sh
    run_inside tests/run.sh
fi
