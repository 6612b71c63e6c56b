// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace jpegdeblock {

/// Blocks are matched over this square, whose middle they are.
constexpr int kMatchSize = 16;
constexpr int kMatchMargin = (kMatchSize - 8) / 2;
constexpr int kMatchSamples = kMatchSize * kMatchSize;
/// One row in so many is looked at, and counts for the others: they tell nearly the same at half the time.
constexpr int kMatchRowStep = 2;
constexpr int kMatchRows = kMatchSize / kMatchRowStep;

/// Every kMatchRowStep-th row of the square around a block of the decoded frame, rows adjacent.
struct MatchWindow {
    alignas(64) std::uint8_t samples[kMatchSize * kMatchRows];

    void load(const std::uint8_t* from, std::ptrdiff_t stride) {
        for (int y = 0; y < kMatchRows; ++y)
            std::memcpy(samples + kMatchSize * y, from + kMatchRowStep * y * stride, kMatchSize);
    }
};

/// The sum of the absolute differences between the square and another, all of whose rows lie `stride` apart;
/// from the rows that are looked at.
int sum_of_absolute_differences(const MatchWindow& window, const std::uint8_t* other, std::ptrdiff_t stride);

/// The same for the square that lies 0..3 quarters of a pixel to the right of the other and below it. Samples
/// half way are the rounded means of two, and of the means of two; in between those of the two nearest of
/// these, of the diagonals that on which one coordinate is whole. For matching they do better than longer
/// filters; nothing that is seen is made of them. One more column may be read.
int sum_of_absolute_differences(const MatchWindow& window, const std::uint8_t* other, std::ptrdiff_t stride,
                                int quarters_right, int quarters_below);

/// What the samples of the square differ from their mean, added up likewise.
int activity(const MatchWindow& window);

}  // namespace jpegdeblock
