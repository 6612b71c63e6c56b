// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <cstdint>

namespace jpegdeblock_plugin {

/// Checksums of a frame's samples, without padding: they tell whether something has changed them since. Made
/// for speed, not against forgery.
struct FrameChecksums {
    std::uint64_t first = 0;  ///< Of the first plane: luma, or in packed formats everything.
    std::uint64_t other = 0;  ///< Of the others: chroma, where it has planes.

    bool operator==(const FrameChecksums&) const = default;
};

/// frame: mapped for reading.
FrameChecksums checksums_of(const GstVideoFrame& frame);

}  // namespace jpegdeblock_plugin
