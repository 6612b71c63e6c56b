// SPDX-License-Identifier: LGPL-2.1-or-later
#include "screens/screen.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace jpegdeblock::training {
namespace {

void ignore_progress(double) {}

TEST(ScreenContentTest, RefusesSidesOutOfRange) {
    EXPECT_THROW(render_screen(1, kSmallestScreenSide - 1, 480), Error);
    EXPECT_THROW(render_screen(1, 640, 0), Error);
    EXPECT_THROW(render_screen(1, 640, -480), Error);
    EXPECT_THROW(render_screen(1, kLargestScreenSide + 1, 480), Error);
    EXPECT_THROW(render_screens(1, 3, 8, 8, Component::kLuma, ignore_progress), Error);
}

TEST(ScreenContentTest, SmallAndLongScreensAreRendered) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const RgbPicture smallest = render_screen(seed, kSmallestScreenSide, kSmallestScreenSide);
        EXPECT_EQ(smallest.samples.size(), 3u * kSmallestScreenSide * kSmallestScreenSide);
        EXPECT_EQ(render_screen(seed, 333, 37).samples.size(), 3u * 333 * 37);
        EXPECT_EQ(render_screen(seed, 35, 401).samples.size(), 3u * 35 * 401);
    }
}

TEST(ScreenContentTest, TheSeedAloneDecides) {
    const auto alone = render_screens(5, 6, 320, 240, Component::kLuma, ignore_progress);
    const auto again = render_screens(5, 6, 320, 240, Component::kLuma, ignore_progress);
    std::set<std::string> different;
    for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_EQ(alone[i].samples, again[i].samples) << i;
        EXPECT_EQ(alone[i].samples, planes_of(render_screen(5 + i, 320, 240), Component::kLuma)[0].samples)
            << i;
        different.emplace(alone[i].samples.begin(), alone[i].samples.end());
    }
    EXPECT_EQ(different.size(), alone.size());
}

TEST(ScreenContentTest, ChromaHasTwoPlanesForEachScreen) {
    const auto planes = render_screens(3, 2, 64, 50, Component::kHalvedChroma, ignore_progress);
    ASSERT_EQ(planes.size(), 4u);
    const auto second = planes_of(render_screen(4, 64, 50), Component::kHalvedChroma);
    EXPECT_EQ(planes[2].samples, second[0].samples);
    EXPECT_EQ(planes[3].samples, second[1].samples);
    EXPECT_EQ(planes[3].width, 32);
    EXPECT_EQ(planes[3].height, 25);
}

TEST(ScreenContentTest, ProgressEndsAtOne) {
    double last = 0;
    EXPECT_EQ(
        render_screens(1, 4, 64, 64, Component::kLuma, [&](double share) { last = std::max(last, share); })
            .size(),
        4u);
    EXPECT_EQ(last, 1.0);
    EXPECT_TRUE(render_screens(1, 0, 64, 64, Component::kLuma, ignore_progress).empty());
}

// Screens are flat areas with sharp edges, dark ones and light ones.
TEST(ScreenContentTest, ScreensVaryAndLookLikeScreens) {
    const auto screens = render_screens(0, 60, 320, 240, Component::kLuma, ignore_progress);
    int dark = 0, light = 0, sharp = 0;
    double flat = 0;
    for (const LumaImage& screen : screens) {
        double sum = 0;
        int level = 0, edges = 0;
        for (int y = 0; y < screen.height; ++y)
            for (int x = 1; x < screen.width; ++x) {
                const int step = std::abs(screen.view().row(y)[x] - screen.view().row(y)[x - 1]);
                sum += screen.view().row(y)[x];
                level += step == 0;
                edges += step > 60;
            }
        const double pixels = (screen.width - 1.0) * screen.height;
        dark += sum / pixels < 90;
        light += sum / pixels > 165;
        sharp += edges / pixels > 0.01;
        flat += level / pixels;
    }
    EXPECT_GT(dark, 9);
    EXPECT_GT(light, 9);
    EXPECT_GT(sharp, 30);
    EXPECT_GT(flat / 60, 0.5);
}

}  // namespace
}  // namespace jpegdeblock::training
