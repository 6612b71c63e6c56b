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

TEST(SequenceReportTest, ExamplesAreWhatGainedMostAndLeast) {
    const LumaImage frame = draw_picture(24, 16, 1);
    const ClipFrame last = {frame, frame, frame, frame};
    const auto examples_of = [&](const std::vector<double>& gains) {
        SequenceExamples examples;
        for (std::size_t i = 0; i < gains.size(); ++i)
            examples.consider(result_of(std::to_string(i), "pan", 10, gains[i]), last);
        return examples;
    };
    EXPECT_FALSE(examples_of({0.5}).least);
    for (const std::vector<double>& gains : std::vector<std::vector<double>>{{0.1, 0.5, 0.9},
                                                                             {0.1, 0.9, 0.5},
                                                                             {0.5, 0.1, 0.9},
                                                                             {0.5, 0.9, 0.1},
                                                                             {0.9, 0.1, 0.5},
                                                                             {0.9, 0.5, 0.1}}) {
        const SequenceExamples examples = examples_of(gains);
        EXPECT_EQ(examples.most->result.gains[1], 0.9) << testing::PrintToString(gains);
        EXPECT_EQ(examples.least->result.gains[1], 0.1) << testing::PrintToString(gains);
    }
}

TEST(SequenceReportTest, HoldsFiguresSettingsAndCutOuts) {
    const LumaImage frame = draw_picture(24, 16, 1);
    const ClipResult one = result_of("<one>.png", "pan", 10, 0.5);
    const nlohmann::json data =
        page_data(report_page({"<model>",
                               {{"Pictures", "a folder"}},
                               {one},
                               {example_of(one, {frame, frame, frame, frame}, true)}}));
    EXPECT_EQ(data["kind"], "sequences");
    EXPECT_EQ(data["name"], "<model>");
    EXPECT_EQ(data["settings"][0][1], "a folder");
    EXPECT_EQ(data["clips"][0]["clip"], "<one>.png");
    EXPECT_EQ(data["means"][0]["gains"], nlohmann::json({-0.1, 0.5}));
    for (const char* part : {"decoded", "single", "temporal", "original"})
        EXPECT_THAT(data["examples"][0][part].get<std::string>(), testing::StartsWith("iVBORw0K")) << part;
}

}  // namespace
}  // namespace jpegdeblock
