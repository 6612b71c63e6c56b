// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/half_samples.h"

#include <algorithm>
#include <cstring>

#include "jpeg/target_clones.h"
#include "temporal/column_chunks.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

[[gnu::always_inline]] inline std::uint8_t mean(std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>((a + b + 1) >> 1);
}

struct Rows {
    const std::uint8_t* from;
    std::uint8_t* right;
    std::uint8_t* below;
    std::uint8_t* both;
    std::ptrdiff_t stride;
};

/// `count` rows of kChunk columns.
JPEGDEBLOCK_TARGET_CLONES
void make_chunk(const Rows& rows, int count) {
    alignas(64) std::uint8_t right[kChunk], next_right[kChunk], below[kChunk], both[kChunk];
    const std::uint8_t* from = rows.from;
    for (int x = 0; x < kChunk; ++x) right[x] = mean(from[x], from[x + 1]);
    for (std::ptrdiff_t at = 0; count > 0; --count, at += rows.stride) {
        const std::uint8_t* next = from + rows.stride;
        for (int x = 0; x < kChunk; ++x) next_right[x] = mean(next[x], next[x + 1]);
        for (int x = 0; x < kChunk; ++x) below[x] = mean(from[x], next[x]);
        for (int x = 0; x < kChunk; ++x) both[x] = mean(right[x], next_right[x]);
        std::memcpy(rows.right + at, right, kChunk);
        std::memcpy(rows.below + at, below, kChunk);
        std::memcpy(rows.both + at, both, kChunk);
        std::memcpy(right, next_right, kChunk);
        from = next;
    }
}

}  // namespace

void HalfSamples::begin(const PaddedPlane& plane) {
    plane_ = &plane;
    planes_[0] = plane.row(0);
    for (std::size_t i = 0; i < halves_.size(); ++i) {
        halves_[i].resize(plane.width(), plane.height());
        planes_[i + 1] = halves_[i].row(0);
    }
}

void HalfSamples::make(int task) {
    const int first = task * kTaskRows - kPadding;
    const int last = std::min(first + kTaskRows, plane_->height() + kPadding);
    for_each_chunk(plane_->width(), kPadding, [&](int left) {
        make_chunk({plane_->row(first) + left, halves_[0].row(first) + left, halves_[1].row(first) + left,
                    halves_[2].row(first) + left, stride()},
                   last - first);
    });
}

}  // namespace jpegdeblock
