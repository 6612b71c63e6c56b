// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <jpegdeblock/picture.h>

namespace jpegdeblock_plugin {

/// Whether frames of the format have chroma in planes, at the sampling that JPEGs have.
bool has_planar_chroma(const GstVideoInfo& info);

/// The frame as the library takes it: valid while it is mapped. Without chroma where the format does not have
/// it in planes (has_planar_chroma).
jpegdeblock::Picture picture_of(const GstVideoFrame& frame);

}  // namespace jpegdeblock_plugin
