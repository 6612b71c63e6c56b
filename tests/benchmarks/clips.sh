# SPDX-License-Identifier: LGPL-2.1-or-later
# Clips to measure with; to be sourced by scripts that have set $build (meson's build folder) and $work (for files).
# They pan over a photograph of examples/pictures, so that everything moves in every frame, or stand still with noise.

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

# make_still_clip WIDTH HEIGHT FRAMES QUALITY NAME: the same of a camera that stands still and whose sensor adds noise
# of a deviation of 3 levels of luma; $work/NAME.gray has none. Needs ffmpeg.
make_still_clip() {
    local frame
    "$build/examples/camera_pan" "$pictures/dandelion.png" --width "$1" --height "$2" --frames 1 >"$work/frame.rgb"
    for ((frame = 0; frame < $3; ++frame)); do cat "$work/frame.rgb"; done >"$work/still.rgb"
    launch filesrc "location=$work/still.rgb" ! rawvideoparse format=rgb "width=$1" "height=$2" ! videoconvert \
        ! "$jpeg_colours" ! videoconvert ! "$grey" ! filesink "location=$work/$5.gray"
    # Strength 8 of each colour by itself is a deviation of 3 of luma.
    ffmpeg -nostdin -loglevel error -f rawvideo -pix_fmt rgb24 -s "$1x$2" -i "$work/still.rgb" \
        -vf format=gbrp,noise=alls=8:allf=t:all_seed=1,format=rgb24 -f rawvideo - |
        launch fdsrc ! rawvideoparse format=rgb "width=$1" "height=$2" framerate=30/1 ! videoconvert ! "$jpeg_colours" \
            ! jpegenc "quality=$4" ! avimux ! filesink "location=$work/$5.avi"
    rm "$work/still.rgb" "$work/frame.rgb"
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
