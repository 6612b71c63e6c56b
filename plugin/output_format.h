// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

#include <span>

namespace jpegdeblock_plugin {

/// What jpegdeblockdec's raw frames are like.
struct OutputFormat {
    GstVideoFormat format;
    GstVideoInterlaceMode mode;
    guint width;
    guint height;
};

/// For the picture that was read, which can be written in any of `formats`: the present one among them, else
/// the first that downstream likes, the first of them where it does not care.
OutputFormat choose_output(GstVideoDecoder* decoder, std::span<const GstVideoFormat> formats);

/// Whether frames are of that format at present.
bool is_negotiated(GstVideoDecoder* decoder, const OutputFormat& output);

/// Whether downstream would take such frames. Before the first frame, nobody asks it.
bool is_accepted(GstVideoDecoder* decoder, const OutputFormat& output);

/// Changes to that format. What was learnt of frames before is forgotten.
GstFlowReturn negotiate(GstVideoDecoder* decoder, const OutputFormat& output);

}  // namespace jpegdeblock_plugin
