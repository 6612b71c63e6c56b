// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/comb.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "jpeg/target_clones.h"

namespace jpegdeblock {
namespace {

/// Rounding errors of 64 independent samples give sqrt(1/12). Large steps leave blocks with so few
/// coefficients that their samples, and with them the errors, repeat: up to sqrt(8/12) where rows or columns
/// are equal.
double deviation(double step) {
    return std::min(0.3 + 0.008 * step, 0.7);
}

JPEGDEBLOCK_TARGET_CLONES
float sum_of_evidence(const Comb& comb, std::span<const float> values) {
    const Comb local = comb;
    const float* value = values.data();
    const std::size_t count = values.size();
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < count; ++i) sum += evidence(local, value[i]);
    return sum;
}

}  // namespace

Comb::Comb(double step_) : step(static_cast<float>(step_)), inverse_step(static_cast<float>(1 / step_)) {
    const double sigma = deviation(step_);
    // Of the normal distribution cut off half a step away.
    const double integral =
        sigma * std::sqrt(2 * std::numbers::pi) * std::erf(step_ / (std::sqrt(8.0) * sigma));
    peak = static_cast<float>(std::log(step_ / integral));
    weight = static_cast<float>(0.5 / (sigma * sigma));
}

float evidence(const Comb& comb, std::span<const float> values) {
    return sum_of_evidence(comb, values);
}

double ifast_step(int step, int coefficient) {
    const auto factor = [](int frequency) {
        return frequency == 0 ? 1.0 : std::numbers::sqrt2 * std::cos(frequency * std::numbers::pi / 16);
    };
    const double scale = 4 * factor(coefficient / 8) * factor(coefficient % 8);
    return std::round(step * scale) / scale;
}

Comb comb_of(int step, int coefficient, Decoder decoder) {
    return Comb(decoder == kFast ? ifast_step(step, coefficient) : step);
}

}  // namespace jpegdeblock
