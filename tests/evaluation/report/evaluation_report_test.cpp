// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/evaluation_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "../../support/drawn_pictures.h"
#include "page_data.h"

namespace jpegdeblock {
namespace {

using testing::StartsWith;

LumaImage flat(int width, int height, std::uint8_t level) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), level)};
}

void fill(LumaImage& luma, int left, int top, int side, std::uint8_t level) {
    for (int y = top; y < top + side; ++y)
        for (int x = left; x < left + side; ++x)
            luma.samples[static_cast<std::size_t>(y * luma.width + x)] = level;
}

TEST(FindWindowTest, LiesWhereTheErrorFellMostOrRose) {
    const LumaImage original = flat(96, 80, 100);
    LumaImage jpeg = original, restored = original;
    fill(jpeg, 40, 24, 16, 120);    // Restored perfectly there.
    fill(restored, 8, 64, 8, 130);  // Harmed there.
    const WindowPlace most = find_window(original.view(), jpeg.view(), restored.view(), 16, true);
    EXPECT_EQ(most.left, 40);
    EXPECT_EQ(most.top, 24);
    const WindowPlace least = find_window(original.view(), jpeg.view(), restored.view(), 8, false);
    EXPECT_EQ(least.left, 8);
    EXPECT_EQ(least.top, 64);
    const WindowPlace whole = find_window(original.view(), jpeg.view(), restored.view(), 200, true);
    EXPECT_EQ(whole.left, 0);
    EXPECT_EQ(whole.top, 0);
}

PictureResult picture(const std::string& name, double rate, double before, double after) {
    return {.name = name,
            .bits_per_pixel = rate,
            .jpeg = {before, before - 1, 0.8},
            .restored = {after, after - 0.5, 0.9}};
}

EvaluationReport sample_report() {
    EvaluationReport report;
    report.model_name = "<model> & co";
    report.settings = {{"Pictures", "a \"folder\""}};
    report.results = {{10, {picture("one.png", 0.3, 27.5, 28.7), picture("two.png", 0.3, 27.5, 27.4)}},
                      {20, {picture("one.png", 0.5, 30.0, 31.3), picture("two.png", 0.5, 30.0, 30.1)}},
                      {40, {picture("one.png", 0.9, 33.1, 34.2), picture("two.png", 0.9, 33.1, 33.2)}},
                      {80, {picture("one.png", 1.6, 36.4, 37.3), picture("two.png", 1.6, 36.4, 36.5)}}};
    const LumaImage luma = draw_picture(24, 16, 1);
    report.examples.gained_most = {
        {"one.png", 10, {27.5, 26.5, 0.8}, {28.7, 28.2, 0.9}, 8, 16, luma, luma, luma}};
    return report;
}

TEST(ReportPageTest, HoldsFiguresSettingsAndCutOuts) {
    const nlohmann::json data = page_data(report_page(sample_report()));
    EXPECT_EQ(data["kind"], "evaluation");
    EXPECT_EQ(data["name"], "<model> & co");
    EXPECT_EQ(data["chroma"], false);
    EXPECT_EQ(data["settings"], nlohmann::json::parse(R"([["Pictures", "a \"folder\""]])"));
    ASSERT_EQ(data["qualities"].size(), 4u);
    const nlohmann::json& lowest = data["qualities"][0];
    EXPECT_EQ(lowest["quality"], 10);
    // Means of two pictures: (28.7 + 27.4) / 2 - 27.5.
    EXPECT_NEAR(lowest["restored"]["psnr"].get<double>() - lowest["jpeg"]["psnr"].get<double>(), 0.55, 1e-9);
    EXPECT_EQ(lowest["pictures_worse"], 1);
    EXPECT_EQ(lowest["pictures"][1]["name"], "two.png");
    EXPECT_LT(data["bd_rate"].get<double>(), 0);
    EXPECT_LT(data["bd_rate_of_means"].get<double>(), 0);
    EXPECT_EQ(data["gained_least"], nlohmann::json::array());
    ASSERT_EQ(data["gained_most"].size(), 1u);
    const nlohmann::json& example = data["gained_most"][0];
    EXPECT_EQ(example["name"], "one.png");
    EXPECT_EQ(example["left"], 8);
    EXPECT_EQ(example["width"], 24);
    EXPECT_EQ(example["height"], 16);
    EXPECT_EQ(example["restored_quality"]["psnr_b"], 28.2);
    for (const char* which : {"jpeg", "restored", "original"})
        EXPECT_THAT(example[which].get<std::string>(), StartsWith("iVBORw"));  // A PNG.
}

TEST(ReportPageTest, OneQualityAndALosslessPictureAreNoFailure) {
    EvaluationReport report = sample_report();
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    report.results = {{100, {picture("one.png", 5, kInfinity, kInfinity)}}};
    report.examples = {};
    const nlohmann::json data = page_data(report_page(report));
    EXPECT_EQ(data["qualities"][0]["jpeg"]["psnr"], "Infinity");
    EXPECT_TRUE(data["bd_rate"].is_null());
    EXPECT_TRUE(data["bd_rate_of_means"].is_null());
}

}  // namespace
}  // namespace jpegdeblock
