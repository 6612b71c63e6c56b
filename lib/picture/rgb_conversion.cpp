// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/rgb_conversion.h"

#include <algorithm>

namespace jpegdeblock {
namespace {

constexpr int kMost = 255;
constexpr int kFractionBits = 16;

constexpr int fixed(double value) {
    return static_cast<int>(value * (1 << kFractionBits) + 0.5);
}

constexpr int rounded(int value) {
    return (value + (1 << (kFractionBits - 1))) >> kFractionBits;
}

using Pixel = std::array<int, 3>;

Pixel from_ycbcr(int y, int cb, int cr) {
    cb -= 128;
    cr -= 128;
    const Pixel rgb = {y + rounded(fixed(1.402) * cr),
                       y + rounded(-fixed(0.34414) * cb - fixed(0.71414) * cr),
                       y + rounded(fixed(1.772) * cb)};
    return {std::clamp(rgb[0], 0, kMost), std::clamp(rgb[1], 0, kMost), std::clamp(rgb[2], 0, kMost)};
}

// light: what C, M and Y leave of each colour. key: what K leaves.
Pixel behind_key(const Pixel& light, int key) {
    const auto share = [key](int value) { return (value * key + kMost / 2) / kMost; };
    return {share(light[0]), share(light[1]), share(light[2])};
}

Pixel inverted(const Pixel& pixel) {
    return {kMost - pixel[0], kMost - pixel[1], kMost - pixel[2]};
}

template <typename Convert>
void convert_row(int width, const RgbRow& rgb, Convert convert) {
    for (int x = 0; x < width; ++x) {
        const Pixel pixel = convert(x);
        for (std::size_t i = 0; i < 3; ++i) {
            rgb.sample[i][x * rgb.pixel_stride] = static_cast<std::uint8_t>(pixel[i]);
        }
    }
}

}  // namespace

void convert_to_rgb(RgbSource source, const std::array<const std::uint8_t*, 4>& components, int width,
                    const RgbRow& rgb) {
    const auto three = [&](int x) { return Pixel{components[0][x], components[1][x], components[2][x]}; };
    const auto three_from_ycbcr = [&](int x) {
        return from_ycbcr(components[0][x], components[1][x], components[2][x]);
    };
    const auto key = [&](int x) { return int{components[3][x]}; };
    switch (source) {
        case RgbSource::kRgb:
            return convert_row(width, rgb, three);
        case RgbSource::kCmyk:
            return convert_row(width, rgb,
                               [&](int x) { return behind_key(inverted(three(x)), kMost - key(x)); });
        case RgbSource::kInvertedCmyk:
            return convert_row(width, rgb, [&](int x) { return behind_key(three(x), key(x)); });
        // libjpeg makes CMYK of YCCK by inverting what Y, Cb and Cr give.
        case RgbSource::kYcck:
            return convert_row(width, rgb,
                               [&](int x) { return behind_key(three_from_ycbcr(x), kMost - key(x)); });
        case RgbSource::kInvertedYcck:
            return convert_row(width, rgb,
                               [&](int x) { return behind_key(inverted(three_from_ycbcr(x)), key(x)); });
    }
}

}  // namespace jpegdeblock
