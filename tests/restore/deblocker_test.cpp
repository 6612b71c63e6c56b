// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/deblocker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"

#include "../engine/reference_network.h"
#include "../jpeg/direct_dct.h"
#include "../jpeg/synthetic_picture.h"
#include "../model/expect_error.h"

namespace jpegdeblock {
namespace {

using test::expect_error;

NetworkDescription small_network() {
    NetworkDescription network;
    network.channels = 8;
    network.depth = 3;
    network.condition_width = 8;
    return network;
}

NetworkDescription small_blind_network() {
    NetworkDescription network;
    network.architecture = Architecture::kDncnn;
    network.scale = 1;
    network.channels = 4;
    network.depth = 3;
    network.conditioned = false;
    network.phase_bias = false;
    network.skip_interval = 0;
    network.output_scale = 10.0f;
    return network;
}

std::shared_ptr<const Model> model_of(const NetworkDescription& network) {
    return std::make_shared<const Model>(test::random_model(network, 5));
}

std::unique_ptr<Deblocker> make_deblocker(const DeblockerOptions& options = {}, int threads = 1,
                                          const NetworkDescription& network = small_network()) {
    return std::make_unique<Deblocker>(model_of(network), Precision::kF32, make_workers(threads), options);
}

LumaImage compressed_picture(int width, int height, int quality, unsigned seed = 1) {
    return decode_jpeg_luma(encode_grey_jpeg(test::synthetic_picture(width, height, seed).view(), quality));
}

LumaImage flat_picture(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 100)};
}

struct Result {
    FrameReport report;
    LumaImage luma;
};

Result restore(Deblocker& deblocker, const LumaImage& decoded,
               const std::optional<QuantizationTable>& table = std::nullopt, GridOffset offset = {}) {
    Result result;
    result.luma = {decoded.width, decoded.height, std::vector<std::uint8_t>(decoded.samples.size())};
    result.report = deblocker.process(decoded.view(), result.luma.view(), table, offset);
    return result;
}

void expect_sum(const LumaImage& restored, const LumaImage& decoded, const std::vector<float>& residual,
                float strength) {
    for (std::size_t i = 0; i < decoded.samples.size(); ++i)
        ASSERT_NEAR(restored.samples[i],
                    std::clamp(decoded.samples[i] + strength * residual[i], 0.0f, 255.0f), 0.51)
            << "sample " << i;
}

TEST(DeblockerErrors, OptionsOutOfRange) {
    const auto deblocker = make_deblocker({.strength = 0.5f, .bounded = false, .quality = 40});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    for (const float strength : {-0.01f, 2.01f, nan, infinity, -infinity})
        expect_error(ErrorCode::kInvalidArgument, {"strength", "0 to 2", std::to_string(strength)},
                     [&] { deblocker->set_options({.strength = strength}); });
    for (const int quality : {-1, 101})
        expect_error(ErrorCode::kInvalidArgument, {"quality", "1 to 100", std::to_string(quality)},
                     [&] { deblocker->set_options({.quality = quality}); });
    EXPECT_EQ(deblocker->options().strength, 0.5f);
    EXPECT_FALSE(deblocker->options().bounded);
    EXPECT_EQ(deblocker->options().quality, 40);
    expect_error(ErrorCode::kInvalidArgument, {"strength"}, [] { make_deblocker({.strength = 3.0f}); });
}

TEST(DeblockerErrors, NoModelOrWorkers) {
    expect_error(ErrorCode::kInvalidArgument, {"model"},
                 [] { Deblocker(nullptr, Precision::kF32, make_workers(1)); });
    expect_error(ErrorCode::kInvalidArgument, {"workers"},
                 [] { Deblocker(model_of(small_network()), Precision::kF32, nullptr); });
}

TEST(DeblockerErrors, PlanesThatAreNone) {
    const auto deblocker = make_deblocker();
    std::vector<std::uint8_t> in(64), out(64);
    const ConstPlane good_in = {in.data(), 8, 8, 8};
    const Plane good_out = {out.data(), 8, 8, 8};
    const auto process = [&](ConstPlane decoded, Plane restored) {
        return [&deblocker, decoded, restored] { deblocker->process(decoded, restored); };
    };
    expect_error(ErrorCode::kInvalidArgument, {"decoded", "no memory"},
                 process({nullptr, 8, 8, 8}, good_out));
    expect_error(ErrorCode::kInvalidArgument, {"decoded", "0x8"}, process({in.data(), 0, 8, 8}, good_out));
    expect_error(ErrorCode::kInvalidArgument, {"decoded", "8x-1"}, process({in.data(), 8, -1, 8}, good_out));
    expect_error(ErrorCode::kInvalidArgument, {"decoded", "stride of 7"},
                 process({in.data(), 8, 8, 7}, good_out));
    expect_error(ErrorCode::kInvalidArgument, {"restored", "no memory"},
                 process(good_in, {nullptr, 8, 8, 8}));
    expect_error(ErrorCode::kInvalidArgument, {"7x8", "8x8"}, process(good_in, {out.data(), 7, 8, 8}));
    expect_error(ErrorCode::kInvalidArgument, {"same stride"},
                 process({in.data(), 4, 8, 8}, {in.data(), 4, 8, 4}));
}

TEST(DeblockerErrors, OffsetsAndTablesOutOfRange) {
    const auto deblocker = make_deblocker();
    const LumaImage picture = flat_picture(8, 8);
    for (const GridOffset offset : {GridOffset{8, 0}, GridOffset{0, 8}, GridOffset{-1, 0}, GridOffset{0, -1}})
        expect_error(ErrorCode::kInvalidArgument, {"grid offset", "0 to 7"},
                     [&] { restore(*deblocker, picture, ijg_luma_table(50), offset); });
    QuantizationTable table = ijg_luma_table(50);
    table.step[63] = 0;
    expect_error(ErrorCode::kInvalidArgument, {"step of 0"}, [&] { restore(*deblocker, picture, table); });
}

TEST(Deblocker, ZeroStrengthCopies) {
    const auto deblocker = make_deblocker({.strength = 0.0f});
    const LumaImage decoded = compressed_picture(61, 45, 20);
    const Result result = restore(*deblocker, decoded, ijg_luma_table(20));
    EXPECT_FALSE(result.report.changed);
    EXPECT_EQ(result.luma.samples, decoded.samples);

    LumaImage in_place = decoded;
    EXPECT_FALSE(deblocker->process(in_place.view(), in_place.view()).changed);
    EXPECT_EQ(in_place.samples, decoded.samples);
}

TEST(Deblocker, ConditionedNetworkWithoutTableCopies) {
    const auto deblocker = make_deblocker();
    const LumaImage pristine = test::synthetic_picture(160, 120);
    const Result result = restore(*deblocker, pristine);
    EXPECT_EQ(result.report.source, TableSource::kNone);
    EXPECT_FALSE(result.report.changed);
    EXPECT_EQ(result.luma.samples, pristine.samples);
}

TEST(Deblocker, BlindNetworkWithoutTableRestoresUnbounded) {
    const auto deblocker = make_deblocker({}, 1, small_blind_network());
    const LumaImage pristine = test::synthetic_picture(80, 60);
    const Result result = restore(*deblocker, pristine);
    EXPECT_EQ(result.report.source, TableSource::kNone);
    EXPECT_TRUE(result.report.changed);
    expect_sum(
        result.luma, pristine,
        test::reference_residual(test::random_model(small_blind_network(), 5), pristine.view(), {}, {}),
        1.0f);
}

TEST(Deblocker, TablesComeFromTheSurestSource) {
    const auto deblocker = make_deblocker();
    const LumaImage decoded = compressed_picture(160, 120, 35);

    const auto estimated = restore(*deblocker, decoded).report;
    EXPECT_EQ(estimated.source, TableSource::kEstimated);
    EXPECT_EQ(estimated.quality, 35);
    EXPECT_EQ(estimated.table, ijg_luma_table(35));
    EXPECT_TRUE(estimated.changed);

    const auto remembered = restore(*deblocker, flat_picture(160, 120)).report;
    EXPECT_EQ(remembered.source, TableSource::kRemembered);
    EXPECT_EQ(remembered.quality, 35);
    EXPECT_EQ(remembered.table, ijg_luma_table(35));

    deblocker->set_options({.quality = 50});
    const auto assumed = restore(*deblocker, decoded).report;
    EXPECT_EQ(assumed.source, TableSource::kQuality);
    EXPECT_EQ(assumed.quality, 50);
    EXPECT_EQ(assumed.table, ijg_luma_table(50));

    const auto given = restore(*deblocker, decoded, ijg_luma_table(20)).report;
    EXPECT_EQ(given.source, TableSource::kGiven);
    EXPECT_EQ(given.quality, 20);
    EXPECT_EQ(given.table, ijg_luma_table(20));

    QuantizationTable other = ijg_luma_table(20);
    other.step[5] += 1;
    EXPECT_EQ(restore(*deblocker, decoded, other).report.quality, 0);
}

TEST(Deblocker, ResetForgets) {
    const auto deblocker = make_deblocker();
    restore(*deblocker, compressed_picture(160, 120, 35));
    deblocker->reset();
    EXPECT_EQ(restore(*deblocker, flat_picture(160, 120)).report.source, TableSource::kNone);
}

TEST(Deblocker, FollowsTablesAndSizesFromFrameToFrame) {
    const auto deblocker = make_deblocker();
    unsigned seed = 0;
    for (const int quality : {30, 80, 10, 30, 95}) {
        const int width = quality == 80 ? 200 : 160;
        const LumaImage decoded = compressed_picture(width, 120, quality, ++seed);
        const Result result = restore(*deblocker, decoded);
        EXPECT_EQ(result.report.source, TableSource::kEstimated);
        EXPECT_EQ(result.report.quality, quality);
        EXPECT_EQ(result.luma.samples, restore(*make_deblocker(), decoded).luma.samples)
            << "quality " << quality;
    }
}

TEST(Deblocker, UnboundedIsTheSumAtAllStrengths) {
    const QuantizationTable table = ijg_luma_table(25);
    const LumaImage decoded = compressed_picture(67, 43, 25);
    const GridOffset offset = {3, 6};
    const auto residual =
        test::reference_residual(test::random_model(small_network(), 5), decoded.view(), offset, table);
    for (const float strength : {0.3f, 1.0f, 2.0f}) {
        const auto deblocker = make_deblocker({.strength = strength, .bounded = false});
        expect_sum(restore(*deblocker, decoded, table, offset).luma, decoded, residual, strength);
    }
}

TEST(Deblocker, LimitedRangeNetworksSeeAndGiveScaledLevels) {
    NetworkDescription network = small_blind_network();
    network.range = LumaRange::kLimited;
    const LumaImage decoded = compressed_picture(50, 40, 25);
    LumaImage limited = decoded;
    for (auto& sample : limited.samples)
        sample = static_cast<std::uint8_t>(std::lround(16.0 + sample * 219.0 / 255.0));
    const auto residual = test::reference_residual(test::random_model(network, 5), limited.view(), {}, {});
    const auto deblocker = make_deblocker({.bounded = false}, 1, network);
    expect_sum(restore(*deblocker, decoded).luma, decoded, residual, 255.0f / 219.0f);
}

/// The largest distance of a coefficient of `restored` from the multiple that `decoded` has, beyond half a
/// step; over the blocks without clipped samples.
double largest_excess(const LumaImage& decoded, const LumaImage& restored, const QuantizationTable& table) {
    double excess = -1e9;
    for (int top = 0; top + 8 <= decoded.height; top += 8)
        for (int left = 0; left + 8 <= decoded.width; left += 8) {
            std::array<double, 64> before, after;
            bool clipped = false;
            for (int i = 0; i < 64; ++i) {
                const auto at = static_cast<std::size_t>((top + i / 8) * decoded.width + left + i % 8);
                before[static_cast<std::size_t>(i)] = decoded.samples[at] - 128.0;
                after[static_cast<std::size_t>(i)] = restored.samples[at] - 128.0;
                clipped = clipped || restored.samples[at] == 0 || restored.samples[at] == 255;
            }
            if (clipped) continue;
            before = test::direct_forward_dct(before);
            after = test::direct_forward_dct(after);
            for (std::size_t i = 0; i < 64; ++i) {
                const double multiple = table.step[i] * std::round(before[i] / table.step[i]);
                excess = std::max(excess, std::abs(after[i] - multiple) - table.step[i] / 2.0);
            }
        }
    return excess;
}

TEST(Deblocker, BoundedQuantizesToTheSameJpeg) {
    // Rounding 64 samples by half a level moves no coefficient by more than 64 * 0.5 / 8 = 4.
    const QuantizationTable table = ijg_luma_table(30);
    const LumaImage decoded = compressed_picture(128, 96, 30);
    const auto bounded = make_deblocker({.strength = 2.0f});
    EXPECT_LE(largest_excess(decoded, restore(*bounded, decoded).luma, table), 4.0);
    const auto unbounded = make_deblocker({.strength = 2.0f, .bounded = false});
    EXPECT_GT(largest_excess(decoded, restore(*unbounded, decoded).luma, table), 4.0);
}

TEST(Deblocker, InPlaceEqualsOutOfPlace) {
    const int width = 91, height = 50, stride = 100;
    const LumaImage decoded = compressed_picture(stride, height, 20);
    for (const bool bounded : {true, false}) {
        const auto deblocker = make_deblocker({.bounded = bounded}, 2);
        const ConstPlane in = {decoded.samples.data(), width, height, stride};
        LumaImage apart = flat_picture(stride, height), in_place = decoded;
        deblocker->process(in, {apart.samples.data(), width, height, stride}, ijg_luma_table(20));
        const Plane same = {in_place.samples.data(), width, height, stride};
        deblocker->process(same, same, ijg_luma_table(20));
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < stride; ++x) {
                const auto at = static_cast<std::size_t>(y * stride + x);
                ASSERT_EQ(in_place.samples[at], x < width ? apart.samples[at] : decoded.samples[at]);
                ASSERT_TRUE(x < width || apart.samples[at] == 100);
            }
    }
}

TEST(Deblocker, ThreadsDoNotChangeTheResult) {
    const LumaImage decoded = compressed_picture(150, 130, 40);
    const auto one = make_deblocker({}, 1), three = make_deblocker({}, 3);
    EXPECT_EQ(restore(*one, decoded, std::nullopt).luma.samples, restore(*three, decoded).luma.samples);
}

TEST(Deblocker, SmallestPlane) {
    for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{7, 7}}) {
        const LumaImage decoded = flat_picture(1, 1);
        const auto deblocker = make_deblocker();
        EXPECT_TRUE(restore(*deblocker, decoded, ijg_luma_table(30), offset).report.changed);
        EXPECT_FALSE(restore(*deblocker, decoded, std::nullopt, offset).report.changed);
    }
}

TEST(Deblocker, ShowsItsEngine) {
    const auto deblocker = make_deblocker();
    EXPECT_EQ(deblocker->engine().precision(), Precision::kF32);
    EXPECT_EQ(deblocker->engine().model().network, small_network());
}

}  // namespace
}  // namespace jpegdeblock
