// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/warp.h"

#include <algorithm>
#include <cstring>

#include "jpeg/target_clones.h"
#include "temporal/luma_filter.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

/// Neighbouring blocks with the same vector are made at once, up to so many columns.
constexpr int kWidest = 64;
/// A block and what the filter needs around it may begin so many pixels outside of the plane.
constexpr int kReach = PaddedPlane::kPadding - 8;

constexpr int kSourceRows = 8 + kLumaFilterBefore + kLumaFilterAfter;

/// Blocks with the same vector.
struct Blocks {
    const std::uint8_t* from;  ///< The sample before or at the place of the first sample.
    std::ptrdiff_t stride;
    int x, y;  ///< Quarters of a pixel that the place lies beyond `from`.
    alignas(64) std::uint8_t samples[8][kWidest];
};

/// 64 times the sample that lies f quarters beyond samples[0].
template <typename Sample>
[[gnu::always_inline]] inline int filtered(const Sample* samples, std::ptrdiff_t step,
                                           const std::int16_t* taps) {
    int sum = 0;
    for (int i = 0; i < 8; ++i) sum += taps[i] * samples[(i - kLumaFilterBefore) * step];
    return sum;
}

[[gnu::always_inline]] inline std::uint8_t clamped(int value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

template <int kWidth>
[[gnu::always_inline]] inline void move_columns(Blocks& blocks, int first) {
    const std::uint8_t* from = blocks.from + first;
    const std::ptrdiff_t stride = blocks.stride;
    std::int16_t across[8], down[8];
    std::copy_n(kLumaFilter[blocks.x], 8, across);
    std::copy_n(kLumaFilter[blocks.y], 8, down);
    if (blocks.x == 0 && blocks.y == 0) {
        for (int y = 0; y < 8; ++y) std::memcpy(blocks.samples[y] + first, from + y * stride, kWidth);
    } else if (blocks.y == 0) {
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < kWidth; ++x) {
                const auto sum = static_cast<std::int16_t>(filtered(from + y * stride + x, 1, across));
                blocks.samples[y][first + x] = clamped((sum + 32) >> 6);
            }
    } else if (blocks.x == 0) {
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < kWidth; ++x) {
                const auto sum = static_cast<std::int16_t>(filtered(from + y * stride + x, stride, down));
                blocks.samples[y][first + x] = clamped((sum + 32) >> 6);
            }
    } else {
        alignas(64) std::int16_t sums[kSourceRows][kWidth];
        for (int y = 0; y < kSourceRows; ++y)
            for (int x = 0; x < kWidth; ++x)
                sums[y][x] = static_cast<std::int16_t>(
                    filtered(from + (y - kLumaFilterBefore) * stride + x, 1, across));
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < kWidth; ++x)
                blocks.samples[y][first + x] =
                    clamped((filtered(sums[y + kLumaFilterBefore] + x, kWidth, down) + 2048) >> 12);
    }
}

JPEGDEBLOCK_TARGET_CLONES
void move_blocks(Blocks& blocks, int count) {
    if (count == kWidest / 8) {
        move_columns<kWidest>(blocks, 0);
    } else {
        for (int i = 0; i < count; ++i) move_columns<8>(blocks, 8 * i);
    }
}

}  // namespace

void warp(const PaddedPlane& before, const MotionField& field, const BlockGrid& grid, int row, Plane moved) {
    const MotionVector* vectors = field.row(row);
    const int top = 8 * row - grid.offset.y;
    const int first_y = std::max(0, top), last_y = std::min(moved.height, top + 8);
    // Where a block lies wholly outside of the plane, all is as at the plane's edge.
    const int low = -4 * kReach;
    const int high_x = 4 * (moved.width + kReach - 8), high_y = 4 * (moved.height + kReach - 8);
    Blocks blocks;
    blocks.stride = before.stride();
    int count = 0;
    for (int column = 0; column < field.columns(); column += count) {
        const MotionVector vector = vectors[column];
        const int left = 8 * column - grid.offset.x;
        const int source_x = std::clamp(4 * left + vector.x, low, high_x);
        const int source_y = std::clamp(4 * top + vector.y, low, high_y);
        count = 1;
        while (count < kWidest / 8 && column + count < field.columns() && vectors[column + count] == vector &&
               source_x > low && source_x + 32 * count <= high_x)
            ++count;
        blocks.from = before.row(source_y >> 2) + (source_x >> 2);
        blocks.x = source_x & 3;
        blocks.y = source_y & 3;
        move_blocks(blocks, count);
        const int first_x = std::max(0, left), last_x = std::min(moved.width, left + 8 * count);
        for (int y = first_y; y < last_y; ++y)
            std::memcpy(moved.row(y) + first_x, blocks.samples[y - top] + (first_x - left),
                        static_cast<std::size_t>(last_x - first_x));
    }
}

}  // namespace jpegdeblock
