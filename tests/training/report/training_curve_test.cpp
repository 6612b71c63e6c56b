// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/training_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../../evaluation/report/page_data.h"
#include "../../support/temporary_folder.h"
#include "sequences/sequence_validation.h"

namespace jpegdeblock::training {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string content(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> lines(const std::string& path) {
    std::istringstream text(content(path));
    std::vector<std::string> result;
    for (std::string line; std::getline(text, line);) result.push_back(line);
    return result;
}

CurvePoint point(std::uint64_t step, bool validated) {
    CurvePoint result{.step = step,
                      .seconds = 60.0 * static_cast<double>(step),
                      .pixels = 1e6,
                      .learning_rate = 0.002,
                      .loss = 0.1};
    if (validated)
        result.validations = {{20, {{.name = "a", .jpeg = {30, 29, 0.8}, .restored = {31.25, 31, 0.875}}}}};
    return result;
}

class TrainingCurveTest : public testing::Test {
  protected:
    TrainingCurve curve(std::uint64_t step) const { return {model_, "mine", {{20}}, step}; }

    test::TemporaryFolder folder_;
    std::string model_ = folder_.file("m.safetensors");
    std::string csv_ = model_ + ".csv", html_ = model_ + ".html";
};

constexpr auto kHeader =
    "step,seconds,pixels,learning_rate,loss,gain_db,psnr_gain_q20,psnr_b_gain_q20,ssim_gain_q20";

TEST_F(TrainingCurveTest, WritesATableAndAPageThatReloadsWhileTraining) {
    TrainingCurve written = curve(0);
    written.add(point(1, false), TrainingCurve::State::kRunning);
    nlohmann::json data = page_data(content(html_));
    EXPECT_EQ(data["kind"], "training");
    EXPECT_EQ(data["name"], "mine");
    EXPECT_EQ(data["state"], "running");
    EXPECT_GT(data["reload_seconds"], 0);
    EXPECT_FALSE(data.contains("validation"));
    EXPECT_EQ(data["gains"].size(), 1u);
    written.add(point(2, true), TrainingCurve::State::kDone);
    EXPECT_THAT(lines(csv_),
                ElementsAre(kHeader, "1,60,1e+06,0.002,0.1,10,,,", "2,120,1e+06,0.002,0.1,10,1.25,2,0.075"));
    data = page_data(content(html_));
    EXPECT_EQ(data["state"], "done");
    EXPECT_FALSE(data.contains("reload_seconds"));
    EXPECT_EQ(data["step"], 2);
    EXPECT_EQ(data["seconds"], 120);
    EXPECT_EQ(data["gain"], 10);
    EXPECT_EQ(data["learning_rate"], nlohmann::json::parse("[[60, 0.002], [120, 0.002]]"));
    EXPECT_EQ(data["validation"], nlohmann::json::parse(R"({"seconds": 120, "qualities":
        [{"quality": 20, "psnr": 1.25, "psnr_b": 2, "ssim": 0.075}]})"));
    ASSERT_EQ(data["gains"].size(), 2u);
    EXPECT_EQ(data["gains"][0]["points"], nlohmann::json::parse("[[60, 10], [120, 10]]"));
    EXPECT_EQ(data["gains"][1]["name"], "held-back pictures, quality 20");
    EXPECT_EQ(data["gains"][1]["points"], nlohmann::json::parse("[[120, 1.25]]"));
}

/// Means of each kind, the first of which gained 1 dB over the JPEG, the next 2 dB; half of it by the frames
/// before.
std::vector<ClipResult> clips() {
    std::vector<ClipResult> results;
    for (const SequenceKind& kind : sequence_kinds()) {
        const double gain = 1.0 + static_cast<double>(results.size());
        results.push_back({.clip = "a",
                           .kind = kind.name,
                           .quality = validated_quality(kind),
                           .decoded = 30,
                           .single = 30 + gain / 2,
                           .temporal = 30 + gain});
    }
    return results;
}

TEST_F(TrainingCurveTest, TellsTheGainOfEachKindOfClip) {
    TrainingCurve written(model_, "mine", {{20}, true}, 0);
    written.add(point(1, false), TrainingCurve::State::kRunning);
    EXPECT_FALSE(page_data(content(html_)).contains("clips")) << "nothing was measured yet";
    CurvePoint measured = point(2, true);
    measured.clips = clips();
    written.add(measured, TrainingCurve::State::kRunning);
    written.add(point(3, false), TrainingCurve::State::kDone);

    const auto rows = lines(csv_);
    const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_THAT(rows[0], HasSubstr(",ssim_gain_q20,clip_gain_still_q20,gain_by_frames_before_still_q20,"
                                   "clip_gain_pan_q20,gain_by_frames_before_pan_q20,"));
    EXPECT_THAT(rows[0], HasSubstr(",clip_gain_still_noise_q80,gain_by_frames_before_still_noise_q80,"));
    EXPECT_THAT(rows[0], HasSubstr(",clip_gain_cut_q20,gain_by_frames_before_cut_q20"));
    EXPECT_THAT(rows[2], HasSubstr(",1.25,2,0.075,1,0.5,2,1,3,1.5,"));
    for (const std::string& row : rows) EXPECT_EQ(commas(row), commas(rows[0])) << row;

    const nlohmann::json data = page_data(content(html_)), &clips = data["clips"];
    EXPECT_EQ(clips["seconds"], 120);
    ASSERT_EQ(clips["kinds"].size(), sequence_kinds().size());
    EXPECT_EQ(clips["kinds"][1],
              nlohmann::json::parse(R"({"kind": "pan", "quality": 20, "gain": 2, "before": 1})"));
    EXPECT_EQ(data["kinds"]["pan"], "moves by 1.6 pixels a frame");
    EXPECT_EQ(clips["gains"][4]["name"], "still, noise, quality 80");
    EXPECT_EQ(clips["gains"][1]["points"], nlohmann::json::parse("[[120, 2]]"));
    EXPECT_EQ(clips["gains_before"][1]["points"], nlohmann::json::parse("[[120, 1]]"));

    TrainingCurve resumed(model_, "mine", {{20}, true}, 2);
    resumed.draw(TrainingCurve::State::kStopped);
    EXPECT_EQ(page_data(content(html_))["clips"], clips) << "lost when resumed";
    // A row that was cut off by hand.
    std::ofstream(csv_) << rows[0] << "\n1,60,1e6,0.002,0.1,10,1,2\n";
    TrainingCurve short_row(model_, "mine", {{20}, true}, 2);
    short_row.draw(TrainingCurve::State::kStopped);
    EXPECT_FALSE(page_data(content(html_)).contains("clips"));
    EXPECT_TRUE(page_data(content(html_))["validation"]["qualities"][0]["ssim"].is_null());
}

TEST_F(TrainingCurveTest, ResumingKeepsTheRowsUpToTheCheckpoint) {
    TrainingCurve first = curve(0);
    for (const std::uint64_t step : {10, 20, 30})
        first.add(point(step, step == 10), TrainingCurve::State::kRunning);
    TrainingCurve resumed = curve(20);
    resumed.add(point(25, false), TrainingCurve::State::kRunning);
    const auto rows = lines(csv_);
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_THAT(rows[1], HasSubstr("10,600,"));
    EXPECT_THAT(rows[2], HasSubstr("20,1200,"));
    EXPECT_THAT(rows[3], HasSubstr("25,1500,"));
    EXPECT_EQ(page_data(content(html_))["validation"]["qualities"][0]["psnr"], 1.25)
        << "the earlier validation is lost";

    TrainingCurve fresh = curve(0);
    fresh.add(point(1, false), TrainingCurve::State::kRunning);
    EXPECT_EQ(lines(csv_).size(), 2u);
}

TEST_F(TrainingCurveTest, ATableWithOtherColumnsIsKeptAside) {
    std::ofstream(csv_) << "something,else\n1,2\n";
    TrainingCurve resumed = curve(20);
    resumed.add(point(25, false), TrainingCurve::State::kRunning);
    EXPECT_EQ(lines(csv_).size(), 2u);
    EXPECT_THAT(lines(csv_ + ".old"), ElementsAre("something,else", "1,2"));
}

TEST_F(TrainingCurveTest, ManyRowsMakeNoLargePage) {
    std::ofstream table(csv_);
    table << kHeader << '\n';
    for (int i = 1; i < 20000; ++i) table << i << ',' << 10 * i << ",1e6,0.002,0.9,0.5,,,\n";
    table.close();
    TrainingCurve resumed = curve(30000);
    resumed.draw(TrainingCurve::State::kStopped);
    EXPECT_LT(std::filesystem::file_size(html_), 60000u);
    EXPECT_EQ(page_data(content(html_))["gains"][0]["points"].back()[0], 199990) << "the last row is lost";
}

TEST_F(TrainingCurveTest, AnUnwritableFolderIsAnError) {
    TrainingCurve lost("/nonexistent-folder/m.safetensors", "mine", {{20}}, 0);
    EXPECT_THROW(lost.add(point(1, false), TrainingCurve::State::kRunning), Error);
}

}  // namespace
}  // namespace jpegdeblock::training
