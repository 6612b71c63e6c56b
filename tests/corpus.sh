#!/usr/bin/env bash
# tests/corpus.sh FOLDER [BUILD]: decodes all JPEGs below a folder with jpegdeblockdec (strength=0), djpeg and jpegdec,
# the latter two with the accurate transform as well, and tells how often they differ: luma with djpeg, all components
# with jpegdec where it gives the same format. BUILD is the folder of the build, build-tests unless said otherwise.
# Status: 0; 1 where jpegdeblockdec crashes, hangs, or refuses or shows otherwise (by more than one level) what djpeg
# decodes without a warning; 2 where the command line makes no sense; 77 where a program or element is missing.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
if [[ $# -lt 1 || $# -gt 2 || ! -d $1 || ! -d ${2:-$root/build-tests}/plugin ]]; then
    echo "Usage: tests/corpus.sh FOLDER [BUILD]" >&2
    exit 2
fi
build="$(cd "${2:-$root/build-tests}" && pwd)"
export GST_PLUGIN_PATH="$build/plugin" GST_REGISTRY="$build/corpus-registry.bin" GST_REGISTRY_FORK=no
export JPEGDEBLOCK_MODEL_PATH="$root/models"
exec /usr/bin/python3 "$root/tests/corpus/compare.py" "$1"
