// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <compare>
#include <vector>

#include "restore/block_grid.h"

namespace jpegdeblock {

/// Size of a part of the plane that a network runs on by itself, in blocks.
struct RegionSize {
    int width = 0;
    int height = 0;

    int area() const { return width * height; }
    auto operator<=>(const RegionSize&) const = default;
};

/// Blocks to compute, on a part of the plane that has `margin` blocks of surroundings wherever the plane goes
/// on: what the zero padding of the part's edges reaches is never used.
struct Region {
    BlockRectangle needed;
    RegionSize size;
};

/// Chooses which parts of a plane to run a network on. Few sizes, as each takes memory and preparation.
class RegionPlanner {
  public:
    RegionPlanner() = default;

    /// columns, rows: the plane's size in blocks. margin: the network's halo in blocks, rounded up.
    RegionPlanner(int columns, int rows, int margin);

    RegionSize whole_size() const { return {columns_, rows_}; }

    /// Excludes the sizes of that width, unless it is the plane's.
    void exclude_width(int width);

    /// Regions that together hold every block of `wanted` that is not 0: the whole plane where parts would
    /// not save much. No region where nothing is wanted.
    std::vector<Region> cover(const BlockMap& wanted) const;

    /// Sizes as wide as the plane but lower, the highest first; the whole plane where there is none.
    std::vector<RegionSize> strip_sizes() const;

    /// Strips of that size, from top to bottom, that hold every block wanted. Good for computing some.
    std::vector<Region> cover_with_strips(const BlockMap& wanted, const RegionSize& size) const;

    /// The region with the same needed blocks and the plane's width.
    Region widened(const Region& region) const;

    /// Where the part of the plane lies that a region is computed on.
    BlockRectangle part_of(const Region& region) const;

  private:
    bool fits(const BlockRectangle& needed, const RegionSize& size) const;
    Region smallest(const BlockRectangle& needed) const;

    int columns_ = 0, rows_ = 0, margin_ = 0;
    std::vector<RegionSize> sizes_;  ///< By area; the whole plane is the last.
};

}  // namespace jpegdeblock
