// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "jpeg/luma_codec.h"

namespace jpegdeblock::training {

/// The picture at a smaller or equal size: each sample is the mean of the area that it covers.
LumaImage reduced(const LumaImage& picture, int width, int height);

/// A copy of each picture, reduced by its own random factor in 0.5..1, but no side below `smallest_side`
/// (which none of the pictures may be below).
std::vector<LumaImage> randomly_reduced(const std::vector<LumaImage>& pictures, int smallest_side,
                                        std::uint64_t seed);

}  // namespace jpegdeblock::training
