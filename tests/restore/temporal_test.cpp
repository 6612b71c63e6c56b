// SPDX-License-Identifier: LGPL-2.1-or-later
// Temporal networks: what the frames before may do to a frame, and when there are none.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include <jpegdeblock/jpeg.h>
#include "jpeg/dct.h"
#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"
#include "restore/frame_history.h"

#include "../engine/reference_network.h"
#include "../temporal/scene.h"

namespace jpegdeblock {
namespace {

using namespace std::chrono_literals;
using test::photograph;
using test::View;

constexpr int kWidth = 136, kHeight = 104, kQuality = 30;
constexpr int kBlocks = (kWidth / 8) * (kHeight / 8);

NetworkDescription temporal_network() {
    NetworkDescription network;
    network.channels = 16;
    network.depth = 4;
    network.condition_width = 8;
    network.temporal = true;
    return network;
}

/// A network that adds nothing by itself, but as residual what the history says.
Model trusting_network() {
    NetworkDescription network = temporal_network();
    network.depth = 2;
    network.skip_interval = 0;
    Model model = test::random_model(network, 1);
    for (auto& [name, tensor] : model.tensors) std::fill_n(tensor.as<float>(), tensor.elements(), 0.0f);
    // ReLU passes what is positive: a channel for it, one for what is negative.
    Tensor& first = model.tensors["layers.0.weight"];
    Tensor& last = model.tensors["layers.1.weight"];
    for (int i = 0; i < 4; ++i)
        for (int sign = 0; sign < 2; ++sign) {
            const int channel = 2 * i + sign;
            first.as<float>()[(channel * 8 + 4 + i) * 9 + 4] = sign == 0 ? 1.0f : -1.0f;
            last.as<float>()[(i * 16 + channel) * 9 + 4] = sign == 0 ? 1.0f : -1.0f;
        }
    return model;
}

std::shared_ptr<const Model> shared(Model model) {
    return std::make_shared<const Model>(std::move(model));
}

class Temporal : public testing::Test {
  protected:
    void use(Model model, DeblockerOptions options = {.temporal = true}) {
        model_ = shared(std::move(model));
        deblocker = std::make_unique<Deblocker>(model_, Precision::kF32, make_workers(2), options);
    }

    std::unique_ptr<Deblocker> alone() const {
        return std::make_unique<Deblocker>(model_, Precision::kF32, make_workers(1));
    }

    LumaImage decoded(const View& view, int quality = kQuality) const {
        return test::compressed(photograph(view, kWidth, kHeight), quality);
    }

    LumaImage restore(const LumaImage& frame, int quality = kQuality,
                      std::optional<std::chrono::nanoseconds> shown = std::nullopt) {
        LumaImage restored = frame;
        report = deblocker->process(frame.view(), restored.view(), ijg_luma_table(quality), GridOffset(),
                                    std::nullopt, shown);
        return restored;
    }

    LumaImage restored_alone(const LumaImage& frame, int quality = kQuality) const {
        LumaImage restored = frame;
        alone()->process(frame.view(), restored.view(), ijg_luma_table(quality), GridOffset());
        return restored;
    }

    std::shared_ptr<const Model> model_;
    std::unique_ptr<Deblocker> deblocker;
    FrameReport report;
};

TEST_F(Temporal, TheFirstFrameIsRestoredByItself) {
    use(test::random_model(temporal_network(), 3));
    const LumaImage frame = decoded({});
    EXPECT_EQ(restore(frame).samples, restored_alone(frame).samples);
    EXPECT_EQ(report.tiles_followed, 0);
}

TEST_F(Temporal, LaterFramesSeeTheFrameBefore) {
    use(test::random_model(temporal_network(), 3));
    restore(decoded({}));
    const LumaImage next = decoded({.x = 1.5, .y = 0.5});
    EXPECT_NE(restore(next).samples, restored_alone(next).samples);
    EXPECT_GT(report.tiles_followed, kBlocks * 9 / 10);
}

TEST_F(Temporal, HistoryThatIsTrustedMakesBetterPictures) {
    use(trusting_network());
    View view;
    double single = 0, followed = 0;
    for (int i = 0; i < 8; ++i, view.x += 2.25) {
        const LumaImage pristine = photograph(view, kWidth, kHeight);
        const LumaImage frame = test::compressed(pristine, kQuality);
        const LumaImage restored = restore(frame);
        if (i < 3) continue;
        single += test::mean_squared_difference(pristine, frame.view(), 16);
        followed += test::mean_squared_difference(pristine, restored.view(), 16);
    }
    EXPECT_LT(followed, 0.85 * single);
}

TEST_F(Temporal, OffRestoresEachFrameByItself) {
    use(test::random_model(temporal_network(), 3), {});
    restore(decoded({}));
    const LumaImage next = decoded({.x = 1.5});
    EXPECT_EQ(restore(next).samples, restored_alone(next).samples);
    EXPECT_EQ(report.tiles_followed, 0);
}

TEST_F(Temporal, OtherNetworksDoWithout) {
    NetworkDescription network = temporal_network();
    network.temporal = false;
    use(test::random_model(network, 3));
    restore(decoded({}));
    const LumaImage next = decoded({.x = 1.5});
    EXPECT_EQ(restore(next).samples, restored_alone(next).samples);
    EXPECT_EQ(report.tiles_followed, 0);
}

TEST_F(Temporal, NothingIsFollowedAcrossAGap) {
    use(test::random_model(temporal_network(), 3));
    const LumaImage next = decoded({.x = 1.5});
    const std::vector<std::function<void()>> gaps = {
        [&] { deblocker->reset(); }, [&] { deblocker->forget_frame_before(); },
        [&] {  // A frame that nothing is known of passes.
            LumaImage passed = decoded({.x = 1}, 100);
            deblocker->process(passed.view(), passed.view(), ijg_luma_table(100));
        },
        [&] {  // Another size.
            LumaImage small = test::compressed(photograph({}, 64, 48), kQuality);
            deblocker->process(small.view(), small.view(), ijg_luma_table(kQuality));
        }};
    for (const auto& gap : gaps) {
        restore(decoded({}));
        gap();
        EXPECT_EQ(restore(next).samples, restored_alone(next).samples);
        EXPECT_EQ(report.tiles_followed, 0);
    }
}

TEST_F(Temporal, FramesOutOfOrderFollowNothing) {
    use(test::random_model(temporal_network(), 3));
    restore(decoded({}), kQuality, 40ms);
    const LumaImage next = decoded({.x = 1.5});
    restore(next, kQuality, 80ms);
    EXPECT_GT(report.tiles_followed, 0);
    EXPECT_EQ(restore(decoded({}), kQuality, 60ms).samples, restored_alone(decoded({})).samples);
    EXPECT_EQ(report.tiles_followed, 0);
}

TEST_F(Temporal, ACutIsRestoredByItself) {
    use(test::random_model(temporal_network(), 3));
    restore(decoded({}));
    const LumaImage other = test::compressed(photograph({.x = 4000, .y = 900}, kWidth, kHeight, 5), kQuality);
    EXPECT_EQ(restore(other).samples, restored_alone(other).samples);
}

TEST_F(Temporal, TablesMayChangeFromFrameToFrame) {
    use(test::random_model(temporal_network(), 3));
    View view;
    for (int i = 0; i < 6; ++i, view.x += 1.5) {
        const int quality = i % 2 == 0 ? 30 : 45;
        restore(decoded(view, quality), quality);
        EXPECT_EQ(report.tiles_followed > kBlocks / 2, i > 0) << i;
    }
}

TEST_F(Temporal, UnchangedFramesKeepTheirResult) {
    use(test::random_model(temporal_network(), 3));
    restore(decoded({}));
    const LumaImage frame = decoded({.x = 1.5});
    const LumaImage once = restore(frame);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(restore(frame).samples, once.samples) << i;
        EXPECT_EQ(report.tiles_computed, 0) << i;
    }
}

TEST_F(Temporal, UnchangedPartsKeepTheirResult) {
    use(test::random_model(temporal_network(), 3));
    LumaImage frame = decoded({});
    restore(frame);
    const LumaImage before = restore(frame);
    // A corner changes; the halo of two blocks around it may.
    for (int y = 0; y < 16; ++y) std::fill_n(frame.view().row(y), 16, std::uint8_t{90});
    const LumaImage after = restore(frame);
    EXPECT_GT(report.tiles_reused, kBlocks / 2);
    for (int y = 0; y < kHeight; ++y)
        for (int x = y < 40 ? 40 : 0; x < kWidth; ++x)
            ASSERT_EQ(after.view().row(y)[x], before.view().row(y)[x]);
}

TEST_F(Temporal, WhatIsFedBackDoesNotDependOnTheStrength) {
    use(trusting_network());
    std::vector<LumaImage> full;
    View view;
    for (int i = 0; i < 4; ++i, view.x += 1.75) full.push_back(restore(decoded(view)));

    use(trusting_network(), {.strength = 0.5f, .temporal = true});
    view = {};
    for (std::size_t i = 0; i < 4; ++i, view.x += 1.75) {
        const LumaImage frame = decoded(view);
        const LumaImage half = restore(frame);
        for (std::size_t k = 0; k < half.samples.size(); ++k)
            ASSERT_NEAR(half.samples[k], (frame.samples[k] + full[i].samples[k]) / 2.0, 1.01) << i;
    }
}

TEST_F(Temporal, WithoutAnyTimeFramesPassAsDecoded) {
    use(trusting_network());
    restore(decoded({}));
    restore(decoded({.x = 2.25}));
    const LumaImage frame = decoded({.x = 4.5});
    LumaImage shown = frame;
    report = deblocker->process(frame.view(), shown.view(), ijg_luma_table(kQuality), GridOffset(), 0ns);
    EXPECT_EQ(shown.samples, frame.samples);
    EXPECT_EQ(report.tiles_computed, 0);
    EXPECT_EQ(report.tiles_followed, 0);
}

// A camera's frames at the limit of what the machine can do: one that takes longer makes the next one late.
TEST_F(Temporal, ALateFrameIsFollowedWhereThoseInTimeAre) {
    use(trusting_network());
    View view;
    const auto restore_within = [&](std::chrono::nanoseconds time) {
        const LumaImage frame = decoded(view);
        view.x += 2.25;
        LumaImage shown = frame;
        report = deblocker->process(frame.view(), shown.view(), ijg_luma_table(kQuality), GridOffset(), time);
        return test::mean_squared_difference(frame, shown.view(), 0);
    };
    for (int i = 0; i < 3; ++i) restore_within(10s);
    EXPECT_GT(restore_within(1ns), 0) << "not as decoded";
    EXPECT_EQ(report.tiles_passed, kBlocks);
    EXPECT_GT(report.tiles_followed, kBlocks * 9 / 10);
    // Where no frame has the time any more, none is.
    for (int i = 0; i < 1000; ++i) {
        restore_within(1ns);
        if (report.tiles_followed == 0) break;
    }
    EXPECT_EQ(report.tiles_followed, 0);
}

TEST_F(Temporal, FramesWithoutTimeAreSteppedOver) {
    use(test::random_model(temporal_network(), 3));
    View view;
    for (const int most_without : {2, 3}) {
        restore(decoded(view));
        restore(decoded({view.x += 1.25}));
        for (int i = 0; i < most_without; ++i) {
            LumaImage frame = decoded({view.x += 1.25});
            report =
                deblocker->process(frame.view(), frame.view(), ijg_luma_table(kQuality), GridOffset(), 0ns);
            EXPECT_EQ(report.tiles_followed, 0);
        }
        restore(decoded({view.x += 1.25}));
        // Those after too many are restored as a first frame is.
        EXPECT_EQ(report.tiles_followed > kBlocks / 2, most_without == 2) << most_without;
        deblocker->reset();
    }
}

// What strips show that there is no time for.
TEST(FrameHistoryTest, MovesTheFrameBeforeAndKeepsToTheIntervals) {
    const auto workers = make_workers(2);
    FrameHistory history;
    const BlockGrid grid = {kWidth, kHeight, {}};
    const QuantizationTable table = ijg_luma_table(kQuality);
    LumaImage frame, pristine;
    for (int i = 0; i < 3; ++i) {
        pristine = photograph({.x = 2.25 * i}, kWidth, kHeight);
        frame = test::compressed(pristine, kQuality);
        const DecodedFrame decoded(frame.view());
        EXPECT_EQ(history.follow({grid, table, decoded, std::nullopt}, *workers), i > 0);
        EXPECT_EQ(history.shown().data != nullptr, i > 0);
        history.keep(i < 2 ? pristine.view() : history.projected(), *workers);
    }
    EXPECT_GT(history.ages().count(history.ages().whole()), kBlocks * 9 / 10);
    LumaImage shown = frame;
    copy(history.projected(), shown.view());
    EXPECT_LT(test::mean_squared_difference(pristine, shown.view(), 16),
              0.5 * test::mean_squared_difference(pristine, frame.view(), 16));
    for (int block = 0; block < kBlocks; ++block) {
        float before[64], after[64];
        for (int i = 0; i < 64; ++i) {
            const int x = block % (kWidth / 8) * 8 + i % 8, y = block / (kWidth / 8) * 8 + i / 8;
            before[i] = frame.view().row(y)[x];
            after[i] = shown.view().row(y)[x];
        }
        forward_dct_8x8(before, before);
        forward_dct_8x8(after, after);
        // Rounding to levels moves a coefficient by some units.
        for (std::size_t i = 0; i < 64; ++i)
            ASSERT_NEAR(after[i], before[i], table.step[i] / 2.0 + 4) << block << ", " << i;
    }
}

// A frame that there is no time for is compared with the one before it, but not decoded.
TEST_F(Temporal, AJpegThatPassesIsDecodedWhateverWentBefore) {
    use(test::random_model(temporal_network(), 3));
    const auto jpeg = [](const LumaImage& above, const LumaImage& below) {
        LumaImage picture = above;
        std::copy(below.samples.begin() + kWidth * kHeight / 2, below.samples.end(),
                  picture.samples.begin() + kWidth * kHeight / 2);
        return encode_grey_jpeg(picture.view(), kQuality);
    };
    const LumaImage one = photograph({}, kWidth, kHeight), two = photograph({.x = 100}, kWidth, kHeight, 1),
                    three = photograph({.y = 100}, kWidth, kHeight, 2);
    LumaImage restored = one;
    JpegReader reader;
    const auto process = [&](const std::vector<std::uint8_t>& bytes, std::chrono::nanoseconds time) {
        report = deblocker->process(reader.read(bytes).components[0], restored.view(), time);
        return decode_jpeg_luma(bytes);
    };
    for (int i = 0; i < 3; ++i) process(jpeg(one, one), 10s);
    process(jpeg(two, two), 0ns);
    const LumaImage decoded = process(jpeg(three, two), 1ns);
    ASSERT_EQ(report.tiles_computed, 0);
    ASSERT_EQ(report.tiles_followed, 0);
    EXPECT_EQ(restored.samples, decoded.samples);
}

TEST_F(Temporal, AtHalfTheStrengthAStillSceneOutlastsAFrameWithoutTime) {
    use(trusting_network(), {.strength = 0.5f, .temporal = true});
    LumaImage frame = decoded({});
    const auto restore_within = [&](std::chrono::nanoseconds time) {
        frame.samples[kWidth * 20 + 20] ^= 8;  // Something changes.
        LumaImage shown = frame;
        report = deblocker->process(frame.view(), shown.view(), ijg_luma_table(kQuality), GridOffset(), time);
    };
    for (int i = 0; i < 5; ++i) restore_within(10s);
    ASSERT_GT(report.tiles_followed, kBlocks * 9 / 10);
    restore_within(0ns);
    for (int i = 0; i < 4; ++i) {
        restore_within(10s);
        EXPECT_GT(report.tiles_followed, kBlocks * 9 / 10) << i;
    }
}

TEST_F(Temporal, JpegsAndTheirSamplesGiveTheSame) {
    use(test::random_model(temporal_network(), 3));
    const auto of_jpeg = std::make_unique<Deblocker>(model_, Precision::kF32, make_workers(2),
                                                     DeblockerOptions{.temporal = true});
    JpegReader reader;
    View view;
    for (int i = 0; i < 4; ++i, view.x += 1.5) {
        const LumaImage pristine = photograph(view, kWidth, kHeight);
        const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(pristine.view(), kQuality);
        const JpegPicture& picture = reader.read(jpeg);
        LumaImage from_jpeg{kWidth, kHeight, std::vector<std::uint8_t>(std::size_t{kWidth} * kHeight)};
        of_jpeg->process(picture.components[0], from_jpeg.view());
        const LumaImage from_samples = restore(decode_jpeg_luma(jpeg));
        int differing = 0;
        for (std::size_t k = 0; k < from_jpeg.samples.size(); ++k) {
            ASSERT_NEAR(from_jpeg.samples[k], from_samples.samples[k], 2);
            differing += from_jpeg.samples[k] != from_samples.samples[k];
        }
        // Only where rounding hides a coefficient's exact multiple.
        EXPECT_LT(differing, kWidth * kHeight / 50) << i;
    }
}

}  // namespace
}  // namespace jpegdeblock
