// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include <jpegdeblock/plane.h>

#include "jpeg/coefficient_sample.h"

namespace jpegdeblock {

/// The IJG quality of a smooth picture, of which coarse steps have left little but the means of blocks:
/// skies, walls, dark scenes at low qualities. The levels of its flat blocks are multiples of the mean's
/// step, and change at the grid alone; the few other coefficients must not contradict. Nothing where that is
/// not so.
std::optional<int> quality_of_flat_blocks(const CoefficientSample& sample, ConstPlane luma,
                                          GridOffset offset);

}  // namespace jpegdeblock
