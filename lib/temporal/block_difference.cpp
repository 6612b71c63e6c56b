// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/block_difference.h"

#include <array>
#include <cstdlib>
#include <numeric>

#include "jpeg/target_clones.h"

// Part of every x86-64. What GCC makes of plain loops takes more than twice as long, inlined or not; with
// wider vectors, into which rows must be gathered, still longer.
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace jpegdeblock {
namespace {

#ifdef __SSE2__

/// A row of a square.
using Row = __m128i;

[[gnu::always_inline]] inline Row load(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

[[gnu::always_inline]] inline Row mean(Row one, Row two) {
    return _mm_avg_epu8(one, two);
}

/// Adds up the absolute differences of rows.
class Sum {
  public:
    [[gnu::always_inline]] void add(Row one, Row two) {
        sums_ = _mm_add_epi64(sums_, _mm_sad_epu8(one, two));
    }
    [[gnu::always_inline]] int total() const {
        return _mm_cvtsi128_si32(sums_) + _mm_extract_epi16(sums_, 4);
    }

  private:
    __m128i sums_ = _mm_setzero_si128();
};

#else

using Row = std::array<std::uint8_t, kMatchSize>;

inline Row load(const std::uint8_t* from) {
    Row row;
    std::memcpy(row.data(), from, row.size());
    return row;
}

inline Row mean(Row one, const Row& two) {
    for (std::size_t x = 0; x < one.size(); ++x)
        one[x] = static_cast<std::uint8_t>((one[x] + two[x] + 1) >> 1);
    return one;
}

class Sum {
  public:
    void add(const Row& one, const Row& two) {
        for (std::size_t x = 0; x < one.size(); ++x) sum_ += std::abs(one[x] - two[x]);
    }
    int total() const { return sum_; }

  private:
    int sum_ = 0;
};

#endif

/// The row of samples that lie x, y quarters of a pixel beyond those from `at` on.
template <int x, int y>
[[gnu::always_inline]] inline Row row_between(const std::uint8_t* at, std::ptrdiff_t stride) {
    const Row here = load(at);
    if constexpr (x == 0 && y == 0) {
        return here;
    } else if constexpr (y == 0) {
        const Row right = load(at + 1), half = mean(here, right);
        return x == 2 ? half : mean(x == 1 ? here : right, half);
    } else if constexpr (x == 0) {
        const Row below = load(at + stride), half = mean(here, below);
        return y == 2 ? half : mean(y == 1 ? here : below, half);
    } else if constexpr (x == 2 || y == 2) {
        const Row right = load(at + 1), below = load(at + stride), last = load(at + stride + 1);
        const Row half = mean(here, right), half_below = mean(below, last);
        const Row both = mean(half, half_below);
        if constexpr (x == 2) return y == 2 ? both : mean(y == 1 ? half : half_below, both);
        return mean(x == 1 ? mean(here, below) : mean(right, last), both);
    } else {
        // Of the two diagonals that on which one coordinate is whole.
        constexpr int right = x == 1 ? 0 : 1;
        const std::ptrdiff_t below = y == 1 ? 0 : stride;
        return mean(mean(load(at + below), load(at + below + 1)),
                    mean(load(at + right), load(at + stride + right)));
    }
}

template <int x, int y>
[[gnu::always_inline]] inline int difference(const MatchWindow& window, const std::uint8_t* other,
                                             std::ptrdiff_t stride) {
    Sum sum;
#pragma GCC unroll 16
    for (int row = 0; row < kMatchRows; ++row, other += kMatchRowStep * stride)
        sum.add(load(window.samples + kMatchSize * row), row_between<x, y>(other, stride));
    return kMatchRowStep * sum.total();
}

JPEGDEBLOCK_TARGET_CLONES
int difference_between(const MatchWindow& window, const std::uint8_t* other, std::ptrdiff_t stride,
                       int phase) {
    switch (phase) {
        case 1:
            return difference<1, 0>(window, other, stride);
        case 2:
            return difference<2, 0>(window, other, stride);
        case 3:
            return difference<3, 0>(window, other, stride);
        case 4:
            return difference<0, 1>(window, other, stride);
        case 5:
            return difference<1, 1>(window, other, stride);
        case 6:
            return difference<2, 1>(window, other, stride);
        case 7:
            return difference<3, 1>(window, other, stride);
        case 8:
            return difference<0, 2>(window, other, stride);
        case 9:
            return difference<1, 2>(window, other, stride);
        case 10:
            return difference<2, 2>(window, other, stride);
        case 11:
            return difference<3, 2>(window, other, stride);
        case 12:
            return difference<0, 3>(window, other, stride);
        case 13:
            return difference<1, 3>(window, other, stride);
        case 14:
            return difference<2, 3>(window, other, stride);
        case 15:
            return difference<3, 3>(window, other, stride);
        default:
            return difference<0, 0>(window, other, stride);
    }
}

}  // namespace

int sum_of_absolute_differences(const MatchWindow& window, const std::uint8_t* other, std::ptrdiff_t stride) {
    return difference<0, 0>(window, other, stride);
}

int sum_of_absolute_differences(const MatchWindow& window, const std::uint8_t* other, std::ptrdiff_t stride,
                                int quarters_right, int quarters_below) {
    return difference_between(window, other, stride, 4 * quarters_below + quarters_right);
}

int activity(const MatchWindow& window) {
    constexpr int kCount = kMatchSize * kMatchRows;
    const int sum = std::accumulate(window.samples, window.samples + kCount, 0);
    const int mean = (sum + kCount / 2) / kCount;
    int result = 0;
    for (const std::uint8_t sample : window.samples) result += std::abs(sample - mean);
    return kMatchRowStep * result;
}

}  // namespace jpegdeblock
