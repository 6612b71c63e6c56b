// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

/// Luma samples for each of chroma: 1 or 2.
struct ChromaSampling {
    int horizontal = 1;
    int vertical = 1;
};

/// Finds where the 8x8 grid of a decoded chroma plane lies, given where luma's does. Where chroma has half of
/// luma's samples, so has its offset, and as 8 samples of luma are 4 of chroma it may also lie 4 further on.
/// table: what the plane is taken to be compressed with. last: where the grid was found last, which is looked
/// at first, and is set to what is found. Nothing where the plane disagrees with the table at each of these
/// places: it was scaled, or cropped apart from luma. Flat planes agree everywhere. Thread safe.
std::optional<GridOffset> find_chroma_grid(ConstPlane decoded, const QuantizationTable& table,
                                           GridOffset luma, ChromaSampling sampling, GridOffset& last);

}  // namespace jpegdeblock
