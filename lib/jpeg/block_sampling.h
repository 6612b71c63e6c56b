// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include <jpegdeblock/plane.h>

#include "jpeg/block_columns.h"

namespace jpegdeblock {

constexpr int kTileBlocks = kTileWidth / 8;

/// Copies a block into the eight columns at `to`. False if it holds clipped samples.
inline bool load_block(const std::uint8_t* samples, std::ptrdiff_t stride, float* to) {
    int lowest = 255, highest = 0;
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const int sample = samples[y * stride + x];
            lowest = std::min(lowest, sample);
            highest = std::max(highest, sample);
            to[y * kTileWidth + x] = static_cast<float>(sample);
        }
    return lowest > 0 && highest < 255;
}

/// DCT of each block; coefficient (u, v) comes to row u and column v, see BlockColumns.
void transform_blocks(BlockColumns& tile);

/// A step that visits all of 0 .. count-1 when taken again and again modulo count, any run of them spread
/// evenly: near the golden section, and coprime.
inline std::int64_t spreading_step(std::int64_t count) {
    std::int64_t step = std::max<std::int64_t>(1, count * 618 / 1000);
    while (std::gcd(step, count) != 1) ++step;
    return step;
}

/// Transforms up to `most` whole blocks spread evenly over the plane, without those that hold clipped samples
/// (clipping moves their coefficients). visit(tile, blocks) is called for each tile, of which the first
/// `blocks` are valid; false ends it.
template <typename Visit>
void visit_blocks(ConstPlane luma, GridOffset offset, int most, Visit visit) {
    const int left = (8 - offset.x) % 8, top = (8 - offset.y) % 8;
    const int columns = std::max(0, luma.width - left) / 8, rows = std::max(0, luma.height - top) / 8;
    const std::int64_t blocks = static_cast<std::int64_t>(columns) * rows;
    const std::int64_t count = std::min<std::int64_t>(blocks, most);
    const std::int64_t step = spreading_step(blocks);
    BlockColumns tile{};
    int loaded = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t block = i * step % blocks;
        const std::uint8_t* samples =
            luma.row(top + 8 * static_cast<int>(block / columns)) + left + 8 * (block % columns);
        if (load_block(samples, luma.stride, &tile.row[0][8 * loaded])) ++loaded;
        if (loaded < kTileBlocks && i + 1 < count) continue;
        transform_blocks(tile);
        if (!visit(tile, loaded)) return;
        loaded = 0;
    }
}

}  // namespace jpegdeblock
