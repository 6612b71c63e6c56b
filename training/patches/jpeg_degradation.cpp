// SPDX-License-Identifier: LGPL-2.1-or-later
#include "patches/jpeg_degradation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>

#include <jpegdeblock/error.h>

#include "jpeg/islow_dct.h"
#include "jpeg/target_clones.h"

namespace jpegdeblock::training {
namespace {

/// Quantizes coefficients as libjpeg does: 8 times the coefficient is divided by 8 times the step, halves are
/// rounded away from zero.
class Quantizer {
  public:
    explicit Quantizer(const QuantizationTable& table) {
        for (std::size_t i = 0; i < 64; ++i) {
            step_[i] = table.step[i];
            reciprocal_[i] = 1.0f / (8.0f * static_cast<float>(table.step[i]));
            // The dividend is an integer: a half more changes no quotient, but keeps it clear of the
            // integers, which the inexact reciprocal might miss.
            half_[i] = 4.0f * static_cast<float>(table.step[i]) + 0.5f;
        }
    }

    /// Replaces coefficients, given times 8, by what is left of them after quantization, not times 8.
    [[gnu::always_inline]] void quantize(std::int32_t* coefficients) const {
        for (std::size_t i = 0; i < 64; ++i) coefficients[i] = level(coefficients[i], i) * step_[i];
    }

    /// As quantize, of what the scans up to `state` tell of the coefficients.
    void quantize(std::int32_t* coefficients, const ScanState& state) const {
        for (std::size_t i = 0; i < 64; ++i) {
            const int bits = state.missing_bits[i];
            const std::int32_t whole = level(coefficients[i], i);
            std::int32_t seen = 0;
            if (bits != ScanState::kAbsent) {
                const std::int32_t magnitude = std::abs(whole) >> bits << bits;
                seen = i == 0 ? whole >> bits << bits : whole < 0 ? -magnitude : magnitude;
            }
            coefficients[i] =
                expected_coefficient(static_cast<std::int16_t>(seen), static_cast<std::uint16_t>(step_[i]),
                                     bits, static_cast<int>(i));
        }
    }

  private:
    [[gnu::always_inline]] std::int32_t level(std::int32_t coefficient, std::size_t i) const {
        const float magnitude = std::fabs(static_cast<float>(coefficient));
        const auto result = static_cast<std::int32_t>((magnitude + half_[i]) * reciprocal_[i]);
        return coefficient < 0 ? -result : result;
    }

    std::array<std::int32_t, 64> step_;
    std::array<float, 64> reciprocal_;
    std::array<float, 64> half_;
};

[[gnu::always_inline]] inline void load_block(const std::uint8_t* from, std::ptrdiff_t stride,
                                              std::int32_t* block) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) block[8 * y + x] = from[y * stride + x] - 128;
}

[[gnu::always_inline]] inline void store_block(const std::int32_t* block, std::uint8_t* to,
                                               std::ptrdiff_t stride) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x)
            to[y * stride + x] = static_cast<std::uint8_t>(std::clamp(block[8 * y + x] + 128, 0, 255));
}

JPEGDEBLOCK_TARGET_CLONES
void degrade_row_of_blocks(const std::uint8_t* pristine, std::ptrdiff_t width, const Quantizer& quantizer,
                           std::uint8_t* decoded) {
    std::int32_t block[64];
    for (std::ptrdiff_t x = 0; x < width; x += 8) {
        load_block(pristine + x, width, block);
        forward_islow_8x8(block, block);
        quantizer.quantize(block);
        inverse_islow_8x8(block, block);
        store_block(block, decoded + x, width);
    }
}

void require_whole_blocks(int width, int height) {
    if (width < 8 || height < 8 || width % 8 != 0 || height % 8 != 0)
        throw Error(ErrorCode::kInvalidArgument,
                    "a plane of " + std::to_string(width) + "x" + std::to_string(height) +
                        " pixels cannot be degraded: both sides must be positive multiples of 8");
}

}  // namespace

void degrade_luma(const std::uint8_t* pristine, int width, int height, const QuantizationTable& table,
                  std::uint8_t* decoded) {
    require_whole_blocks(width, height);
    const Quantizer quantizer(table);
    for (std::ptrdiff_t y = 0; y < height; y += 8)
        degrade_row_of_blocks(pristine + y * width, width, quantizer, decoded + y * width);
}

void degrade_luma(const std::uint8_t* pristine, int width, int height, const QuantizationTable& table,
                  const ScanState& state, std::uint8_t* decoded) {
    require_whole_blocks(width, height);
    const Quantizer quantizer(table);
    std::int32_t block[64];
    for (std::ptrdiff_t y = 0; y < height; y += 8)
        for (std::ptrdiff_t x = 0; x < width; x += 8) {
            load_block(pristine + y * width + x, width, block);
            forward_islow_8x8(block, block);
            quantizer.quantize(block, state);
            inverse_islow_8x8(block, block);
            store_block(block, decoded + y * width + x, width);
        }
}

}  // namespace jpegdeblock::training
