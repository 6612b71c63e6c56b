// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg_degradation.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include <jpegdeblock/dct.h>
#include <jpegdeblock/error.h>

namespace jpegdeblock::training {
namespace {

/// A table in the form that quantize() wants. libjpeg's islow transform gives coefficients times 8 as
/// integers, which it divides by 8 times the step, rounding halves away from zero.
struct Quantizer {
    alignas(64) std::array<float, 64> step;
    alignas(64) std::array<float, 64> reciprocal;  ///< 1 / (8 step)
    alignas(64) std::array<float, 64> half;        ///< 4 step + 1/2

    explicit Quantizer(const QuantizationTable& table) {
        for (std::size_t i = 0; i < 64; ++i) {
            step[i] = table.step[i];
            reciprocal[i] = 1.0f / (8.0f * step[i]);
            // The dividend is an integer: a half more changes no quotient, but keeps it clear of the
            // integers, which the inexact reciprocal might miss.
            half[i] = 4.0f * step[i] + 0.5f;
        }
    }
};

/// Replaces coefficients by what is left of them after quantization.
void quantize(const Quantizer& quantizer, float* coefficients) {
    for (std::size_t i = 0; i < 64; ++i) {
        const float magnitude =
            static_cast<float>(static_cast<int>(8.0f * std::fabs(coefficients[i]) + 0.5f));
        const float level =
            static_cast<float>(static_cast<int>((magnitude + quantizer.half[i]) * quantizer.reciprocal[i]));
        coefficients[i] = std::copysign(level * quantizer.step[i], coefficients[i]);
    }
}

void load_block(const std::uint8_t* from, std::ptrdiff_t stride, float* block) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) block[8 * y + x] = static_cast<float>(from[y * stride + x] - 128);
}

/// Rounds halves up, as libjpeg does. They are frequent, for a block with nothing but a DC coefficient has
/// multiples of 1/8; the last summand keeps the error of float arithmetic from rounding them down.
void store_block(const float* block, std::uint8_t* to, std::ptrdiff_t stride) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const float sample = block[8 * y + x] + (128.5f + 1.0f / 512.0f);
            const float clamped = sample < 0.0f ? 0.0f : sample > 255.0f ? 255.0f : sample;
            to[y * stride + x] = static_cast<std::uint8_t>(static_cast<int>(clamped));
        }
}

}  // namespace

void degrade_luma(const std::uint8_t* pristine, int width, int height, const QuantizationTable& table,
                  std::uint8_t* decoded) {
    if (width < 8 || height < 8 || width % 8 != 0 || height % 8 != 0)
        throw Error(ErrorCode::kInvalidArgument,
                    "a plane of " + std::to_string(width) + "x" + std::to_string(height) +
                        " pixels cannot be degraded: both sides must be positive multiples of 8");
    const Quantizer quantizer(table);
    alignas(64) float block[64];
    for (std::ptrdiff_t y = 0; y < height; y += 8)
        for (std::ptrdiff_t x = 0; x < width; x += 8) {
            load_block(pristine + y * width + x, width, block);
            forward_dct_8x8(block, block);
            quantize(quantizer, block);
            inverse_dct_8x8(block, block);
            store_block(block, decoded + y * width + x, width);
        }
}

}  // namespace jpegdeblock::training
