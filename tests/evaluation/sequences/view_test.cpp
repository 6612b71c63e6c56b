// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "../../support/drawn_pictures.h"

namespace jpegdeblock {
namespace {

/// A picture whose samples are 40 + x + 2 * y, which interpolation cannot change.
LumaImage slope(int width, int height) {
    LumaImage picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) picture.samples.push_back(static_cast<std::uint8_t>(40 + x + 2 * y));
    return picture;
}

TEST(View, ShowsTheMiddleOfThePictureInTheMiddleOfTheFrame) {
    const LumaImage picture = slope(64, 48);
    for (const double scale : {1.0, 1.5, 2.0}) {
        std::vector<float> frame(16 * 12);
        render_view(picture, {.x = 32.25, .y = 24.5, .scale = scale}, 16, 12, frame.data());
        for (int y = 0; y < 12; ++y)
            for (int x = 0; x < 16; ++x) {
                const double from_x = 32.25 + scale * (x - 7.5), from_y = 24.5 + scale * (y - 5.5);
                ASSERT_NEAR(frame[static_cast<std::size_t>(16 * y + x)],
                            40 + (from_x - 0.5) + 2 * (from_y - 0.5), 1e-3)
                    << scale << ": " << x << ", " << y;
            }
    }
}

TEST(View, TurnsClockwise) {
    const LumaImage picture = slope(64, 64);
    std::vector<float> upright(16 * 16), turned(16 * 16);
    render_view(picture, {.x = 32, .y = 32}, 16, 16, upright.data());
    render_view(picture, {.x = 32, .y = 32, .angle = std::numbers::pi / 2}, 16, 16, turned.data());
    // The frame's x leads down in the picture, its y to the left.
    for (std::size_t y = 0; y < 16; ++y)
        for (std::size_t x = 0; x < 16; ++x) ASSERT_NEAR(turned[16 * y + x], upright[16 * x + 15 - y], 1e-3);
}

TEST(View, ThePicturesEdgesGoOn) {
    LumaImage picture = draw_picture(24, 24, 1);
    std::vector<float> frame(64 * 64);
    render_view(picture, {.x = 12, .y = 12}, 64, 64, frame.data());
    EXPECT_NEAR(frame.front(), picture.samples.front(), 0.01);
    EXPECT_NEAR(frame.back(), picture.samples.back(), 0.01);
    EXPECT_TRUE(
        std::all_of(frame.begin(), frame.end(), [](float level) { return level >= 0 && level <= 255; }));
}

}  // namespace
}  // namespace jpegdeblock
