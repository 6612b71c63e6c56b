#!/usr/bin/env bash
# Builds gst-jpegdeblock on a fresh Debian 12 or 13, compresses the sample photographs and a camera pan hard, restores
# them with gst-launch-1.0 and measures the result against the originals. Everything it makes lies in demo-output/.
# Usage: examples/demo.sh [PRESET]      (default: balanced)
set -euo pipefail
export LC_ALL=C

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly preset="${1:-balanced}"
readonly build=build-demo
readonly output=demo-output
readonly frames=60

echo "== Installing what is missing and building"
packaging/install-packages.sh build run
if [[ ! -e "$build/build.ninja" ]]; then
    meson setup "$build" --buildtype=release -Dtests=disabled -Dtraining=disabled -Dexamples=enabled >/dev/null
fi
ninja -C "$build" --quiet
set +u # meson's lines extend variables that need not exist yet
eval "$(meson devenv -C "$build" --dump)"
set -u
readonly programs="$build/examples"

mkdir -p "$output"
work="$(mktemp -d -p "$output")"
readonly work
trap 'rm -rf "$work"' EXIT

launch() {
    gst-launch-1.0 --quiet "$@"
}

# A JPEG holds full-range BT.601, so that is what the encoder must be given; and luma alone is compared as it is.
readonly jpeg_colours='video/x-raw,format=I420,colorimetry=1:4:0:0'
readonly grey='video/x-raw,format=GRAY8,colorimetry=1:4:0:0'
readonly -a decode=(jpegdec idct-method=islow)
readonly -a restore=("${decode[@]}" ! jpegdeblock "preset=$preset")

print_heading() {
    printf '%-22s %9s   %-18s %-18s %s\n' "$1" 'kB' 'PSNR, dB' 'PSNR-B, dB' 'SSIM'
}

# print_row LABEL COMPRESSED_FILE REFERENCE BEFORE AFTER
print_row() {
    local scores kilobytes
    read -r -a scores <<<"$("$programs/compare_pictures" measure "$3" "$4" "$5")"
    kilobytes="$(awk -v bytes="$(stat --format=%s "$2")" 'BEGIN { printf "%.1f", bytes / 1000 }')"
    printf '%-22s %9s   %-18s %-18s %s\n' "$1" "$kilobytes" "${scores[0]} -> ${scores[1]}" \
        "${scores[2]} -> ${scores[3]}" "${scores[4]} -> ${scores[5]}"
}

echo
echo "== Photographs, luma against the original: JPEG -> restored (preset=$preset)"
print_heading 'photograph, quality'
for photograph in examples/pictures/*.png; do
    name="$(basename "$photograph" .png)"
    launch filesrc "location=$photograph" ! pngdec ! videoconvert ! "$jpeg_colours" ! videoconvert ! "$grey" \
        ! pngenc ! filesink "location=$work/original.png"
    for quality in 10 20 50; do
        result="$output/$name-q$quality"
        launch filesrc "location=$photograph" ! pngdec ! videoconvert ! "$jpeg_colours" \
            ! jpegenc "quality=$quality" ! filesink "location=$result.jpg"
        launch filesrc "location=$result.jpg" ! "${decode[@]}" ! tee name=decoded \
            decoded. ! queue ! videoconvert ! pngenc ! filesink "location=$work/jpeg-colour.png" \
            decoded. ! queue ! videoconvert ! "$grey" ! pngenc ! filesink "location=$work/jpeg.png"
        launch filesrc "location=$result.jpg" ! "${restore[@]}" ! tee name=restored \
            restored. ! queue ! videoconvert ! pngenc ! filesink "location=$result-restored.png" \
            restored. ! queue ! videoconvert ! "$grey" ! pngenc ! filesink "location=$work/restored.png"
        print_row "$name, $quality" "$result.jpg" "$work/original.png" "$work/jpeg.png" "$work/restored.png"
        "$programs/compare_pictures" compose "$work/jpeg-colour.png" "$result-restored.png" \
            "$result-before-after.png"
    done
done

# write_luma FILE FOLDER: every frame of an MJPEG clip as a grey PNG
write_luma() {
    mkdir "$2"
    launch filesrc "location=$1" ! matroskademux ! "${decode[@]}" ! videoconvert ! "$grey" \
        ! pngenc compression-level=1 ! multifilesink "location=$2/%03d.png"
}

# frames_per_second ELEMENT...: how fast the clip runs through; gst-launch starts its clock when the first frame is done
frames_per_second() {
    gst-launch-1.0 filesrc "location=$output/pan.mkv" ! matroskademux ! "$@" ! fakesink sync=false |
        awk -F '[ :]' -v frames="$((frames - 1))" \
            '/^Execution ended after/ { printf "%.1f", frames / ($4 * 3600 + $5 * 60 + $6) }'
}

echo
echo "== A camera pan, Motion JPEG 640x480, $frames frames at quality 20, restored into a new file at quality 95"
mkdir "$work/pan-original"
"$programs/camera_pan" --width 640 --height 480 --frames "$frames" examples/pictures/dandelion.png |
    launch fdsrc ! rawvideoparse format=rgb width=640 height=480 framerate=30/1 ! videoconvert ! "$jpeg_colours" \
        ! tee name=original \
        original. ! queue ! jpegenc quality=20 ! matroskamux ! filesink "location=$output/pan.mkv" \
        original. ! queue ! videoconvert ! "$grey" ! pngenc compression-level=1 \
        ! multifilesink "location=$work/pan-original/%03d.png"
launch filesrc "location=$output/pan.mkv" ! matroskademux ! "${restore[@]}" ! jpegenc quality=95 ! matroskamux \
    ! filesink "location=$output/pan-restored.mkv"
launch compositor name=both sink_1::xpos=640 ! videoconvert ! jpegenc quality=95 ! matroskamux \
    ! filesink "location=$output/pan-before-after.mkv" \
    filesrc "location=$output/pan.mkv" ! matroskademux ! "${decode[@]}" ! tee name=decoded \
    decoded. ! queue ! both.sink_0 \
    decoded. ! queue ! jpegdeblock "preset=$preset" ! both.sink_1
write_luma "$output/pan.mkv" "$work/pan-jpeg"
write_luma "$output/pan-restored.mkv" "$work/pan-restored"
print_heading 'clip'
print_row 'pan, mean of frames' "$output/pan.mkv" "$work/pan-original" "$work/pan-jpeg" "$work/pan-restored"
echo
printf '%-36s %9s frames/s\n' 'decoded' "$(frames_per_second "${decode[@]}")"
printf '%-36s %9s frames/s\n' "decoded and restored ($(nproc) CPUs)" "$(frames_per_second "${restore[@]}")"

echo
echo "The files are in $output/; look at $output/tulips-q20-before-after.png and $output/pan-before-after.mkv first."
