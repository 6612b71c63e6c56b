// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg_degradation.h"

#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "direct_dct.h"
#include "libjpeg_reference.h"
#include "synthetic_picture.h"

namespace jpegdeblock::test {
namespace {

using training::degrade_luma;

constexpr int kSide = 256;

std::vector<std::uint8_t> degrade(const LumaImage& picture, const QuantizationTable& table) {
    std::vector<std::uint8_t> decoded(picture.samples.size());
    degrade_luma(picture.samples.data(), picture.width, picture.height, table, decoded.data());
    return decoded;
}

std::vector<std::uint8_t> through_libjpeg(const LumaImage& picture, int quality, J_DCT_METHOD method) {
    const JpegRecipe recipe{.width = picture.width,
                            .height = picture.height,
                            .input = JCS_GRAYSCALE,
                            .stored = JCS_GRAYSCALE,
                            .quality = quality,
                            .method = method};
    return libjpeg_decompress_luma(libjpeg_compress(recipe, picture.samples), method);
}

/// The smallest distance of a coefficient of the block at (left, top) from where its rounding changes.
double distance_to_tie(const LumaImage& picture, int left, int top, const QuantizationTable& table) {
    std::array<double, 64> block;
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x)
            block[static_cast<std::size_t>(8 * y + x)] =
                picture.samples[static_cast<std::size_t>((top + y) * picture.width + left + x)] - 128.0;
    const std::array<double, 64> coefficients = direct_forward_dct(block);
    double nearest = 1e9;
    for (std::size_t k = 0; k < 64; ++k) {
        const double level = std::abs(coefficients[k]) / table.step[k];
        nearest = std::min(nearest, std::abs(level - std::floor(level) - 0.5) * table.step[k]);
    }
    return nearest;
}

/// How degrade_luma differs from libjpeg.
struct Differences {
    double share = 0.0;              ///< Of pixels that differ at all.
    double share_of_more = 0.0;      ///< Of pixels that differ by more than one level.
    double farthest_from_tie = 0.0;  ///< Over the blocks with such pixels.
};

Differences compare(int quality, J_DCT_METHOD method) {
    const LumaImage picture = synthetic_picture(kSide, kSide);
    const QuantizationTable table = ijg_luma_table(quality);
    const std::vector<std::uint8_t> ours = degrade(picture, table);
    const std::vector<std::uint8_t> theirs = through_libjpeg(picture, quality, method);
    Differences result;
    int different = 0, by_more = 0;
    for (int top = 0; top < kSide; top += 8)
        for (int left = 0; left < kSide; left += 8) {
            int more_in_block = 0;
            for (int y = top; y < top + 8; ++y)
                for (int x = left; x < left + 8; ++x) {
                    const std::size_t i = static_cast<std::size_t>(y * kSide + x);
                    different += ours[i] != theirs[i];
                    more_in_block += std::abs(ours[i] - theirs[i]) > 1;
                }
            by_more += more_in_block;
            if (more_in_block > 0)
                result.farthest_from_tie =
                    std::max(result.farthest_from_tie, distance_to_tie(picture, left, top, table));
        }
    result.share = different / double{kSide * kSide};
    result.share_of_more = by_more / double{kSide * kSide};
    return result;
}

TEST(Degradation, SidesMustBeMultiplesOfEight) {
    std::vector<std::uint8_t> samples(64 * 64);
    for (const auto& [width, height] : {std::pair(0, 8), {8, 0}, {-8, 8}, {9, 8}, {8, 12}}) try {
            degrade_luma(samples.data(), width, height, ijg_luma_table(50), samples.data());
            FAIL() << width << "x" << height << " was accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
            EXPECT_THAT(error.what(),
                        testing::HasSubstr(std::to_string(width) + "x" + std::to_string(height)));
        }
}

void expect_few_differences(J_DCT_METHOD method, double most, double most_by_more) {
    for (const int quality : {1, 5, 10, 20, 30, 50, 75, 90, 95, 100}) {
        const Differences found = compare(quality, method);
        EXPECT_LT(found.share, most) << "quality " << quality;
        EXPECT_LT(found.share_of_more, most_by_more) << "quality " << quality;
        EXPECT_LT(found.farthest_from_tie, 0.2) << "quality " << quality;
    }
}

TEST(Degradation, EqualsLibjpegIslowButNextToRoundingBoundaries) {
    expect_few_differences(JDCT_ISLOW, 0.1, 0.015);
}

// islow rounds coefficients to eighths before it quantizes, as degrade_luma does; libjpeg's float transform
// does not.
TEST(Degradation, EqualsLibjpegFloatButNextToRoundingBoundaries) {
    expect_few_differences(JDCT_FLOAT, 0.3, 0.05);
}

TEST(Degradation, FlatPicturesEqualLibjpegAtEveryLevel) {
    // A DC coefficient and the samples made of it lie on rounding boundaries often.
    LumaImage levels{2048, 8, {}};
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 2048; ++x) levels.samples.push_back(static_cast<std::uint8_t>(x / 8));
    for (int quality = 1; quality <= 100; ++quality)
        EXPECT_EQ(degrade(levels, ijg_luma_table(quality)), through_libjpeg(levels, quality, JDCT_ISLOW))
            << "quality " << quality;
}

TEST(Degradation, HardEdgesAreClamped) {
    LumaImage checks{64, 64, {}};
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x) checks.samples.push_back((x / 3 + y / 5) % 2 == 0 ? 0 : 255);
    const std::vector<std::uint8_t> ours = degrade(checks, ijg_luma_table(10));
    const std::vector<std::uint8_t> theirs = through_libjpeg(checks, 10, JDCT_ISLOW);
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1) << "sample " << i;
}

TEST(Degradation, LargestStepsLeaveMidGrey) {
    QuantizationTable table;
    table.step.fill(65535);
    EXPECT_THAT(degrade(synthetic_picture(16, 24), table), testing::Each(128));
}

TEST(Degradation, InPlace) {
    const LumaImage picture = synthetic_picture(40, 24);
    std::vector<std::uint8_t> samples = picture.samples;
    degrade_luma(samples.data(), 40, 24, ijg_luma_table(25), samples.data());
    EXPECT_EQ(samples, degrade(picture, ijg_luma_table(25)));
}

}  // namespace
}  // namespace jpegdeblock::test
