// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/block_difference.h"

#include <cstdlib>
#include <numeric>

// Part of every x86-64. What GCC makes of plain loops takes more than twice as long, inlined or not; with
// wider vectors, into which rows must be gathered, still longer.
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace jpegdeblock {

#ifdef __SSE2__
namespace {

inline __m128i sixteen_samples(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

/// Of the two sums that _mm_sad_epu8 makes.
inline int total(__m128i sums) {
    return _mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4);
}

inline __m128i row(const MatchWindow& window, int y) {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(window.samples + kMatchSize * y));
}

}  // namespace
#endif

int sum_of_absolute_differences(const MatchWindow& window, const std::uint8_t* other, std::ptrdiff_t stride) {
#ifdef __SSE2__
    __m128i sums[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
#pragma GCC unroll 16
    for (int y = 0; y < kMatchRows; ++y, other += kMatchRowStep * stride)
        sums[y % 2] = _mm_add_epi64(sums[y % 2], _mm_sad_epu8(row(window, y), sixteen_samples(other)));
    return kMatchRowStep * total(_mm_add_epi64(sums[0], sums[1]));
#else
    int sum = 0;
#pragma GCC unroll 16
    for (int y = 0; y < kMatchRows; ++y, other += kMatchRowStep * stride)
        for (int x = 0; x < kMatchSize; ++x) sum += std::abs(window.samples[kMatchSize * y + x] - other[x]);
    return kMatchRowStep * sum;
#endif
}

int sum_of_absolute_differences(const MatchWindow& window, const std::uint8_t* one, const std::uint8_t* two,
                                std::ptrdiff_t stride) {
#ifdef __SSE2__
    __m128i sums[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
#pragma GCC unroll 16
    for (int y = 0; y < kMatchRows; ++y, one += kMatchRowStep * stride, two += kMatchRowStep * stride) {
        const __m128i mean = _mm_avg_epu8(sixteen_samples(one), sixteen_samples(two));
        sums[y % 2] = _mm_add_epi64(sums[y % 2], _mm_sad_epu8(row(window, y), mean));
    }
    return kMatchRowStep * total(_mm_add_epi64(sums[0], sums[1]));
#else
    int sum = 0;
    for (int y = 0; y < kMatchRows; ++y, one += kMatchRowStep * stride, two += kMatchRowStep * stride)
        for (int x = 0; x < kMatchSize; ++x)
            sum += std::abs(window.samples[kMatchSize * y + x] - ((one[x] + two[x] + 1) >> 1));
    return kMatchRowStep * sum;
#endif
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
