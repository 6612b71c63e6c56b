// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/sequence_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../support/drawn_pictures.h"
#include "page_data.h"

namespace jpegdeblock {
namespace {

ClipResult result_of(const std::string& clip, const std::string& kind, int quality, double gain) {
    return {.clip = clip,
            .kind = kind,
            .quality = quality,
            .decoded = 27,
            .single = 28,
            .temporal = 28 + gain,
            .gains = {-0.1, gain},
            .worst = gain};
}

TEST(SequenceReportTest, MeansAreOfOneKindAndQuality) {
    const std::vector<ClipResult> means =
        means_of_kinds({result_of("a", "pan", 10, 0.5), result_of("b", "pan", 10, 0.7),
                        result_of("a", "pan", 20, 0.9), result_of("a", "still", 20, 0)});
    ASSERT_EQ(means.size(), 3u);
    EXPECT_DOUBLE_EQ(means[0].temporal, 28.6);
    EXPECT_EQ(means[0].worst, 0.5);
    EXPECT_THAT(means[0].gains, testing::ElementsAre(-0.1, testing::DoubleEq(0.6)));
    EXPECT_EQ(means[1].quality, 20);
    EXPECT_EQ(means[2].kind, "still");
}

/// What SequenceExamples keeps of clips that gained so much; the frames before took away error in the last
/// frame's first columns and brought some into its last ones.
std::vector<SequenceExample> examples_of(const std::vector<double>& gains) {
    const LumaImage pristine = draw_picture(3 * kFramePartSide, kFramePartSide, 1);
    LumaImage single = pristine, temporal = pristine;
    for (int y = 0; y < pristine.height; ++y)
        for (int x = 0; x < kFramePartSide; ++x) {
            single.view().row(y)[x] ^= 4;
            temporal.view().row(y)[2 * kFramePartSide + x] ^= 4;
        }
    const ClipFrame frame = {pristine, single, single, temporal};
    SequenceExamples examples;
    for (std::size_t i = 0; i < gains.size(); ++i)
        examples.consider(result_of(std::to_string(i), "pan", 10, gains[i]), frame, frame);
    return examples.take();
}

TEST(SequenceReportTest, ExamplesAreWhatGainedMostAndLeast) {
    EXPECT_TRUE(examples_of({}).empty());
    EXPECT_EQ(examples_of({0.5}).size(), 1u);
    EXPECT_NE(examples_of({0.5, 0.5})[0].result.clip, examples_of({0.5, 0.5})[1].result.clip);
    for (const std::vector<double>& gains : std::vector<std::vector<double>>{{0.1, 0.5, 0.9},
                                                                             {0.1, 0.9, 0.5},
                                                                             {0.5, 0.1, 0.9},
                                                                             {0.5, 0.9, 0.1},
                                                                             {0.9, 0.1, 0.5},
                                                                             {0.9, 0.5, 0.1}}) {
        SCOPED_TRACE(testing::PrintToString(gains));
        const std::vector<SequenceExample> examples = examples_of(gains);
        ASSERT_EQ(examples.size(), 2u);
        EXPECT_EQ(examples[0].result.gains[1], 0.9);
        EXPECT_EQ(examples[0].place.left, 0);
        EXPECT_EQ(examples[1].result.gains[1], 0.1);
        EXPECT_EQ(examples[1].place.left, 2 * kFramePartSide) << "cut where most was gained";
    }
}

TEST(SequenceReportTest, ChangesAreShownOfWhatStandsStill) {
    const LumaImage old{8, 8, std::vector<std::uint8_t>(64, 100)},
        now{8, 8, std::vector<std::uint8_t>(64, 103)}, far{8, 8, std::vector<std::uint8_t>(64, 200)};
    ClipResult result = result_of("a", "pan", 10, 0.5);
    const ClipFrame before = {old, old, old, old}, last = {old, far, now, old};
    EXPECT_FALSE(example_of(result, before, last, true).changes);
    result.standing = 1;
    const SequenceExample example = example_of(result, before, last, true);
    ASSERT_TRUE(example.changes);
    EXPECT_EQ(example.changes->pristine.samples[0], 128);
    EXPECT_EQ(example.changes->decoded.samples[0], 255);
    EXPECT_EQ(example.changes->single.samples[0], 128 + 3 * kChangeShown);
    EXPECT_EQ(example.frame.samples, old.samples);
}

TEST(SequenceReportTest, HoldsFiguresSettingsAndCutOuts) {
    const LumaImage frame = draw_picture(24, 16, 1);
    ClipResult one = result_of("<one>.png", "pan", 10, 0.5);
    one.standing = 1;
    const ClipFrame shown = {frame, frame, frame, frame};
    const nlohmann::json data = page_data(
        report_page({"<model>", {{"Pictures", "a folder"}}, {one}, {example_of(one, shown, shown, true)}}));
    EXPECT_EQ(data["kind"], "sequences");
    EXPECT_EQ(data["name"], "<model>");
    EXPECT_EQ(data["settings"][0][1], "a folder");
    EXPECT_EQ(data["clips"][0]["clip"], "<one>.png");
    EXPECT_EQ(data["means"][0]["gains"], nlohmann::json({-0.1, 0.5}));
    EXPECT_EQ(data["kinds"]["pan"], "moves by 1.6 pixels a frame");
    const nlohmann::json& example = data["examples"][0];
    EXPECT_EQ(example["width"], 24);
    EXPECT_THAT(example["frame"].get<std::string>(), testing::StartsWith("iVBORw0K"));
    for (const char* of : {"last", "changes"})
        for (const char* part : {"decoded", "single", "temporal", "original"})
            EXPECT_THAT(example[of][part].get<std::string>(), testing::StartsWith("iVBORw0K")) << of << part;
}

}  // namespace
}  // namespace jpegdeblock
