# SPDX-License-Identifier: LGPL-2.1-or-later
# Clips to measure with; to be sourced by scripts that have set $build (meson's build folder) and $work (for files).
# They pan over a photograph of examples/pictures, so that everything moves in every frame.

# A JPEG holds full-range BT.601.
readonly jpeg_colours='video/x-raw,format=I420,colorimetry=1:4:0:0'
readonly grey='video/x-raw,format=GRAY8,colorimetry=1:4:0:0'
readonly pictures="$(dirname "${BASH_SOURCE[0]}")/../../examples/pictures"

launch() {
    gst-launch-1.0 --quiet "$@"
}

# make_clip WIDTH HEIGHT FRAMES QUALITY NAME: $work/NAME.avi, Motion JPEG, and $work/NAME.gray, the luma it was made of
make_clip() {
    local photograph="$pictures/dandelion.png"
    if (($1 > 1000)); then
        photograph="$work/large.png"
        [[ -e "$photograph" ]] || launch filesrc "location=$pictures/dandelion.png" ! pngdec ! videoconvert \
            ! videoscale method=lanczos ! video/x-raw,format=RGB,width=2560,height=1440 ! pngenc \
            ! filesink "location=$photograph"
    fi
    "$build/examples/camera_pan" "$photograph" --width "$1" --height "$2" --frames "$3" |
        launch fdsrc ! rawvideoparse format=rgb "width=$1" "height=$2" framerate=30/1 ! videoconvert ! "$jpeg_colours" \
            ! tee name=original \
            original. ! queue ! jpegenc "quality=$4" ! avimux ! filesink "location=$work/$5.avi" \
            original. ! queue ! videoconvert ! "$grey" ! filesink "location=$work/$5.gray"
}

use_plugin_of_build() {
    export GST_PLUGIN_PATH="$build/plugin" GST_REGISTRY="$work/registry.bin"
    export JPEGDEBLOCK_MODEL_PATH="${JPEGDEBLOCK_MODEL_PATH:-$build/../models}"
    gst-inspect-1.0 jpegdeblock >/dev/null
}

has_model() {
    local folder
    local -a folders
    IFS=: read -r -a folders <<<"$JPEGDEBLOCK_MODEL_PATH"
    for folder in "${folders[@]}"; do
        [[ ! -e "$folder/$1.safetensors" ]] || return 0
    done
    return 1
}
