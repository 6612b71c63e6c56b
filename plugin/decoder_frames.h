// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

#include <optional>

#include "failure.h"

namespace jpegdeblock_plugin {

/// Copies the properties of a jpegdeblockdec for the frame under way. On failure, which names the property,
/// those before stay.
std::optional<Failure> take_settings(GstVideoDecoder* decoder);

/// Whether a buffer may hold both fields of a frame of the size that the caps announce. Only whoever cut the
/// stream into frames, a parser or a demuxer, can have put them into one.
bool may_hold_fields(GstVideoDecoder* decoder);

/// GstVideoDecoderClass::handle_frame of jpegdeblockdec: decodes, restores and pushes a JPEG, or the scans of
/// a progressive one that came since the last call.
GstFlowReturn handle_frame(GstVideoDecoder* decoder, GstVideoCodecFrame* frame);

}  // namespace jpegdeblock_plugin
