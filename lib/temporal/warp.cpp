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
    int x, y;          ///< Quarters of a pixel that the place lies beyond `from`.
    std::uint8_t* to;  ///< The first sample.
    std::ptrdiff_t to_stride;
};

struct Taps {
    std::int16_t at[8];
};

/// Samples of blocks and around them, row after row: a filter in either direction is one loop over all.
template <int kWidth>
struct Samples {
    static constexpr int kStride = kWidth + 8;
    static constexpr int kCount = 8 * kStride;
    alignas(64) std::int16_t at[kSourceRows * kStride + 8];
};

/// 64 times the samples between `step` on from each other, which fits into 16 bits.
template <int kCount>
[[gnu::always_inline]] inline void filter(const std::int16_t* samples, int step, const Taps& taps,
                                          std::int16_t* sums) {
    for (int x = 0; x < kCount; ++x) {
        int sum = 0;
        for (int i = 0; i < 8; ++i) sum += taps.at[i] * samples[x + i * step];
        sums[x] = static_cast<std::int16_t>(sum);
    }
}

/// The product of two numbers of 16 bits over 2^15, rounded: one instruction of most processors.
[[gnu::always_inline]] inline std::int16_t rounded_product(std::int16_t a, std::int16_t b) {
    return static_cast<std::int16_t>((((a * b) >> 14) + 1) >> 1);
}

/// 32 times the samples, of what is 64 times those that they lie between: 64 times might not fit into 16
/// bits.
template <int kCount>
[[gnu::always_inline]] inline void filter_sums(const std::int16_t* samples, const Taps& taps,
                                               std::int16_t* sums) {
    Taps scaled;
    for (int i = 0; i < 8; ++i) scaled.at[i] = static_cast<std::int16_t>(256 * taps.at[i]);
    for (int x = 0; x < kCount; ++x) {
        int sum = 0;
        for (int i = 0; i < 8; ++i) sum += rounded_product(samples[x + i], scaled.at[i]);
        sums[x] = static_cast<std::int16_t>(sum);
    }
}

template <int kWidth>
[[gnu::always_inline]] inline void move_columns(const Blocks& blocks, int first) {
    const std::uint8_t* from = blocks.from + first;
    std::uint8_t* to = blocks.to + first;
    if (blocks.x == 0 && blocks.y == 0) {
        for (int y = 0; y < 8; ++y) std::memcpy(to + y * blocks.to_stride, from + y * blocks.stride, kWidth);
        return;
    }
    Taps across, down;
    std::copy_n(kLumaFilter[blocks.x], 8, across.at);
    std::copy_n(kLumaFilter[blocks.y], 8, down.at);
    using Source = Samples<kWidth>;
    constexpr int kStride = Source::kStride, kCount = Source::kCount;
    Source source;
    std::fill_n(source.at + kSourceRows * kStride, 8, std::int16_t{0});
    for (int y = 0; y < kSourceRows; ++y)
        for (int x = 0; x < kStride; ++x)
            source.at[y * kStride + x] =
                from[(y - kLumaFilterBefore) * blocks.stride + x - kLumaFilterBefore];
    // The last of a row's sums are of no use.
    alignas(64) std::int16_t sums[kCount];
    int bits = 6;  // Of the sums' fractions.
    if (blocks.y == 0) {
        filter<kCount>(source.at + kLumaFilterBefore * kStride, 1, across, sums);
    } else if (blocks.x == 0) {
        filter<kCount>(source.at + kLumaFilterBefore, kStride, down, sums);
    } else {
        alignas(64) std::int16_t between[kCount + 8];
        std::fill_n(between + kCount, 8, std::int16_t{0});
        filter<kCount>(source.at, kStride, down, between);
        filter_sums<kCount>(between, across, sums);
        bits = 5;
    }
    alignas(64) std::uint8_t samples[kCount];
    for (int x = 0; x < kCount; ++x)
        samples[x] = static_cast<std::uint8_t>(std::clamp((sums[x] + (1 << bits) / 2) >> bits, 0, 255));
    for (int y = 0; y < 8; ++y) std::memcpy(to + y * blocks.to_stride, samples + y * kStride, kWidth);
}

JPEGDEBLOCK_TARGET_CLONES
void move_blocks(const Blocks& blocks, int count) {
    int done = 0;
    for (; count - done >= 8; done += 8) move_columns<64>(blocks, 8 * done);
    if (count - done >= 4) move_columns<32>(blocks, 8 * done), done += 4;
    if (count - done >= 2) move_columns<16>(blocks, 8 * done), done += 2;
    if (count > done) move_columns<8>(blocks, 8 * done);
}

}  // namespace

void warp(const PaddedPlane& before, const MotionField& field, const BlockGrid& grid, int row, Plane moved) {
    const MotionVector* vectors = field.row(row);
    const int top = 8 * row - grid.offset.y;
    const int first_y = std::max(0, top), last_y = std::min(moved.height, top + 8);
    // Where a block lies wholly outside of the plane, all is as at the plane's edge.
    const int last_left = moved.width + kReach - 8, last_top = moved.height + kReach - 8;
    alignas(64) std::uint8_t edge[8][kWidest];
    Blocks blocks;
    blocks.stride = before.stride();
    int count = 0;
    for (int column = 0; column < field.columns(); column += count) {
        const MotionVector vector = vectors[column];
        const int left = 8 * column - grid.offset.x;
        const int source_x = 4 * left + vector.x, source_y = 4 * top + vector.y;
        const int source_left = std::clamp(source_x >> 2, -kReach, last_left);
        const int source_top = std::clamp(source_y >> 2, -kReach, last_top);
        count = 1;
        while (count < kWidest / 8 && column + count < field.columns() && vectors[column + count] == vector &&
               source_x >> 2 == source_left && source_left + 8 * count <= last_left)
            ++count;
        blocks.from = before.row(source_top) + source_left;
        blocks.x = source_x & 3;
        blocks.y = source_y & 3;
        const int first_x = std::max(0, left), last_x = std::min(moved.width, left + 8 * count);
        const bool whole = last_y - first_y == 8 && last_x - first_x == 8 * count;
        blocks.to = whole ? moved.row(top) + left : edge[0];
        blocks.to_stride = whole ? moved.stride : kWidest;
        move_blocks(blocks, count);
        for (int y = first_y; !whole && y < last_y; ++y)
            std::memcpy(moved.row(y) + first_x, edge[y - top] + (first_x - left),
                        static_cast<std::size_t>(last_x - first_x));
    }
}

}  // namespace jpegdeblock
