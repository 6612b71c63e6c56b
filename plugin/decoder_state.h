// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

#include "frame_deadline.h"
#include "frame_faults.h"
#include "frame_finder.h"
#include "jpegdeblock_decoder.h"
#include "latency.h"
#include "picture_decoder.h"
#include "restoration.h"
#include "settings.h"

namespace jpegdeblock_plugin {

/// A JPEG that comes to handle_frame in pieces, each a scan or more, each as a frame of its own.
struct PiecewiseJpeg {
    bool begun = false;                       ///< A piece has come, and not the last one.
    bool next_piece_is_last = true;           ///< What parse found.
    bool lost = false;                        ///< It cannot be shown; the rest of it is ignored.
    GstClockTime time = GST_CLOCK_TIME_NONE;  ///< Of its first picture.
    GstClockTime duration = GST_CLOCK_TIME_NONE;
};

/// What jpegdeblockdec keeps.
struct DecoderState {
    static constexpr guint64 kDefaultMaxPixels = guint64{1} << 28;

    explicit DecoderState(GstObject* owner) : restoration(owner), faults(restoration.statistics()) {}

    // As the properties say. Guarded by the object lock.
    Settings settings;
    bool drops_late = false;  ///< What `late` has last set `qos` to.
    bool progressive = false;
    guint progressive_interval = 0;          ///< Milliseconds.
    guint64 max_pixels = kDefaultMaxPixels;  ///< 0: no limit.

    // The streaming thread's own.
    Settings frame_settings;  ///< Those of the frame under way.
    Restoration restoration;
    FrameFaults faults;
    Latency latency;
    FrameDeadline deadline;
    FrameFinder finder;
    bool first_field_found = false;  ///< The JPEG that parse follows is a second field.
    PictureDecoder pictures;
    PiecewiseJpeg pieces;
    GstClockTime skipped_time = GST_CLOCK_TIME_NONE;  ///< Of a JPEG without a picture just before.
    gint64 last_picture = G_MININT64;  ///< When the last one was pushed, in microseconds of monotonic time.
    GstVideoCodecState* input = nullptr;
    bool input_changed = false;  ///< Since the output was negotiated.
};

}  // namespace jpegdeblock_plugin

struct _GstJpegDeblockDec {
    GstVideoDecoder parent;
    jpegdeblock_plugin::DecoderState* state;
};

namespace jpegdeblock_plugin {

/// object: a GstJpegDeblockDec.
inline DecoderState& state_of(gpointer object) {
    return *GST_JPEG_DEBLOCK_DEC(object)->state;
}

}  // namespace jpegdeblock_plugin
