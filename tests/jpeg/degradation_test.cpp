// SPDX-License-Identifier: LGPL-2.1-or-later
#include "patches/jpeg_degradation.h"

#include <random>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "libjpeg_reference.h"
#include "synthetic_picture.h"

namespace jpegdeblock::test {
namespace {

using training::degrade_luma;

std::vector<std::uint8_t> degrade(const LumaImage& picture, const QuantizationTable& table) {
    std::vector<std::uint8_t> decoded(picture.samples.size());
    degrade_luma(picture.samples.data(), picture.width, picture.height, table, decoded.data());
    return decoded;
}

void expect_equal_to_libjpeg(const LumaImage& picture, const QuantizationTable& table) {
    const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(picture.view(), table);
    EXPECT_EQ(degrade(picture, table), libjpeg_decompress_luma(jpeg, JDCT_ISLOW))
        << picture.width << "x" << picture.height << " pixels, mean low-frequency step "
        << low_frequency_step(table);
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

TEST(Degradation, EqualsLibjpegAtEveryQuality) {
    const LumaImage picture = synthetic_picture(256, 128);
    for (int quality = 1; quality <= 100; ++quality)
        expect_equal_to_libjpeg(picture, ijg_luma_table(quality));
}

TEST(Degradation, EqualsLibjpegWithArbitraryTables) {
    std::mt19937 generator(1);
    for (unsigned seed = 0; seed < 50; ++seed) {
        QuantizationTable table;
        for (std::uint16_t& step : table.step) step = static_cast<std::uint16_t>(1 + generator() % 255);
        expect_equal_to_libjpeg(synthetic_picture(64, 64, seed), table);
    }
}

TEST(Degradation, EqualsLibjpegOnFlatBlocksOfEveryLevel) {
    // A DC coefficient and the samples made of it lie on rounding boundaries often.
    LumaImage levels{2048, 8, {}};
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 2048; ++x) levels.samples.push_back(static_cast<std::uint8_t>(x / 8));
    for (int quality = 1; quality <= 100; ++quality) expect_equal_to_libjpeg(levels, ijg_luma_table(quality));
}

TEST(Degradation, EqualsLibjpegOnBlackAndWhiteNoise) {
    // The largest coefficients, and samples far beyond black and white.
    std::mt19937 generator(2);
    LumaImage noise{128, 128, {}};
    for (int i = 0; i < 128 * 128; ++i) noise.samples.push_back(generator() % 2 == 0 ? 0 : 255);
    for (const int quality : {1, 2, 5, 10, 30, 50, 75, 95, 100})
        expect_equal_to_libjpeg(noise, ijg_luma_table(quality));
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

TEST(Degradation, CompleteStateIsTheWholePicture) {
    const LumaImage picture = synthetic_picture(64, 64);
    const QuantizationTable table = ijg_luma_table(40);
    std::vector<std::uint8_t> partial(picture.samples.size());
    degrade_luma(picture.samples.data(), 64, 64, table, ScanState{}, partial.data());
    EXPECT_EQ(partial, degrade(picture, table));
}

TEST(Degradation, DcAloneGivesFlatBlocks) {
    const LumaImage picture = synthetic_picture(64, 64);
    ScanState state;
    state.missing_bits.fill(ScanState::kAbsent);
    state.missing_bits[0] = 0;
    QuantizationTable table;
    std::vector<std::uint8_t> partial(picture.samples.size());
    degrade_luma(picture.samples.data(), 64, 64, table, state, partial.data());
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x) {
            int sum = 0;
            for (int i = 0; i < 64; ++i)
                sum +=
                    picture.samples[static_cast<std::size_t>((y / 8 * 8 + i / 8) * 64 + x / 8 * 8 + i % 8)];
            EXPECT_NEAR(partial[static_cast<std::size_t>(y * 64 + x)], sum / 64.0, 0.6);
        }
}

TEST(Degradation, EachScanComesCloser) {
    const LumaImage picture = synthetic_picture(128, 128);
    const QuantizationTable table = ijg_luma_table(60);
    double last = 1e9;
    for (const int bits : {3, 2, 1, 0}) {
        ScanState state;
        state.missing_bits.fill(static_cast<std::int8_t>(bits));
        std::vector<std::uint8_t> partial(picture.samples.size());
        degrade_luma(picture.samples.data(), 128, 128, table, state, partial.data());
        double error = 0;
        for (std::size_t i = 0; i < partial.size(); ++i) {
            const double difference = partial[i] - picture.samples[i];
            error += difference * difference;
        }
        EXPECT_LT(error, last) << bits;
        last = error;
    }
}

}  // namespace
}  // namespace jpegdeblock::test
