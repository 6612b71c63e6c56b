// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// Levels of full range for each level of limited range (ITU-R BT.601: luma takes 219 of the 255 levels).
constexpr float kFullPerLimitedLevel = 255.0f / 219.0f;

/// Writes 16 + luma * 219 / 255, rounded, to `samples`, rows adjacent.
void to_limited_range(ConstPlane luma, std::vector<std::uint8_t>& samples);

}  // namespace jpegdeblock
