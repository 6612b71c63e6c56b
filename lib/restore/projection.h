// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

#include <jpegdeblock/jpeg.h>

#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>
#include "jpeg/reconstruction.h"

namespace jpegdeblock {

/// Adds strength * residual to the rows of blocks first_block_row .. last_block_row-1 of `decoded` and writes
/// the rounded and clamped (0..255) sum to `restored`. With `bounded`, each 8x8 block of the sum is first
/// projected onto the set of blocks that quantize to the decoded block: coefficient c of the sum is clamped
/// to [k - q/2, k + q/2], k being the multiple of the step q nearest to the decoded block's coefficient.
/// Blocks that the plane's edge cuts are extended by edge replication, and their interval lies around the
/// decoded coefficient itself, as its multiple is unknown.
///
/// residual: as Engine::run writes it. decoded and restored: equal sizes, the same memory allowed.
/// Block row 0 holds the plane's row 0; it has 8 - offset.y rows. Pure; thread safe for distinct rows of
/// blocks.
void add_residual(ConstPlane decoded, GridOffset offset, const QuantizationTable& table,
                  const float* residual, std::ptrdiff_t residual_stride, float strength, bool bounded,
                  int first_block_row, int last_block_row, Plane restored);

/// As above, for samples whose coefficients are known: k is the file's own multiple; where scans are missing
/// yet, the interval is coefficient_interval's. decoded: whole blocks of
/// the component, as decode_component gives them, beginning with its block (left_block, top_block), which is
/// block row 0. restored: their top left part that is wanted, the same memory allowed.
void add_residual(ConstPlane decoded, const JpegComponent& component, int left_block, int top_block,
                  const float* residual, std::ptrdiff_t residual_stride, float strength, bool bounded,
                  int first_block_row, int last_block_row, Plane restored);

/// Where project_history writes to; as large as the decoded plane.
struct ProjectedHistory {
    /// The moved samples within the decoded blocks' intervals, rounded; the memory of `moved` is allowed.
    Plane projected;
    /// What a temporal network is shown: 128 + clamp(round(128 * share * difference / unit), -127, 127), the
    /// difference being that of the projected and the decoded sample in levels, not rounded, the share that
    /// of its block, and the unit low_frequency_step(table).
    Plane shown;
    /// For each block, as share: 1 where `moved` was lighter as a whole by more than half a level than the
    /// interval of its mean allows, and by more than three than `decoded`; -1 where it was darker; else, and
    /// where the share is 0, it is 0.
    std::int8_t* lighter;
};

/// Projects what `moved`, as large as `decoded`, tells of its rows of blocks first_block_row ..
/// last_block_row-1 onto the blocks' quantization intervals, as add_residual does with the sum. share: how
/// much each block is to be believed, row by row, as many as the grid has columns and rows. Pure; thread safe
/// for distinct rows of blocks.
void project_history(ConstPlane decoded, GridOffset offset, const QuantizationTable& table, ConstPlane moved,
                     const float* share, int first_block_row, int last_block_row,
                     const ProjectedHistory& history);

/// As above for all blocks of a component of which nothing is missing: decoded as decode_component gives it.
void project_history(ConstPlane decoded, const JpegComponent& component, ConstPlane moved, const float* share,
                     int first_block_row, int last_block_row, const ProjectedHistory& history);

/// Rows of blocks of a plane of that height and grid.
int block_rows(int height, GridOffset offset);

}  // namespace jpegdeblock
