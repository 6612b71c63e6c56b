// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <vector>

#include <jpegdeblock/model.h>

#include "grid/block_grid.h"
#include "temporal/motion_field.h"
#include "temporal/motion_median.h"
#include "temporal/pyramid.h"

namespace jpegdeblock {

/// Finds where the blocks of a decoded frame were in the frame before.
///
/// Blocks of 8x8 are matched over 16x16 by the sum of absolute differences, from an eighth of the resolution
/// down, where a block of 16x16 is matched for all in it: all vectors there, then small diamonds around what
/// the coarser level, the neighbours and the frame before suggest, at last in halves and quarters of a pixel
/// of smoothed planes. Twice each vector then gives way to the median of those around it where that matches
/// about as well. At full resolution every second block of every second row is found first; one between two
/// that move alike takes one of their vectors where it matches about as well as they do. What a stage reads
/// was made by those before it, so that the result does not depend on the number of threads.
class MotionSearch {
  public:
    /// decoded: blocks lie on `grid`. reference: the frame before, of the same size. changed: 0 for blocks
    /// whose vector is known to be 0, as nothing around them has changed; null: none is known.
    void search(const Pyramid& decoded, const Pyramid& reference, const BlockGrid& grid,
                const BlockMap* changed, Workers& workers);

    /// What the last search found.
    const MotionField& motion() const { return found_; }

    /// For each block the sum of absolute differences of its match, of smoothed samples; 0 where the vector
    /// was known.
    const std::vector<std::uint16_t>& differences() const { return differences_; }

    /// The frames to come do not move as those before.
    void forget();

  private:
    static constexpr int kLevels = Pyramid::kLevels;

    MotionField& level(int index) { return levels_[static_cast<std::size_t>(index)]; }
    void adapt_to(const BlockGrid& grid, const Pyramid& decoded);

    BlockGrid grid_;
    std::array<MotionField, kLevels> levels_;  ///< In whole pixels of their level; 0 is not used.
    MotionField raw_, smoothed_;  ///< What is found before it is smoothed, and after it was once.
    MotionField found_;
    MotionField before_;                 ///< What was found in the frame before.
    std::vector<MotionMedian> medians_;  ///< One for each worker.
    PaddedPlane smooth_decoded_, smooth_reference_;
    std::vector<std::uint16_t> differences_;
};

}  // namespace jpegdeblock
