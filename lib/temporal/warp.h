// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/plane.h>

#include "grid/block_grid.h"
#include "temporal/motion_field.h"
#include "temporal/padded_plane.h"

namespace jpegdeblock {

/// Moves a plane along the motion: each block of `moved`, which lie on `grid`, is what lies in `before` at
/// its own place plus its vector, between the samples as HEVC's luma prediction has it (luma_filter.h), but
/// down first and then across with each product rounded to a 32nd of a level, rounded and clamped to 0..255.
/// Only blocks of row `row` of the grid are written. before: of the grid's size; vectors may lead farther out
/// of it than its padding reaches, as its edges go on for ever. Thread safe for distinct rows.
void warp(const PaddedPlane& before, const MotionField& field, const BlockGrid& grid, int row, Plane moved);

}  // namespace jpegdeblock
