// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/half_samples.h"

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

/// Columns that are made at once; a multiple of the longest vectors.
constexpr int kChunk = 64;

/// The sample in the middle between samples[0] and samples[step], by kLumaFilter[2]. All fits into 16 bits,
/// and the compiler is told so at each step, as twice as many numbers fit into a vector then.
[[gnu::always_inline]] inline std::uint8_t half_sample(const std::uint8_t* samples, std::ptrdiff_t step) {
    using Sum = std::uint16_t;
    const Sum first = static_cast<Sum>(samples[0] + samples[step]);
    const Sum second = static_cast<Sum>(samples[-step] + samples[2 * step]);
    const Sum third = static_cast<Sum>(samples[-2 * step] + samples[3 * step]);
    const Sum fourth = static_cast<Sum>(samples[-3 * step] + samples[4 * step]);
    static_assert(kLumaFilter[2][3] == 40 && kLumaFilter[2][2] == -11 && kLumaFilter[2][1] == 4);
    const auto sum =
        static_cast<std::int16_t>(static_cast<Sum>(40u * first - 11u * second + 4u * third - fourth + 32u));
    return static_cast<std::uint8_t>(std::clamp(sum >> 6, 0, 255));
}

struct Rows {
    const std::uint8_t* from;
    std::uint8_t* right;
    std::uint8_t* below;
    std::uint8_t* both;
    std::ptrdiff_t stride;
};

/// `count` rows of kChunk columns. The samples to the right are rounded before those below them are made.
JPEGDEBLOCK_TARGET_CLONES
void make_chunk(const Rows& rows, int count) {
    constexpr int kMost = HalfSamples::kTaskRows + kLumaFilterBefore + kLumaFilterAfter;
    alignas(64) std::uint8_t right[kMost][kChunk];
    for (int y = 0; y < count + kLumaFilterBefore + kLumaFilterAfter; ++y) {
        const std::uint8_t* from = rows.from + (y - kLumaFilterBefore) * rows.stride;
        for (int x = 0; x < kChunk; ++x) right[y][x] = half_sample(from + x, 1);
    }
    for (int y = 0; y < count; ++y) {
        const std::uint8_t* from = rows.from + y * rows.stride;
        const std::uint8_t* middle = right[y + kLumaFilterBefore];
        std::memcpy(rows.right + y * rows.stride, middle, kChunk);
        alignas(64) std::uint8_t below[kChunk], both[kChunk];
        for (int x = 0; x < kChunk; ++x) below[x] = half_sample(from + x, rows.stride);
        for (int x = 0; x < kChunk; ++x) both[x] = half_sample(middle + x, kChunk);
        std::memcpy(rows.below + y * rows.stride, below, kChunk);
        std::memcpy(rows.both + y * rows.stride, both, kChunk);
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
    const int end = plane_->width() + kPadding;
    for (int x = -kPadding; x < end; x += kChunk) {
        // The last chunk ends where the padding does, and makes some columns a second time.
        const int left = std::max(-kPadding, std::min(x, end - kChunk));
        make_chunk({plane_->row(first) + left, halves_[0].row(first) + left, halves_[1].row(first) + left,
                    halves_[2].row(first) + left, stride()},
                   last - first);
    }
}

}  // namespace jpegdeblock
