#!/usr/bin/env bash
# Shows a webcam's Motion JPEG, restored; a frame that comes too late is dropped before it costs anything.
# Usage: webcam.sh [DEVICE]      (default: /dev/video0)
set -euo pipefail

gst-launch-1.0 v4l2src "device=${1:-/dev/video0}" ! image/jpeg ! queue leaky=downstream max-size-buffers=1 \
    ! jpegdec idct-method=islow ! jpegdeblock ! videoconvert ! autovideosink
