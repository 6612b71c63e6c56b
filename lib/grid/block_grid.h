// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// A rectangle of whole 8x8 blocks, in blocks.
struct BlockRectangle {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;

    int area() const { return width * height; }
    bool operator==(const BlockRectangle&) const = default;
};

/// The smallest rectangle that holds both.
BlockRectangle united(const BlockRectangle& a, const BlockRectangle& b);

/// The JPEG grid over a plane; the blocks at the edges may be cut.
struct BlockGrid {
    int width = 0;  ///< Of the plane, in pixels.
    int height = 0;
    GridOffset offset;

    int columns() const { return (width + offset.x + 7) / 8; }
    int rows() const { return (height + offset.y + 7) / 8; }

    /// The plane's first column and row in `blocks`.
    int first_x(const BlockRectangle& blocks) const;
    int first_y(const BlockRectangle& blocks) const;

    /// What a plane on this grid has in `blocks`, and the grid's offset there.
    BlockGrid part(const BlockRectangle& blocks) const;
    template <typename AnyPlane>
    AnyPlane part(AnyPlane plane, const BlockRectangle& blocks) const {
        const BlockGrid cut = part(blocks);
        return {plane.row(first_y(blocks)) + first_x(blocks), cut.width, cut.height, plane.stride};
    }

    bool operator==(const BlockGrid&) const = default;
};

/// A number for each block of a grid, row by row.
class BlockMap {
  public:
    BlockMap() = default;
    BlockMap(int columns, int rows, std::uint8_t value)
        : columns_(columns),
          rows_(rows),
          values_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), value) {}

    int columns() const { return columns_; }
    int rows() const { return rows_; }
    BlockRectangle whole() const { return {0, 0, columns_, rows_}; }

    std::uint8_t* row(int y) { return values_.data() + static_cast<std::ptrdiff_t>(y) * columns_; }
    const std::uint8_t* row(int y) const {
        return values_.data() + static_cast<std::ptrdiff_t>(y) * columns_;
    }

    void fill(const BlockRectangle& blocks, std::uint8_t value);

    /// Blocks whose value is not 0.
    int count(const BlockRectangle& blocks) const;

  private:
    int columns_ = 0;
    int rows_ = 0;
    std::vector<std::uint8_t> values_;
};

/// 1 for each block in which two planes on `grid` differ.
BlockMap changed_blocks(const BlockGrid& grid, ConstPlane before, ConstPlane now);

/// 1 for each block that has a block whose value is not 0 at most `margin` columns and rows away.
BlockMap dilated(const BlockMap& map, int margin);

}  // namespace jpegdeblock
