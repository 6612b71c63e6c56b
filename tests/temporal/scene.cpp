// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scene.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace jpegdeblock::test {
namespace {

/// 0..1, the same for the same numbers.
double hashed(int x, int y, unsigned seed) {
    std::uint32_t h = static_cast<std::uint32_t>(x) * 0x8da6b343u ^
                      static_cast<std::uint32_t>(y) * 0xd8163841u ^ seed * 0xcb1ab31fu;
    h = (h ^ (h >> 15)) * 0x2c1b3c6du;
    h = (h ^ (h >> 12)) * 0x297a2d39u;
    return static_cast<double>((h ^ (h >> 15)) & 0xffffff) / 0xffffff;
}

double smooth(double t) {
    return t * t * (3 - 2 * t);
}

/// Noise whose grains are `size` pixels wide, 0..1.
double grains(double x, double y, double size, unsigned seed) {
    const double gx = x / size, gy = y / size;
    const int left = static_cast<int>(std::floor(gx)), top = static_cast<int>(std::floor(gy));
    const double across = smooth(gx - left), down = smooth(gy - top);
    const double upper = std::lerp(hashed(left, top, seed), hashed(left + 1, top, seed), across);
    const double lower = std::lerp(hashed(left, top + 1, seed), hashed(left + 1, top + 1, seed), across);
    return std::lerp(upper, lower, down);
}

double level(double x, double y, unsigned seed) {
    const double hills = 110 * grains(x, y, 37, seed) + 60 * grains(x, y, 11, seed + 1);
    const double edges = grains(x, y, 23, seed + 2) > 0.5 ? 40 : 0;
    return 20 + hills + edges + 30 * grains(x, y, 3.1, seed + 3);
}

}  // namespace

Point scene_of(const View& view, int width, int height, Point frame) {
    const double angle = view.degrees * std::numbers::pi / 180;
    const double x = (frame.x - width / 2.0) / view.scale, y = (frame.y - height / 2.0) / view.scale;
    return {x * std::cos(angle) - y * std::sin(angle) + view.x + width / 2.0,
            x * std::sin(angle) + y * std::cos(angle) + view.y + height / 2.0};
}

Point frame_of(const View& view, int width, int height, Point scene) {
    const double angle = view.degrees * std::numbers::pi / 180;
    const double x = scene.x - view.x - width / 2.0, y = scene.y - view.y - height / 2.0;
    return {(x * std::cos(angle) + y * std::sin(angle)) * view.scale + width / 2.0,
            (y * std::cos(angle) - x * std::sin(angle)) * view.scale + height / 2.0};
}

LumaImage photograph(const View& view, int width, int height, unsigned seed, double noise,
                     unsigned noise_seed) {
    std::mt19937 generator(noise_seed);
    std::normal_distribution<double> normal(0, 1);
    LumaImage frame{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            double sum = 0;
            for (int i = 0; i < 16; ++i) {
                const Point at =
                    scene_of(view, width, height, {x + (i % 4 - 1.5) / 4, y + (i / 4 - 1.5) / 4});
                sum += level(at.x, at.y, seed);
            }
            const double sample = std::round(sum / 16 + noise * normal(generator));
            frame.samples.push_back(static_cast<std::uint8_t>(std::clamp(sample, 0.0, 255.0)));
        }
    return frame;
}

LumaImage compressed(const LumaImage& frame, int quality) {
    return decode_jpeg_luma(encode_grey_jpeg(frame.view(), quality));
}

double mean_squared_difference(const LumaImage& a, ConstPlane b, int border) {
    double sum = 0;
    int count = 0;
    for (int y = border; y < a.height - border; ++y)
        for (int x = border; x < a.width - border; ++x, ++count) {
            const double difference = a.view().row(y)[x] - b.row(y)[x];
            sum += difference * difference;
        }
    return sum / count;
}

}  // namespace jpegdeblock::test
