// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "jpeg/luma_codec.h"

namespace jpegdeblock::test {

/// Pixels a side of the pictures.
constexpr int kSampleSide = 208;

/// The luma of the examples' photographs, in JPEGDEBLOCK_TEST_PICTURES.
std::vector<LumaImage> whole_photographs();

/// The square of a picture that begins there.
LumaImage part_of(const LumaImage& picture, int left, int top);

/// The middle of each photograph.
std::vector<LumaImage> photographs();

/// A document, windows and a chart, drawn.
std::vector<LumaImage> screens();

}  // namespace jpegdeblock::test
