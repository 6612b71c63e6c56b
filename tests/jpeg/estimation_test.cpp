// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/estimation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"

#include "synthetic_picture.h"

namespace jpegdeblock {
namespace {

using test::synthetic_picture;

LumaImage compressed(const LumaImage& picture, int quality, IdctMethod method = IdctMethod::kIslow) {
    return decode_jpeg_luma(encode_grey_jpeg(picture.view(), quality), method);
}

ConstPlane crop(const LumaImage& picture, int left, int top, int width, int height) {
    return {picture.samples.data() + top * picture.width + left, width, height, picture.width};
}

int estimated_quality(ConstPlane luma, GridOffset offset = {}) {
    const auto estimate = estimate_quantization(luma, offset);
    if (!estimate) return 0;
    EXPECT_EQ(estimate->table, ijg_luma_table(estimate->quality));
    return estimate->quality;
}

LumaImage drawn(int width, int height, const std::function<double(int x, int y)>& level) {
    LumaImage picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            picture.samples.push_back(
                static_cast<std::uint8_t>(std::lround(std::clamp(level(x, y), 0.0, 255.0))));
    return picture;
}

LumaImage scaled(const LumaImage& picture, double factor) {
    const auto sample = [&](int x, int y) {
        return picture.view().row(std::min(y, picture.height - 1))[std::min(x, picture.width - 1)];
    };
    return drawn(static_cast<int>(picture.width * factor), static_cast<int>(picture.height * factor),
                 [&](int to_x, int to_y) {
                     const double x = to_x / factor, y = to_y / factor;
                     const int left = static_cast<int>(x), top = static_cast<int>(y);
                     const double right_share = x - left, bottom_share = y - top;
                     return (1 - bottom_share) * ((1 - right_share) * sample(left, top) +
                                                  right_share * sample(left + 1, top)) +
                            bottom_share * ((1 - right_share) * sample(left, top + 1) +
                                            right_share * sample(left + 1, top + 1));
                 });
}

class EstimationOfMethod : public testing::TestWithParam<IdctMethod> {};

TEST_P(EstimationOfMethod, FindsTheQuality) {
    const LumaImage picture = synthetic_picture(256, 192, 11);
    // Each quality with one of the three methods.
    for (int quality = 5 + static_cast<int>(GetParam()); quality <= 99; quality += 3) {
        const int found = estimated_quality(compressed(picture, quality, GetParam()).view());
        // Tables of steps 1 and 2 leave little to tell; a miss is allowed there, a wrong claim is not.
        if (quality <= 96 || found != 0) {
            EXPECT_EQ(found, quality);
        }
    }
}

TEST_P(EstimationOfMethod, FindsTheExtremes) {
    const LumaImage picture = synthetic_picture(512, 384);
    for (const int quality : {1, 2, 3, 4})
        EXPECT_NEAR(estimated_quality(compressed(picture, quality, GetParam()).view()), quality, 1);
    // All steps of 1 and nearly all steps of 1 look alike.
    const int found = estimated_quality(compressed(picture, 100, GetParam()).view());
    EXPECT_TRUE(found == 0 || found >= 99) << found;
}

std::string name_of(const testing::TestParamInfo<IdctMethod>& info) {
    switch (info.param) {
        case IdctMethod::kIslow:
            return "Islow";
        case IdctMethod::kIfast:
            return "Ifast";
        case IdctMethod::kFloat:
            break;
    }
    return "Float";
}

INSTANTIATE_TEST_SUITE_P(Decoders, EstimationOfMethod,
                         testing::Values(IdctMethod::kIslow, IdctMethod::kIfast, IdctMethod::kFloat),
                         name_of);

// Coarse steps leave little but the means of blocks of them.
LumaImage sky(int width, int height, double noise_deviation) {
    std::mt19937 random(5);
    std::normal_distribution<double> noise(0.0, 1.0);
    return drawn(width, height, [&](int x, int y) {
        const double right = static_cast<double>(x) / width, down = static_cast<double>(y) / height;
        return 110 + 50 * right + 60 * down - 30 * right * down + noise_deviation * noise(random);
    });
}

TEST_P(EstimationOfMethod, FindsTheQualityOfSmoothPictures) {
    for (const double deviation : {0.0, 1.0, 2.5}) {
        const LumaImage picture = sky(320, 240, deviation);
        EXPECT_EQ(estimated_quality(picture.view()), 0) << "never compressed";
        for (const int quality : {5, 8, 10, 12, 15, 20, 25, 30})
            EXPECT_EQ(estimated_quality(compressed(picture, quality, GetParam()).view()), quality)
                << "noise of " << deviation;
    }
}

TEST(Estimation, FindsTheQualityOfCroppedSmoothPictures) {
    const LumaImage decoded = compressed(sky(320, 240, 1.0), 10);
    for (const GridOffset offset : {GridOffset{1, 0}, GridOffset{3, 7}, GridOffset{4, 4}}) {
        const auto found = estimate_quantization_anywhere(crop(decoded, offset.x, offset.y, 300, 220));
        ASSERT_TRUE(found) << offset.x << "," << offset.y;
        EXPECT_EQ(found->quality, 10);
        EXPECT_EQ(found->offset, offset);
    }
}

TEST(Estimation, FindsNothingInFlatPanels) {
    std::mt19937 random(17);
    for (int picture = 0; picture < 60; ++picture) {
        // Of any size, then in multiples of the grid's.
        const int unit = picture % 2 == 0 ? 1 : 8;
        const int wide = unit * static_cast<int>((20 + random() % 60) / unit);
        const int high = unit * static_cast<int>((20 + random() % 60) / unit);
        std::array<std::array<double, 32>, 32> level;
        for (auto& row : level)
            for (double& each : row) each = 20.0 + static_cast<double>(random() % 12) * 18.7;
        EXPECT_EQ(estimated_quality(
                      drawn(320, 240, [&](int x, int y) { return level[y / high][x / wide]; }).view()),
                  0)
            << wide << "x" << high;
    }
}

TEST(Estimation, FindsTheQualityOnlyWhereTheGridLies) {
    const LumaImage decoded = compressed(synthetic_picture(200, 160), 40);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const ConstPlane cropped = crop(decoded, x, y, 190, 150);
            EXPECT_EQ(estimated_quality(cropped, {x, y}), 40);
            if (x != 0 || y != 0) {
                EXPECT_EQ(estimated_quality(cropped), 0) << x << "," << y;
            }
        }
}

TEST(Estimation, FindsNothingAfterScaling) {
    for (const int quality : {10, 30, 60, 90}) {
        const LumaImage decoded = compressed(synthetic_picture(256, 192), quality);
        for (const double factor : {0.5, 0.75, 1.25, 1.5, 2.0})
            EXPECT_EQ(estimated_quality(scaled(decoded, factor).view()), 0) << quality << " times " << factor;
    }
}

TEST(Estimation, FindsNothingInPicturesThatWereNeverCompressed) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        const int side = 16 + 5 * static_cast<int>(seed);
        EXPECT_EQ(estimated_quality(synthetic_picture(side, side, seed).view()), 0);
    }
}

TEST(Estimation, FindsNothingInNoise) {
    std::mt19937 random(3);
    for (const double deviation : {0.2, 0.3, 0.4, 0.6, 1.0, 3.0, 10.0, 40.0}) {
        std::normal_distribution<double> noise(128.0, deviation);
        EXPECT_EQ(estimated_quality(drawn(320, 200, [&](int, int) { return noise(random); }).view()), 0)
            << deviation;
    }
}

TEST(Estimation, FindsNothingInGradients) {
    for (const double slope : {0.01, 0.05, 0.1, 0.125, 0.2, 0.25, 0.3, 0.5, 0.7, 1.0, 2.0, 3.0}) {
        const LumaImage along = drawn(320, 200, [&](int x, int) { return std::fmod(slope * x, 250.0); });
        const LumaImage across =
            drawn(320, 200, [&](int x, int y) { return std::fmod(slope * (x + 0.37 * y), 250.0); });
        EXPECT_EQ(estimated_quality(along.view()), 0) << slope;
        EXPECT_EQ(estimated_quality(across.view()), 0) << slope;
    }
}

TEST(Estimation, FindsNothingInPatterns) {
    for (int period = 2; period <= 40; ++period) {
        const double frequency = 6.2832 / period;
        const auto wave = [&](int x, int) { return 128.0 + 100.0 * std::sin(frequency * x); };
        const auto grid = [&](int x, int y) {
            return 128.0 + 60.0 * std::sin(frequency * x) + 50.0 * std::cos(frequency * y);
        };
        const auto rings = [&](int x, int y) {
            return 128.0 + 100.0 * std::sin(frequency * std::hypot(x, y));
        };
        const auto stripes = [&](int x, int) { return x / period % 2 ? 200.0 : 50.0; };
        const auto checkers = [&](int x, int y) { return (x / period + y / period) % 2 ? 190.0 : 30.0; };
        const auto steps = [&](int x, int y) { return std::floor((0.5 * x + 0.3 * y) / period) * period; };
        const std::array<std::function<double(int, int)>, 6> patterns = {wave,    grid,     rings,
                                                                         stripes, checkers, steps};
        for (std::size_t i = 0; i < patterns.size(); ++i)
            EXPECT_EQ(estimated_quality(drawn(160, 104, patterns[i]).view()), 0) << i << " period " << period;
    }
}

TEST(Estimation, FindsNothingWhereThereIsNothing) {
    EXPECT_EQ(estimated_quality(drawn(1, 1, [](int, int) { return 77.0; }).view()), 0);
    EXPECT_EQ(estimated_quality(drawn(1, 1, [](int, int) { return 77.0; }).view(), {7, 7}), 0);
    EXPECT_EQ(estimated_quality(drawn(7, 500, [](int, int y) { return y / 2.0; }).view()), 0);
    EXPECT_EQ(estimated_quality(drawn(400, 300, [](int, int) { return 77.0; }).view()), 0);
    EXPECT_EQ(estimated_quality(compressed(drawn(400, 300, [](int, int) { return 77.0; }), 30).view()), 0);
    EXPECT_EQ(estimated_quality(drawn(64, 64, [](int x, int y) { return (x ^ y) & 1 ? 255.0 : 0.0; }).view()),
              0);
}

TEST(Estimation, NeedsFourBlocks) {
    const LumaImage decoded = compressed(synthetic_picture(32, 16), 60);
    EXPECT_EQ(estimated_quality(crop(decoded, 0, 0, 31, 8)), 0);
    EXPECT_EQ(estimated_quality(crop(decoded, 0, 0, 24, 15)), 0);
}

TEST(Estimation, FindsTheQualityOfSmallPictures) {
    for (const int quality : {15, 30, 50, 75, 90})
        EXPECT_EQ(estimated_quality(compressed(synthetic_picture(96, 72), quality).view()), quality);
}

TEST(Estimation, ReadsOnlyThePlane) {
    const LumaImage decoded = compressed(synthetic_picture(256, 192), 25);
    LumaImage framed = synthetic_picture(300, 250, 99);
    for (int y = 0; y < 184; ++y) std::copy_n(decoded.view().row(y), 248, framed.view().row(y + 33) + 21);
    EXPECT_EQ(estimated_quality(crop(framed, 21, 33, 248, 184)), 25);
}

TEST(Estimation, IgnoresClippedBlocks) {
    // Strong contrast: most blocks of the decoded picture hold samples of 0 or 255.
    LumaImage picture = synthetic_picture(320, 240);
    for (auto& sample : picture.samples)
        sample = static_cast<std::uint8_t>(std::clamp(128 + 2 * (sample - 128), 0, 255));
    for (const int quality : {20, 50, 85})
        EXPECT_EQ(estimated_quality(compressed(picture, quality).view()), quality);
}

TEST(Estimation, FindsTheLastCompression) {
    const LumaImage picture = synthetic_picture(320, 240);
    for (const auto& [first, last] : {std::pair{90, 40}, std::pair{95, 75}, std::pair{60, 30}})
        EXPECT_EQ(estimated_quality(compressed(compressed(picture, first), last).view()), last);
}

}  // namespace
}  // namespace jpegdeblock
