// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/smoothing.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

/// Columns that are made at once; a multiple of the longest vectors.
constexpr int kChunk = 64;

/// One row of kChunk columns. All fits into 16 bits, of which a vector holds twice as many as of 32.
JPEGDEBLOCK_TARGET_CLONES
void smooth_chunk(const std::uint8_t* from, std::ptrdiff_t stride, std::uint8_t* to) {
    alignas(64) std::uint16_t columns[kChunk + 2];
    for (int x = 0; x < kChunk + 2; ++x)
        columns[x] =
            static_cast<std::uint16_t>(from[x - 1 - stride] + 2 * from[x - 1] + from[x - 1 + stride]);
    alignas(64) std::uint8_t smoothed[kChunk];
    for (int x = 0; x < kChunk; ++x) {
        const auto sum = static_cast<std::uint16_t>(columns[x] + 2 * columns[x + 1] + columns[x + 2] + 8);
        smoothed[x] = static_cast<std::uint8_t>(sum >> 4);
    }
    std::memcpy(to, smoothed, kChunk);
}

}  // namespace

int smoothing_tasks(const PaddedPlane& from) {
    return (from.height() + 2 * kSmoothedPadding + kSmoothedTaskRows - 1) / kSmoothedTaskRows;
}

void smooth(const PaddedPlane& from, int task, PaddedPlane& to) {
    const int first = task * kSmoothedTaskRows - kSmoothedPadding;
    const int last = std::min(first + kSmoothedTaskRows, from.height() + kSmoothedPadding);
    const int end = from.width() + kSmoothedPadding;
    for (int y = first; y < last; ++y)
        for (int x = -kSmoothedPadding; x < end; x += kChunk) {
            // The last chunk ends where the padding does, and makes some columns a second time.
            const int left = std::max(-kSmoothedPadding, std::min(x, end - kChunk));
            smooth_chunk(from.row(y) + left, from.stride(), to.row(y) + left);
        }
}

}  // namespace jpegdeblock
