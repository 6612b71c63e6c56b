// SPDX-License-Identifier: LGPL-2.1-or-later
// Restoration with the file's own coefficients.
#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"
#include "restore/projection.h"

#include "../engine/reference_network.h"
#include "../jpeg/direct_dct.h"
#include "../jpeg/synthetic_picture.h"
#include "../model/expect_error.h"

namespace jpegdeblock {
namespace {

using Block = std::array<double, 64>;

std::unique_ptr<Deblocker> make_deblocker(const DeblockerOptions& options = {}, int threads = 1) {
    NetworkDescription network;
    network.channels = 8;
    network.depth = 3;
    network.condition_width = 8;
    return std::make_unique<Deblocker>(std::make_shared<const Model>(test::random_model(network, 5)),
                                       Precision::kF32, make_workers(threads), options);
}

LumaImage empty_picture(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 77)};
}

/// Samples of 0 and 255, whose decoded values saturate: rounding the decoded samples' coefficients would
/// often find a wrong multiple.
LumaImage extreme_picture(int width, int height) {
    std::mt19937 generator(3);
    LumaImage picture = empty_picture(width, height);
    for (auto& sample : picture.samples) sample = generator() % 2 ? 255 : 0;
    return picture;
}

TEST(RestoreFromCoefficients, APlaneBeyondTheComponentIsRefused) {
    JpegReader reader;
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(24, 16).view(), 50);
    const JpegComponent& luma = reader.read(jpeg).components[0];
    const auto deblocker = make_deblocker();
    LumaImage larger = empty_picture(25, 17);
    test::expect_error(ErrorCode::kInvalidArgument, {"restored", "25x17", "24x16"},
                       [&] { deblocker->process(luma, larger.view()); });
}

TEST(RestoreFromCoefficients, StrengthZeroDecodes) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(37, 29).view(), 30);
    JpegReader reader;
    LumaImage restored = empty_picture(37, 29);
    const auto deblocker = make_deblocker({.strength = 0.0f});
    const FrameReport report = deblocker->process(reader.read(jpeg).components[0], restored.view());
    EXPECT_FALSE(report.changed);
    EXPECT_EQ(restored.samples, decode_jpeg_luma(jpeg).samples);
}

TEST(RestoreFromCoefficients, EqualsRestorationOfDecodedSamplesWhereThoseTellAll) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(64, 48).view(), 25);
    const LumaImage decoded = decode_jpeg_luma(jpeg);
    JpegReader reader;
    const JpegComponent& luma = reader.read(jpeg).components[0];
    for (const bool bounded : {false, true}) {
        const auto deblocker = make_deblocker({.strength = 1.5f, .bounded = bounded});
        LumaImage expected = empty_picture(64, 48), restored = expected;
        deblocker->process(decoded.view(), expected.view(), luma.table);
        const FrameReport report = deblocker->process(luma, restored.view());
        EXPECT_TRUE(report.changed);
        EXPECT_EQ(report.source, TableSource::kGiven);
        EXPECT_EQ(report.quality, 25);
        EXPECT_NE(restored.samples, decoded.samples);
        for (std::size_t i = 0; i < expected.samples.size(); ++i)
            ASSERT_NEAR(restored.samples[i], expected.samples[i], 1) << "sample " << i;
    }
}

TEST(RestoreFromCoefficients, ThreadsDoNotMatter) {
    const auto jpeg = encode_grey_jpeg(test::synthetic_picture(83, 201).view(), 40);
    JpegReader reader;
    const JpegComponent& luma = reader.read(jpeg).components[0];
    LumaImage one = empty_picture(83, 201), three = one;
    make_deblocker({}, 1)->process(luma, one.view());
    make_deblocker({}, 3)->process(luma, three.view());
    EXPECT_EQ(one.samples, three.samples);
}

TEST(RestoreFromCoefficients, TilesOfTheLastFrameAreReusedAndNothingElseChanges) {
    LumaImage picture = test::synthetic_picture(403, 301);
    const auto reusing = make_deblocker({.reuse_unchanged = true});
    JpegReader reader;
    int reused = 0;
    for (int frame = 0; frame < 4; ++frame) {
        for (int y = 150; y < 170; ++y)
            picture.samples[static_cast<std::size_t>(y * 403 + 200 + frame)] = 255;
        const auto jpeg = encode_grey_jpeg(picture.view(), 30);
        const JpegComponent& luma = reader.read(jpeg).components[0];
        LumaImage restored = empty_picture(403, 301), expected = restored;
        reused = reusing->process(luma, restored.view()).tiles_reused;
        make_deblocker({.reuse_unchanged = false})->process(luma, expected.view());
        ASSERT_EQ(restored.samples, expected.samples) << "frame " << frame;
    }
    EXPECT_GT(reused, 0);
}

TEST(RestoreFromCoefficients, BlocksThatDecodeAlikeAreNotTakenForUnchanged) {
    // Means of 258 and 328, with a step of 10: both decode to 255, but only the first may become darker.
    std::vector<std::int16_t> blocks(4 * 64, 0);
    JpegComponent luma;
    luma.width = luma.height = 16;
    luma.blocks_wide = luma.blocks_high = 2;
    luma.table = ijg_luma_table(10);
    luma.block_rows = {blocks.data(), blocks.data() + 2 * 64};
    const auto reusing = make_deblocker({.strength = 2.0f, .reuse_unchanged = true});
    std::vector<LumaImage> results;
    for (const std::int16_t dc : {13, 13, 20, 13}) {
        for (std::size_t block = 0; block < 4; ++block) blocks[64 * block] = dc;
        LumaImage restored = empty_picture(16, 16), expected = restored;
        reusing->process(luma, restored.view());
        make_deblocker({.strength = 2.0f, .reuse_unchanged = false})->process(luma, expected.view());
        EXPECT_EQ(restored.samples, expected.samples);
        results.push_back(restored);
    }
    EXPECT_NE(results[1].samples, results[2].samples);
    EXPECT_EQ(results[1].samples, results[3].samples);
}

TEST(ProjectOntoCoefficients, AsWrittenDownInDoublePrecision) {
    constexpr int kWidth = 85, kHeight = 21;  // Cut blocks at both ends, more than one tile.
    for (const int quality : {3, 30, 97}) {
        SCOPED_TRACE(quality);
        const auto jpeg = encode_grey_jpeg(extreme_picture(kWidth, kHeight).view(), quality);
        JpegReader reader;
        const JpegComponent& component = reader.read(jpeg).components[0];
        LumaImage decoded = empty_picture(8 * component.blocks_wide, 8 * component.blocks_high);
        decode_component(component, decoded.view());
        std::mt19937 generator(4);
        std::normal_distribution<float> level(0.0f, 20.0f);
        std::vector<float> residual(decoded.samples.size());
        for (float& value : residual) value = level(generator);
        LumaImage restored = empty_picture(kWidth, kHeight);
        add_residual(decoded.view(), component, 0, 0, residual.data(), decoded.width, 0.8f, true, 0,
                     component.blocks_high, restored.view());

        for (int top = 0; top < kHeight; top += 8)
            for (int left = 0; left < kWidth; left += 8) {
                Block sum;
                for (int i = 0; i < 64; ++i) {
                    const int at = (top + i / 8) * decoded.width + left + i % 8;
                    sum[i] = decoded.samples[at] - 128.0 + 0.8f * residual[at];
                }
                Block projected = test::direct_forward_dct(sum);
                for (int i = 0; i < 64; ++i) {
                    const double step = component.table.step[i];
                    const double centre = step * component.block_rows[top / 8][8 * left + i];
                    projected[i] = std::clamp(projected[i], centre - step / 2, centre + step / 2);
                }
                const Block expected = test::direct_inverse_dct(projected);
                for (int i = 0; i < 64; ++i) {
                    const int x = left + i % 8, y = top + i / 8;
                    if (x >= kWidth || y >= kHeight) continue;
                    ASSERT_NEAR(restored.samples[y * kWidth + x], std::clamp(expected[i] + 128, 0.0, 255.0),
                                0.51)
                        << x << ", " << y;
                }
            }
    }
}

}  // namespace
}  // namespace jpegdeblock
