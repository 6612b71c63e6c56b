// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/prepare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "../../support/drawn_pictures.h"
#include "../../support/temporary_folder.h"
#include "file_size_limit.h"
#include "pictures/pictures.h"
#include "prepared/dataset.h"

namespace jpegdeblock::training {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::atomic<bool> kNeverStop = false;

/// A folder of pictures and one for the data set.
class PrepareTest : public testing::Test {
  protected:
    PrepareTest() {
        fs::create_directories(folder_.file("pictures"));
        options_.pictures = folder_.file("pictures");
        options_.output = folder_.file("data");
        options_.qualities = {10, 40};
        options_.threads = 2;
    }
    void add_picture(const std::string& name, const LumaImage& luma) {
        fs::create_directories(fs::path(folder_.file("pictures/" + name)).parent_path());
        save_luma(folder_.file("pictures/" + name), luma);
    }
    PrepareReport run() {
        warnings_.clear();
        return prepare(
            options_, [this](const std::string& text) { warnings_.push_back(text); }, kNeverStop);
    }
    MatMatrix compressed(const std::string& name) {
        return read_mat_matrix(folder_.file("data/compressedImages/" + name), "Iq");
    }
    MatMatrix residual(const std::string& name) {
        return read_mat_matrix(folder_.file("data/residualImages/" + name), "Iresidual");
    }
    std::set<std::string> files(const std::string& below) {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_.file("data/" + below)))
            names.insert(entry.path().filename().string());
        return names;
    }
    ErrorCode failure() {
        try {
            run();
        } catch (const Error& error) {
            message_ = error.what();
            return error.code();
        }
        ADD_FAILURE() << "no error";
        return {};
    }

    test::TemporaryFolder folder_;
    PrepareOptions options_;
    std::vector<std::string> warnings_;
    std::string message_;
};

TEST_F(PrepareTest, RefusesBadArguments) {
    EXPECT_EQ(failure(), ErrorCode::kNotFound);  // No pictures.
    add_picture("a.png", draw_picture(24, 16, 1));
    options_.qualities = {10, 101};
    EXPECT_EQ(failure(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(message_, HasSubstr("101"));
    options_.qualities = {};
    EXPECT_EQ(failure(), ErrorCode::kInvalidArgument);
    options_.qualities = {10};
    options_.pictures = folder_.file("absent");
    EXPECT_EQ(failure(), ErrorCode::kNotFound);
    EXPECT_FALSE(fs::exists(options_.output));
}

TEST_F(PrepareTest, CompressedMinusResidualIsThePictureAtQuality100) {
    const LumaImage picture = draw_picture(50, 37, 1);
    add_picture("a.png", picture);
    EXPECT_EQ(run().written, 2u);
    const LumaImage reference = decode_jpeg_luma(encode_grey_jpeg(picture.view(), 100));
    for (const int quality : {10, 40}) {
        const std::string name = "aq" + std::to_string(quality) + ".mat";
        const LumaImage expected = decode_jpeg_luma(encode_grey_jpeg(picture.view(), quality));
        const MatMatrix luma = compressed(name), difference = residual(name);
        ASSERT_EQ(luma.rows, 37u);
        ASSERT_EQ(luma.columns, 50u);
        ASSERT_EQ(difference.rows, 37u);
        for (std::size_t y = 0; y < 37; ++y)
            for (std::size_t x = 0; x < 50; ++x) {
                ASSERT_DOUBLE_EQ(luma.at(y, x), expected.samples[y * 50 + x] / 255.0);
                ASSERT_NEAR(luma.at(y, x) - difference.at(y, x), reference.samples[y * 50 + x] / 255.0,
                            1e-15);
            }
    }
}

TEST_F(PrepareTest, LimitedRangeIsMatlabsRgb2ycbcr) {
    // rgb2ycbcr of grey 128 is 16 + 219 * 128 / 255 = 125.9; JPEG keeps that grey, whose coefficients are 0.
    add_picture("grey.png", {16, 16, std::vector<std::uint8_t>(256, 128)});
    options_.range = LumaRange::kLimited;
    options_.compress = false;
    run();
    for (const double value : compressed("greyq10.mat").values) ASSERT_DOUBLE_EQ(value, 126 / 255.0);
    for (const double value : residual("greyq10.mat").values) ASSERT_EQ(value, 0);
    EXPECT_EQ(read_mat_text(folder_.file("data/compressedImages/greyq10.mat"), "range"), "limited");
    EXPECT_EQ(read_mat_text(folder_.file("data/residualImages/greyq10.mat"), "range"), "limited");
}

TEST_F(PrepareTest, LumaOfColoursIsThatOfTheStandard) {
    // White and the primaries in limited range: 235, 81, 145, 41 (ITU-R BT.601); full range: 255, 76,
    // 150, 29.
    const auto luma = [](std::uint8_t r, std::uint8_t g, std::uint8_t b, LumaRange range) {
        RgbPicture picture{16, 16, {}};
        for (int i = 0; i < 256; ++i) picture.samples.insert(picture.samples.end(), {r, g, b});
        return int(compressed_luma(picture, 100, range).samples[0]);
    };
    EXPECT_EQ(luma(255, 255, 255, LumaRange::kLimited), 235);
    EXPECT_NEAR(luma(255, 0, 0, LumaRange::kLimited), 81, 1);
    EXPECT_NEAR(luma(0, 255, 0, LumaRange::kLimited), 145, 1);
    EXPECT_NEAR(luma(0, 0, 255, LumaRange::kLimited), 41, 1);
    EXPECT_EQ(luma(255, 255, 255, LumaRange::kFull), 255);
    EXPECT_NEAR(luma(255, 0, 0, LumaRange::kFull), 76, 1);
    EXPECT_NEAR(luma(0, 255, 0, LumaRange::kFull), 150, 1);
    EXPECT_NEAR(luma(0, 0, 255, LumaRange::kFull), 29, 1);
}

TEST_F(PrepareTest, DescribesItself) {
    add_picture("a.png", draw_picture(24, 16, 1));
    run();
    std::ifstream file(folder_.file("data/dataset.json"));
    const nlohmann::json json = nlohmann::json::parse(file);
    EXPECT_EQ(json.at("range"), "full");
    EXPECT_EQ(json.at("qualities"), (std::vector<int>{10, 40}));
    EXPECT_THAT(json.at("residual_is").get<std::string>(), HasSubstr("compressed - reference"));
    EXPECT_EQ(read_mat_text(folder_.file("data/compressedImages/aq10.mat"), "range"), "full");
    EXPECT_EQ(files(""), (std::set<std::string>{"compressedImages", "dataset.json", "residualImages"}));
}

TEST_F(PrepareTest, SubFoldersAreInTheNames) {
    add_picture("00/1.png", draw_picture(24, 16, 1));
    add_picture("01/1.png", draw_picture(24, 24, 2));
    options_.qualities = {10};
    run();
    EXPECT_EQ(files("compressedImages"), (std::set<std::string>{"00_1q10.mat", "01_1q10.mat"}));
    EXPECT_EQ(compressed("00_1q10.mat").rows, 16u);
    EXPECT_EQ(compressed("01_1q10.mat").rows, 24u);
}

TEST(PictureNamesTest, AreUnique) {
    const std::vector<std::string> paths = {"p/a/x.png",   "p/a_x.png", "p/b.bmp",     "p/b.png",
                                            "p/b.png.png", "p/c.d.png", "p/e_f/g.png", "p/e/f_g.png"};
    const std::vector<std::string> names = picture_names("p", paths);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), paths.size());
    EXPECT_EQ(names[5], "c.d");
    EXPECT_EQ(picture_names("p/", paths), names);
}

TEST_F(PrepareTest, KeepsCompletePairsAndRepairsTheRest) {
    add_picture("a.png", draw_picture(40, 32, 1));
    add_picture("b.png", draw_picture(40, 32, 2));
    EXPECT_EQ(run().written, 4u);
    const MatMatrix expected = residual("aq40.mat");
    fs::remove(folder_.file("data/residualImages/aq40.mat"));
    fs::resize_file(folder_.file("data/compressedImages/bq10.mat"), 100);
    const PrepareReport report = run();
    EXPECT_EQ(report.written, 2u);
    EXPECT_EQ(report.kept, 2u);
    EXPECT_EQ(residual("aq40.mat"), expected);
    EXPECT_EQ(compressed("bq10.mat").rows, 32u);
}

TEST_F(PrepareTest, MoreQualitiesMayFollow) {
    add_picture("a.png", draw_picture(40, 32, 1));
    run();
    options_.qualities = {0, 10};
    const PrepareReport report = run();
    EXPECT_EQ(report.written, 1u);
    EXPECT_EQ(report.kept, 1u);
    EXPECT_EQ(load_description(options_.output)->qualities, (std::vector<int>{0, 10, 40}));
}

TEST_F(PrepareTest, RefusesTheDataSetOfOtherSettings) {
    add_picture("a.png", draw_picture(40, 32, 1));
    run();
    options_.range = LumaRange::kLimited;
    EXPECT_EQ(failure(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(message_, HasSubstr("--range full"));
    options_.range = LumaRange::kFull;
    fs::create_directories(folder_.file("others"));
    options_.pictures = folder_.file("others");
    EXPECT_EQ(failure(), ErrorCode::kInvalidArgument);
    std::ofstream(folder_.file("data/dataset.json")) << "{";
    EXPECT_EQ(failure(), ErrorCode::kInvalidFile);
}

TEST_F(PrepareTest, BrokenPicturesAreReportedAndSkipped) {
    add_picture("a.png", draw_picture(40, 32, 1));
    std::ofstream(folder_.file("pictures/b.png")) << "not a PNG";
    const PrepareReport report = run();
    EXPECT_EQ(report.written, 2u);
    EXPECT_EQ(report.skipped, 1u);
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_THAT(warnings_[0], HasSubstr("b.png"));
    fs::remove(folder_.file("pictures/a.png"));
    EXPECT_EQ(failure(), ErrorCode::kInvalidFile);
}

TEST_F(PrepareTest, AFullDiskEndsItWithoutHalfFiles) {
    for (unsigned i = 0; i < 4; ++i) add_picture(std::to_string(i) + ".png", draw_picture(96, 80, i));
    options_.compress = false;
    {
        const FileSizeLimit limit(20000);
        EXPECT_EQ(failure(), ErrorCode::kUnwritable);
    }
    EXPECT_TRUE(files("compressedImages").empty());
    EXPECT_TRUE(files("residualImages").empty());
    EXPECT_EQ(run().written, 8u);
}

TEST_F(PrepareTest, RefusesWhatTheDiskCannotHold) {
    // 100 headers of 60000x60000 pixels announce 69 terabytes.
    options_.qualities = {5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80};
    for (int i = 0; i < 100; ++i)
        std::ofstream(folder_.file("pictures/" + std::to_string(i) + ".ppm")) << "P6\n60000 60000\n255\nabc";
    EXPECT_EQ(failure(), ErrorCode::kUnwritable);
    EXPECT_THAT(message_, HasSubstr("--force"));
    EXPECT_FALSE(fs::exists(options_.output));
}

TEST_F(PrepareTest, StopsWhenAsked) {
    add_picture("a.png", draw_picture(40, 32, 1));
    const std::atomic<bool> stop = true;
    const PrepareReport report = prepare(
        options_, [](const std::string&) {}, stop);
    EXPECT_TRUE(report.stopped);
    EXPECT_EQ(report.written, 0u);
    EXPECT_EQ(run().written, 2u);
}

TEST(PrepareSizeTest, TheBoundHolds) {
    const test::TemporaryFolder folder;
    // Noise is what zlib cannot compress.
    MatMatrix matrix{300, 200, {}};
    std::mt19937_64 generator(1);
    for (int i = 0; i < 60000; ++i)
        matrix.values.push_back(std::uniform_real_distribution<double>(0, 1)(generator));
    write_mat(folder.file("a.mat"), "Iq", matrix, {{"range", "full"}}, true);
    EXPECT_LT(2 * fs::file_size(folder.file("a.mat")), pair_bytes_at_most(200, 300));
    EXPECT_LT(pair_bytes_at_most(200, 300), 2u * 60000u * 9u);
}

}  // namespace
}  // namespace jpegdeblock::training
