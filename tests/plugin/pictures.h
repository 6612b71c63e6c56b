// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"

namespace jpegdeblock_test {

/// Where the bytes of a pixel lie, written down by hand from the formats' definitions: independent of
/// GStreamer's tables, which the plugin uses. Luma, or R, G and B, are in the first plane of each.
struct PixelLayout {
    GstVideoFormat format;
    int bytes;             ///< From pixel to pixel in the first plane.
    int luma;              ///< Offset of luma in it, -1 for RGB.
    int red, green, blue;  ///< Offsets, unless there is luma.
};
const std::vector<PixelLayout>& pixel_layouts();
const PixelLayout& layout_of(GstVideoFormat format);

/// An upright or padded frame's layout and its bytes.
struct Picture {
    GstVideoInfo info;  ///< Strides and offsets as in `bytes`.
    std::vector<std::uint8_t> bytes;
};

/// A picture of that format and luma; chroma, alpha and padding are seeded random bytes. `padding` more bytes
/// are at the end of each row and between planes. Rows of chroma are those of `mode`.
Picture picture_of(GstVideoFormat format, const jpegdeblock::LumaImage& luma, int padding = 0,
                   GstVideoInterlaceMode mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE);

/// The same of random_luma.
Picture random_picture(GstVideoFormat format, int width, int height, int padding = 0,
                       GstVideoInterlaceMode mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE);

/// A soft seeded picture with edges.
jpegdeblock::LumaImage random_luma(int width, int height, std::uint32_t seed = 7);

/// The same once compressed as JPEG and decoded.
jpegdeblock::LumaImage compressed_luma(int width, int height, int quality, std::uint32_t seed = 7);

/// The picture's luma by its layout, RGB by the formula of ITU-T T.871 in double precision.
jpegdeblock::LumaImage luma_of(const Picture& picture);

/// The picture with its luma exchanged (from column `first_column` on): what a perfect filter would make of
/// it.
Picture with_luma(const Picture& picture, const jpegdeblock::LumaImage& luma, int first_column = 0);

/// What Deblocker makes of the luma, with the test model `balanced`, quality 20 and these options.
jpegdeblock::LumaImage deblocked(const jpegdeblock::LumaImage& luma,
                                 const jpegdeblock::DeblockerOptions& options = {.quality = 20});

/// A buffer with the picture's bytes, a GstVideoMeta if it is padded. The caller owns it.
GstBuffer* make_buffer(const Picture& picture);

/// A buffer's bytes.
std::vector<std::uint8_t> bytes_of(GstBuffer* buffer);

}  // namespace jpegdeblock_test
