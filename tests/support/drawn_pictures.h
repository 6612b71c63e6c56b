// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "jpeg/luma_codec.h"

/// A picture with gradients, edges and texture that depend on `seed`.
inline jpegdeblock::LumaImage draw_picture(int width, int height, unsigned seed) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    const double slope = uniform(generator) - 0.5, wave = 0.05 + 0.2 * uniform(generator);
    const double centre_x = width * uniform(generator), centre_y = height * uniform(generator);
    const double radius = 0.3 * std::min(width, height), contrast = 40 + 60 * uniform(generator);
    jpegdeblock::LumaImage picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            double value = 110 + slope * x + 15 * std::sin(wave * x + 0.1 * y);
            if (std::hypot(x - centre_x, y - centre_y) < radius) value += contrast;
            if (y > height / 2) value += 12 * (uniform(generator) - 0.5);
            picture.samples.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
        }
    return picture;
}
