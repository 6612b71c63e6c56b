// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include "grid/block_grid.h"

namespace jpegdeblock {

/// Blocks to compute, on a part of the plane `width` blocks wide, which has `margin` columns of surroundings
/// wherever the plane goes on: what the zero padding of the part's edges reaches is never used.
struct Region {
    BlockRectangle needed;
    int width = 0;

    bool operator==(const Region&) const = default;
};

/// Chooses which parts of a plane to run a network on. Few widths, as each takes memory and preparation; any
/// height.
class RegionPlanner {
  public:
    RegionPlanner() = default;

    /// columns, rows: the plane's size in blocks. margin: the network's halo in blocks, rounded up.
    RegionPlanner(int columns, int rows, int margin);

    Region whole() const { return {{0, 0, columns_, rows_}, columns_}; }

    /// No part is that wide from now on, unless it is the plane's width.
    void exclude_width(int width);

    /// Blocks to compute for it, surroundings included.
    int cost(const Region& region) const;

    /// Regions that together hold every block of `wanted` that is not 0: the whole plane where parts would
    /// not save much. No region where nothing is wanted.
    std::vector<Region> cover(const BlockMap& wanted) const;

    /// The stretch of rows, as wide as the plane, with the greatest sum of urgency (one for each row of
    /// blocks, 0 or more) among those that cost at most that many blocks; without rows of no urgency at its
    /// ends. Nothing where no row that is urgent can be afforded.
    std::optional<Region> most_urgent_strip(const std::vector<int>& urgency, int most_cost) const;

    /// The region with the same needed blocks and the plane's width.
    Region widened(const Region& region) const { return {region.needed, columns_}; }

    /// Where the part of the plane lies that a region is computed on, all rows of it.
    BlockRectangle part_of(const Region& region) const;

  private:
    Region narrowest(const BlockRectangle& needed) const;

    int columns_ = 0, rows_ = 0, margin_ = 0;
    std::vector<int> widths_;  ///< Ascending; the plane's is the last.
};

}  // namespace jpegdeblock
