// SPDX-License-Identifier: LGPL-2.1-or-later
#include "grid/block_grid.h"

#include <algorithm>
#include <cstring>

namespace jpegdeblock {
namespace {

/// 1 where rows first .. last-1 of the blocks that are whole in x differ, from `first_column` on.
void compare_whole_columns(ConstPlane before, ConstPlane now, int first_x, int y, int blocks,
                           std::uint8_t* changed) {
    const std::uint8_t* a = before.row(y) + first_x;
    const std::uint8_t* b = now.row(y) + first_x;
    for (int i = 0; i < blocks; ++i) {
        std::uint64_t left, right;
        std::memcpy(&left, a + 8 * i, 8);
        std::memcpy(&right, b + 8 * i, 8);
        changed[i] |= static_cast<std::uint8_t>(left != right);
    }
}

}  // namespace

BlockRectangle united(const BlockRectangle& a, const BlockRectangle& b) {
    const int left = std::min(a.left, b.left), top = std::min(a.top, b.top);
    return {left, top, std::max(a.left + a.width, b.left + b.width) - left,
            std::max(a.top + a.height, b.top + b.height) - top};
}

int BlockGrid::first_x(const BlockRectangle& blocks) const {
    return std::max(0, 8 * blocks.left - offset.x);
}

int BlockGrid::first_y(const BlockRectangle& blocks) const {
    return std::max(0, 8 * blocks.top - offset.y);
}

BlockGrid BlockGrid::part(const BlockRectangle& blocks) const {
    const int end_x = std::min(width, 8 * (blocks.left + blocks.width) - offset.x);
    const int end_y = std::min(height, 8 * (blocks.top + blocks.height) - offset.y);
    return {end_x - first_x(blocks),
            end_y - first_y(blocks),
            {blocks.left == 0 ? offset.x : 0, blocks.top == 0 ? offset.y : 0}};
}

void BlockMap::fill(const BlockRectangle& blocks, std::uint8_t value) {
    for (int y = blocks.top; y < blocks.top + blocks.height; ++y)
        std::fill_n(row(y) + blocks.left, blocks.width, value);
}

int BlockMap::count(const BlockRectangle& blocks) const {
    int result = 0;
    for (int y = blocks.top; y < blocks.top + blocks.height; ++y)
        result += blocks.width -
                  static_cast<int>(std::count(row(y) + blocks.left, row(y) + blocks.left + blocks.width, 0));
    return result;
}

BlockMap changed_blocks(const BlockGrid& grid, ConstPlane before, ConstPlane now) {
    BlockMap map(grid.columns(), grid.rows(), 0);
    // The first and the last block of a row may be cut; those between are whole.
    const int first_end = std::min(grid.width, 8 - grid.offset.x);
    const int whole = (grid.width - first_end) / 8;
    const int last_x = first_end + 8 * whole;
    for (int y = 0; y < grid.height; ++y) {
        std::uint8_t* changed = map.row((y + grid.offset.y) / 8);
        const auto differ = [&](int first, int last) {
            return std::memcmp(before.row(y) + first, now.row(y) + first,
                               static_cast<std::size_t>(last - first)) != 0;
        };
        changed[0] |= static_cast<std::uint8_t>(differ(0, first_end));
        compare_whole_columns(before, now, first_end, y, whole, changed + 1);
        if (last_x < grid.width)
            changed[grid.columns() - 1] |= static_cast<std::uint8_t>(differ(last_x, grid.width));
    }
    return map;
}

BlockMap dilated(const BlockMap& map, int margin) {
    BlockMap rows(map.columns(), map.rows(), 0), result = rows;
    for (int y = 0; y < map.rows(); ++y)
        for (int x = 0; x < map.columns(); ++x)
            if (map.row(y)[x] != 0) {
                const int first = std::max(0, x - margin), last = std::min(map.columns(), x + margin + 1);
                std::fill(rows.row(y) + first, rows.row(y) + last, std::uint8_t{1});
            }
    for (int y = 0; y < map.rows(); ++y) {
        const int first = std::max(0, y - margin), last = std::min(map.rows(), y + margin + 1);
        for (int other = first; other < last; ++other)
            std::transform(rows.row(other), rows.row(other) + map.columns(), result.row(y), result.row(y),
                           [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a | b); });
    }
    return result;
}

}  // namespace jpegdeblock
