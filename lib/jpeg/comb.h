// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include "jpeg/block_columns.h"

namespace jpegdeblock {

/// A hypothesis on one DCT coefficient of a decoded JPEG: it lies at a multiple of `step`, but for the
/// rounding of samples. (Decoders may use a step that is not whole, see ifast_step.)
///
/// Its evidence from a value c is the logarithm of a likelihood ratio: c is distributed normally around the
/// nearest multiple, against c is distributed uniformly over the step. So a small step, which lies near to
/// everything, has little to gain from a value that fits.
struct Comb {
    float step;
    float inverse_step;
    float peak;    ///< The evidence from a value that fits exactly.
    float weight;  ///< 1 / (2 variance).

    explicit Comb(double step);
};

/// Values that a comb does not explain (clipped, edited) count as this, however far they are.
constexpr float kLeastEvidence = -4.0f;

[[gnu::always_inline]] inline float evidence(const Comb& comb, float value) {
    const float multiple = round_to_integer(value * comb.inverse_step);
    const float distance = value - multiple * comb.step;
    // Nearness to zero speaks for nothing: most coefficients of any picture are small.
    const float peak = multiple != 0.0f ? comb.peak : 0.0f;
    const float ratio = peak - comb.weight * distance * distance;
    return ratio > kLeastEvidence ? ratio : kLeastEvidence;
}

/// The sum over the values.
float evidence(const Comb& comb, std::span<const float> values);

/// How a decoder rounds the steps: as they are (libjpeg's islow and float), or as ifast_step says.
enum Decoder { kAccurate, kFast, kDecoders };

/// The step that libjpeg's fast integer transform (jidctfst.c; T.81 leaves the accuracy open) really uses at
/// coefficient 8 * v + u: it multiplies step and scale factors of Arai, Agui and Nakajima's DCT and keeps two
/// bits of fraction.
double ifast_step(int step, int coefficient);

/// Of a coefficient of the table at a decoder.
Comb comb_of(int step, int coefficient, Decoder decoder);

}  // namespace jpegdeblock
