// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/fine_tables.h"

#include <algorithm>
#include <cmath>

namespace jpegdeblock {
namespace {

/// Low steps (u + v <= 3) of up to 2 levels move a smooth surface by a level at most, of 4 levels and above
/// the borders of blocks may show.
constexpr float kInvisibleLowStep = 2.0f;
constexpr float kVisibleLowStep = 4.0f;

constexpr int kInvisibleQuality = 95;
constexpr int kVisibleQuality = 93;

/// The error of quantization has a variance of up to step^2 / 12 in each coefficient, so that this over
/// sqrt(12) is the error of the samples.
float root_mean_square(const QuantizationTable& table) {
    float sum = 0;
    for (const std::uint16_t step : table.step) sum += static_cast<float>(step) * static_cast<float>(step);
    return std::sqrt(sum / 64.0f);
}

float largest_low_step(const QuantizationTable& table) {
    std::uint16_t largest = 0;
    for (std::size_t v = 0; v < 4; ++v)
        for (std::size_t u = 0; u + v < 4; ++u) largest = std::max(largest, table.step[8 * v + u]);
    return largest;
}

float between(float none, float all, float value) {
    return std::clamp((value - none) / (all - none), 0.0f, 1.0f);
}

}  // namespace

float share_worth_adding(const QuantizationTable& table) {
    static const float invisible = root_mean_square(ijg_luma_table(kInvisibleQuality));
    static const float visible = root_mean_square(ijg_luma_table(kVisibleQuality));
    return std::max(between(kInvisibleLowStep, kVisibleLowStep, largest_low_step(table)),
                    between(invisible, visible, root_mean_square(table)));
}

}  // namespace jpegdeblock
