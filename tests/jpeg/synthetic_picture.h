// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "jpeg/luma_codec.h"

namespace jpegdeblock::test {

/// Waves, edges and noise: a picture whose blocks have coefficients of every frequency.
inline LumaImage synthetic_picture(int width, int height, unsigned seed = 1) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> noise(0.0, 4.0);
    LumaImage picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double waves = 50.0 * std::sin(0.05 * x + 0.02 * y) + 30.0 * std::sin(0.0007 * x * y);
            const double edges = 30.0 * ((x / 45 + y / 35) % 3 - 1);
            const double sample = std::clamp(128.0 + waves + edges + noise(generator), 0.0, 255.0);
            picture.samples.push_back(static_cast<std::uint8_t>(sample));
        }
    return picture;
}

}  // namespace jpegdeblock::test
