// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/progressive.h>

#include <algorithm>
#include <cmath>

namespace jpegdeblock {
namespace {

// The largest magnitude of a coefficient of an 8x8 block of samples: 8 * 128.
constexpr float kLargest = 1024.0f;

int usual_size(int row_index) {
    const int frequency = row_index / 8 + row_index % 8;
    return frequency == 0 ? 1024 : static_cast<int>(std::lround(512.0 / frequency));
}

}  // namespace

bool ScanState::complete() const {
    return std::all_of(missing_bits.begin(), missing_bits.end(), [](std::int8_t bits) { return bits == 0; });
}

QuantizationTable effective_steps(const QuantizationTable& table, const ScanState& state) {
    QuantizationTable result;
    for (int i = 0; i < 64; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const int bits = state.missing_bits[at];
        const std::uint32_t step = std::max<std::uint32_t>(table.step[at], 1);
        const std::uint32_t effective = bits == ScanState::kAbsent
                                            ? std::max(step, static_cast<std::uint32_t>(usual_size(i)))
                                            : step << bits;
        result.step[at] = static_cast<std::uint16_t>(std::min<std::uint32_t>(effective, 65535));
    }
    return result;
}

CoefficientInterval coefficient_interval(std::int16_t level, std::uint16_t step, int missing_bits,
                                         int row_index) {
    if (missing_bits == ScanState::kAbsent) return {-kLargest, kLargest};
    const float missing = static_cast<float>((1 << missing_bits) - 1);
    float low = static_cast<float>(level) - 0.5f, high = static_cast<float>(level) + 0.5f;
    if (row_index == 0 || level >= 0) high += missing;
    if (row_index != 0 && level <= 0) low -= missing;
    return {low * static_cast<float>(step), high * static_cast<float>(step)};
}

std::int32_t expected_coefficient(std::int16_t level, std::uint16_t step, int missing_bits, int row_index) {
    if (missing_bits == ScanState::kAbsent) return 0;
    const CoefficientInterval interval = coefficient_interval(level, step, missing_bits, row_index);
    return static_cast<std::int32_t>(std::lround((interval.low + interval.high) / 2));
}

}  // namespace jpegdeblock
