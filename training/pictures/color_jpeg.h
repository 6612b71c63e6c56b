// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pictures/pictures.h"

namespace jpegdeblock::training {

/// Writes a baseline YCbCr JPEG with libjpeg-turbo's defaults: chroma at half the size both ways (4:2:0), IJG
/// tables, islow transforms. quality: 0..100; 0 is the same as 1, as libjpeg has it. Throws
/// Error(kInvalidArgument) for a quality or size out of range (1..65500 pixels a side).
std::vector<std::uint8_t> encode_color_jpeg(const RgbPicture& picture, int quality);

/// Decodes a JPEG to RGB with libjpeg-turbo's defaults (islow transforms, smooth chroma upsampling). Throws
/// Error(kInvalidFile) with libjpeg's reason.
RgbPicture decode_color_jpeg(std::span<const std::uint8_t> bytes);

}  // namespace jpegdeblock::training
