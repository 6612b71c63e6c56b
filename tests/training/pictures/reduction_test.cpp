// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/reduction.h"

#include <gtest/gtest.h>

#include <set>

#include "../../support/drawn_pictures.h"

namespace jpegdeblock::training {
namespace {

TEST(PictureReductionTest, SamplesAreMeansOfWhatTheyCover) {
    const LumaImage picture{3, 2, {0, 30, 90, 60, 90, 150}};
    EXPECT_EQ(reduced(picture, 3, 2).samples, picture.samples);
    EXPECT_EQ(reduced(picture, 1, 1).samples, std::vector<std::uint8_t>{70});
    // Each covers one and a half columns: (0 + 30 / 2) / 1.5 = 10 and (30 / 2 + 90) / 1.5 = 70, and so on.
    EXPECT_EQ(reduced(picture, 2, 2).samples, (std::vector<std::uint8_t>{10, 70, 70, 130}));
    EXPECT_EQ(reduced(picture, 3, 1).samples, (std::vector<std::uint8_t>{30, 60, 120}));
}

TEST(PictureReductionTest, EachPictureHasItsOwnFactorOfTheSeed) {
    const std::vector<LumaImage> pictures(20, draw_picture(200, 100, 3));
    const auto first = randomly_reduced(pictures, 48, 1), again = randomly_reduced(pictures, 48, 1);
    const auto other = randomly_reduced(pictures, 48, 2);
    std::set<int> widths;
    bool seed_matters = false;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        EXPECT_GE(first[i].width, 100);
        EXPECT_LE(first[i].width, 200);
        EXPECT_GE(first[i].height, 50);
        EXPECT_NEAR(first[i].width, 2 * first[i].height, 2);
        EXPECT_EQ(first[i].samples, again[i].samples);
        seed_matters = seed_matters || first[i].width != other[i].width;
        widths.insert(first[i].width);
    }
    EXPECT_GT(widths.size(), 10u);
    EXPECT_TRUE(seed_matters);
}

TEST(PictureReductionTest, NoSideFallsBelowTheSmallest) {
    for (const LumaImage& picture : randomly_reduced({10, draw_picture(300, 96, 1)}, 96, 7)) {
        EXPECT_EQ(picture.height, 96);
        EXPECT_EQ(picture.samples.size(), static_cast<std::size_t>(picture.width) * 96);
    }
}

}  // namespace
}  // namespace jpegdeblock::training
