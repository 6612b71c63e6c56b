// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include <jpegdeblock/export.h>
#include <jpegdeblock/quantization.h>

// What is known of a component's coefficients while a progressive JPEG (ITU-T T.81, annex G) arrives: some
// are absent still, of others the low bits are missing. All functions are pure and thread safe.

namespace jpegdeblock {

/// How far the scans that have arrived tell the coefficients of a component.
struct ScanState {
    static constexpr std::int8_t kAbsent = -1;

    /// For each coefficient, in row order: the number of low bits that are missing, 0..13 (T.81's Al of the
    /// last scan that held it), or kAbsent. libjpeg has it as coef_bits, there in zigzag order.
    std::array<std::int8_t, 64> missing_bits{};

    JPEGDEBLOCK_API bool complete() const;
    bool operator==(const ScanState&) const = default;
};

/// The quantization steps that the coefficients known so far amount to: step << missing bits. An absent
/// coefficient gets the step that its usual size calls for: 512 / (u + v) levels, 1024 for DC, at least its
/// own. 1..65535, also where the table's is 0. Networks are told these steps in place of the table's.
JPEGDEBLOCK_API QuantizationTable effective_steps(const QuantizationTable& table, const ScanState& state);

/// What a coefficient may be, in levels (dequantized), from what is known of it.
struct CoefficientInterval {
    float low;
    float high;
};

/// level: the quantized coefficient as decoded so far, its missing bits 0. T.81 cuts the low bits off DC by
/// an arithmetic shift (towards minus infinity), off the others towards zero (G.1.2). An absent coefficient
/// may be anything that an 8x8 block of samples can have. row_index: 0..63; 0 is DC. missing_bits: as in
/// ScanState. step: the table's.
JPEGDEBLOCK_API CoefficientInterval coefficient_interval(std::int16_t level, std::uint16_t step,
                                                         int missing_bits, int row_index);

/// The middle of coefficient_interval, rounded to an integer, halves away from 0; 0 where absent. What the
/// decoded picture is made of, so that it lies amidst what is possible.
JPEGDEBLOCK_API std::int32_t expected_coefficient(std::int16_t level, std::uint16_t step, int missing_bits,
                                                  int row_index);

}  // namespace jpegdeblock
