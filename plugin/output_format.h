// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

#include <jpegdeblock/picture.h>
#include <span>

namespace jpegdeblock_plugin {

/// What jpegdeblockdec's raw frames are like.
struct OutputFormat {
    GstVideoFormat format;
    GstVideoInterlaceMode mode;
    guint width;
    guint height;
};

/// The raw formats that a picture of that layout can be written in, the usual one first. None: it cannot.
std::span<const GstVideoFormat> formats_of(jpegdeblock::PictureLayout layout);

/// Which of `formats` to write in: the present one among them where keep_present, else the first that
/// downstream likes, the first of them where it does not care.
GstVideoFormat choose_format(GstVideoDecoder* decoder, std::span<const GstVideoFormat> formats,
                             bool keep_present);

/// Whether frames are of that format at present.
bool is_negotiated(GstVideoDecoder* decoder, const OutputFormat& output);

/// Whether downstream would take such frames. Before the first frame, nobody asks it.
bool is_accepted(GstVideoDecoder* decoder, const OutputFormat& output);

/// Sets the output's state to that format, to be negotiated. input: may be null. false: it cannot be.
bool set_output(GstVideoDecoder* decoder, const OutputFormat& output, GstVideoCodecState* input);

}  // namespace jpegdeblock_plugin
