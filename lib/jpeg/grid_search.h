// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// Where the 8x8 grid of a decoded plane most likely lies, best first; nothing where no place stands out.
/// Quantization made coefficients zero: on the JPEG's own grid more of them vanish than elsewhere. This does
/// not need the table. Looks at that many blocks for each place.
std::vector<GridOffset> likely_grids(ConstPlane luma, int blocks = 192);

}  // namespace jpegdeblock
