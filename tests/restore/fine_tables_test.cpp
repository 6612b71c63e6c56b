// SPDX-License-Identifier: LGPL-2.1-or-later
// Tables too fine for restoring to gain anything that is seen.
#include "restore/fine_tables.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"
#include "restore/deblocker.h"

#include "../engine/reference_network.h"
#include "../jpeg/synthetic_picture.h"

namespace jpegdeblock {
namespace {

QuantizationTable flat_table(int step) {
    QuantizationTable table;
    table.step.fill(static_cast<std::uint16_t>(step));
    return table;
}

TEST(FineTables, FadeFromQuality93To95) {
    for (int quality = 1; quality <= 93; ++quality)
        EXPECT_EQ(share_worth_adding(ijg_luma_table(quality)), 1.0f) << quality;
    EXPECT_GT(share_worth_adding(ijg_luma_table(94)), 0.3f);
    EXPECT_LT(share_worth_adding(ijg_luma_table(94)), 0.7f);
    for (int quality = 95; quality <= 100; ++quality)
        EXPECT_EQ(share_worth_adding(ijg_luma_table(quality)), 0.0f) << quality;
}

TEST(FineTables, OfOtherFamilies) {
    EXPECT_EQ(share_worth_adding(flat_table(1)), 0.0f);
    EXPECT_EQ(share_worth_adding(flat_table(2)), 0.0f);
    EXPECT_EQ(share_worth_adding(flat_table(3)), 0.5f);
    EXPECT_EQ(share_worth_adding(flat_table(4)), 1.0f);
}

TEST(FineTables, OneCoarseLowStepIsEnoughToRestore) {
    for (const std::size_t coefficient : {0, 1, 8, 9, 3, 24}) {
        QuantizationTable table = flat_table(1);
        table.step[coefficient] = 10;
        EXPECT_EQ(share_worth_adding(table), 1.0f) << coefficient;
    }
}

TEST(FineTables, CoarseHighStepsAreEnoughToRestore) {
    QuantizationTable table = flat_table(40);
    for (std::size_t v = 0; v < 4; ++v)
        for (std::size_t u = 0; u + v < 4; ++u) table.step[8 * v + u] = 1;
    EXPECT_EQ(share_worth_adding(table), 1.0f);
}

class DeblockerAtHighQuality : public testing::TestWithParam<int> {
  protected:
    DeblockerAtHighQuality() {
        for (const Architecture architecture : {Architecture::kGrid, Architecture::kDncnn}) {
            NetworkDescription network;
            network.architecture = architecture;
            network.channels = 8;
            network.depth = 3;
            network.condition_width = 8;
            if (architecture == Architecture::kDncnn) {
                network.scale = 1;
                network.conditioned = network.phase_bias = false;
                network.skip_interval = 0;
            }
            deblockers_.push_back(std::make_unique<Deblocker>(
                std::make_shared<const Model>(test::random_model(network, 5)), Precision::kF32,
                make_workers(2), DeblockerOptions{.strength = 2.0f}));
        }
    }

    const std::vector<std::uint8_t> jpeg_ =
        encode_grey_jpeg(test::synthetic_picture(133, 101).view(), GetParam());
    const LumaImage decoded_ = decode_jpeg_luma(jpeg_);
    LumaImage restored_{133, 101, std::vector<std::uint8_t>(133 * 101)};
    std::vector<std::unique_ptr<Deblocker>> deblockers_;
};

void expect_passed(const FrameReport& report, TableSource source, int quality) {
    EXPECT_FALSE(report.changed);
    EXPECT_EQ(report.source, source);
    EXPECT_EQ(report.quality, quality);
    EXPECT_EQ(report.table, ijg_luma_table(quality));
    EXPECT_EQ(report.tiles_computed + report.tiles_reused + report.tiles_passed, 0);
}

TEST_P(DeblockerAtHighQuality, PlanesPassUnchanged) {
    for (const auto& deblocker : deblockers_) {
        expect_passed(deblocker->process(decoded_.view(), restored_.view(), ijg_luma_table(GetParam())),
                      TableSource::kGiven, GetParam());
        EXPECT_EQ(restored_.samples, decoded_.samples);
        restored_ = decoded_;
        expect_passed(deblocker->process(restored_.view(), restored_.view(), ijg_luma_table(GetParam()),
                                         GridOffset{3, 5}),
                      TableSource::kGiven, GetParam());
        EXPECT_EQ(restored_.samples, decoded_.samples);
    }
}

TEST_P(DeblockerAtHighQuality, JpegsAreDecodedAndNoMore) {
    JpegReader reader;
    const JpegComponent& luma = reader.read(jpeg_).components[0];
    for (const auto& deblocker : deblockers_) {
        expect_passed(deblocker->process(luma, restored_.view()), TableSource::kGiven, GetParam());
        EXPECT_EQ(restored_.samples, decoded_.samples);
    }
}

INSTANTIATE_TEST_SUITE_P(FineTables, DeblockerAtHighQuality, testing::Values(95, 96, 98, 100));

TEST(FineTables, AnAssumedQualityPassesToo) {
    Deblocker deblocker(std::make_shared<const Model>(test::random_model({.channels = 8, .depth = 3}, 5)),
                        Precision::kF32, make_workers(1), {.quality = 97});
    const LumaImage picture = test::synthetic_picture(64, 48);
    LumaImage restored = picture;
    expect_passed(deblocker.process(picture.view(), restored.view()), TableSource::kQuality, 97);
    EXPECT_EQ(restored.samples, picture.samples);
}

}  // namespace
}  // namespace jpegdeblock
