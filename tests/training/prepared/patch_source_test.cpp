// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/patch_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "../../support/temporary_folder.h"
#include "patches/prefetcher.h"

namespace jpegdeblock::training {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A data set of pictures in which each level tells picture and place: picture i holds, at (x, y), the level
/// 30 * i + 5 * y + x, and a residual of a tenth of it. Pictures are 5x5.
class PreparedPatchSourceTest : public testing::Test {
  protected:
    PreparedPatchSourceTest() {
        fs::create_directories(folder_.file("compressedImages"));
        fs::create_directories(folder_.file("residualImages"));
        options_ = {
            .batch = 6, .side = 3, .patches_per_pair = 10, .pairs_at_once = 3, .threads = 2, .seed = 1};
    }
    void add_pair(int picture, std::size_t rows = 5, std::size_t columns = 5,
                  const std::vector<MatText>& texts = {}) {
        MatMatrix compressed{rows, columns, std::vector<double>(rows * columns)}, residual = compressed;
        for (std::size_t y = 0; y < rows; ++y)
            for (std::size_t x = 0; x < columns; ++x) {
                compressed.at(y, x) = (30.0 * picture + 5.0 * double(y) + double(x)) / 255;
                residual.at(y, x) = compressed.at(y, x) / 10;
            }
        const std::string name = std::to_string(picture) + "q10.mat";
        write_mat(folder_.file("compressedImages/" + name), "Iq", compressed, texts, false);
        write_mat(folder_.file("residualImages/" + name), "Iresidual", residual, texts, false);
    }
    std::unique_ptr<PreparedPatchSource> source() {
        return std::make_unique<PreparedPatchSource>(
            folder_.file(""), options_, [this](const std::string& text) { warnings_.push_back(text); });
    }

    test::TemporaryFolder folder_;
    PreparedPatchOptions options_;
    std::vector<std::string> warnings_;
};

int picture_of(float level) {
    return static_cast<int>(std::lround(level)) / 30;
}

TEST_F(PreparedPatchSourceTest, RefusesMissingDataAndBadOptions) {
    EXPECT_THROW(source(), Error);
    add_pair(0);
    options_.batch = 0;
    EXPECT_THROW(source(), Error);
    fs::remove_all(folder_.file("residualImages"));
    options_.batch = 1;
    EXPECT_THROW(source(), Error);
}

TEST_F(PreparedPatchSourceTest, PatchesAreCoincidentCutsInAllOrientations) {
    add_pair(1);
    options_.batch = 200;
    const PatchBatch batch = source()->make_batch(0);
    EXPECT_TRUE(batch.tables.empty());
    ASSERT_EQ(batch.compressed.size(), 200u * 9u);
    std::set<std::pair<long, long>> orientations;
    std::set<long> corners;
    for (std::size_t patch = 0; patch < 200; ++patch) {
        const float* level = &batch.compressed[patch * 9];
        const long across = std::lround(level[1] - level[0]), down = std::lround(level[3] - level[0]);
        orientations.emplace(across, down);
        corners.insert(std::lround(*std::min_element(level, level + 9)));
        for (int y = 0; y < 3; ++y)
            for (int x = 0; x < 3; ++x)
                EXPECT_EQ(level[3 * y + x], level[0] + static_cast<float>(x * across + y * down));
    }
    // Neighbours differ by 1 along a row of the picture and by 5 along a column.
    const std::set<std::pair<long, long>> expected = {{1, 5}, {1, -5}, {-1, 5}, {-1, -5},
                                                      {5, 1}, {5, -1}, {-5, 1}, {-5, -1}};
    EXPECT_EQ(orientations, expected);
    EXPECT_EQ(corners, (std::set<long>{30, 31, 32, 35, 36, 37, 40, 41, 42}));
    for (std::size_t i = 0; i < batch.compressed.size(); ++i)
        ASSERT_NEAR(batch.pristine[i], 0.9f * batch.compressed[i], 1e-4f);
}

TEST_F(PreparedPatchSourceTest, ABatchDependsOnSettingsAndIndexAlone) {
    for (int i = 0; i < 7; ++i) add_pair(i);
    const auto first = source(), second = source();
    std::vector<PatchBatch> forward;
    for (std::uint64_t index = 0; index < 30; ++index) forward.push_back(first->make_batch(index));
    for (const std::uint64_t index : {29, 3, 17, 11, 12, 0}) {
        EXPECT_EQ(second->make_batch(index).compressed, forward[index].compressed) << index;
        EXPECT_EQ(second->make_batch(index).pristine, forward[index].pristine) << index;
    }
    options_.seed = 2;
    EXPECT_NE(source()->make_batch(3).compressed, forward[3].compressed);
}

TEST_F(PreparedPatchSourceTest, AnEpochTakesEachPictureEquallyOftenInAnotherOrder) {
    constexpr int kPictures = 7;
    for (int i = 0; i < kPictures; ++i) add_pair(i);
    const auto patches = source();
    EXPECT_EQ(patches->patches_per_epoch(), 70u);
    EXPECT_EQ(patches->pairs(), 7u);
    std::vector<int> order;
    for (std::uint64_t index = 0; index < 35; ++index) {  // 35 batches of 6: three epochs.
        const PatchBatch batch = patches->make_batch(index);
        for (std::size_t i = 0; i < 6; ++i) order.push_back(picture_of(batch.compressed[i * 9 + 4]));
    }
    std::set<std::vector<int>> epochs;
    for (int epoch = 0; epoch < 3; ++epoch) {
        const std::vector<int> pictures(order.begin() + 70 * epoch, order.begin() + 70 * (epoch + 1));
        for (int i = 0; i < kPictures; ++i)
            EXPECT_EQ(std::count(pictures.begin(), pictures.end(), i), 10) << i;
        epochs.insert(pictures);
    }
    EXPECT_EQ(epochs.size(), 3u);
    int changes = 0;
    for (std::size_t i = 1; i < order.size(); ++i) changes += order[i] != order[i - 1];
    EXPECT_GT(changes, 80);  // Of three pictures shuffled, two thirds of 209 neighbours differ.
}

TEST_F(PreparedPatchSourceTest, OthersStandInForBrokenFilesWhichAreReportedOnce) {
    for (int i = 0; i < 3; ++i) add_pair(i);
    add_pair(3, 2, 5);  // Smaller than a patch.
    fs::resize_file(folder_.file("residualImages/1q10.mat"), 150);
    std::ofstream(folder_.file("residualImages/extra.mat")) << "x";
    {
        const auto patches = source();
        std::set<int> pictures;
        for (std::uint64_t index = 0; index < 20; ++index)
            for (const float level : patches->make_batch(index).compressed)
                pictures.insert(picture_of(level));
        EXPECT_TRUE(pictures == (std::set<int>{0, 2})) << testing::PrintToString(pictures);
    }
    ASSERT_EQ(warnings_.size(), 3u);
    EXPECT_THAT(warnings_, testing::Contains(HasSubstr("1 files of")));
    EXPECT_THAT(warnings_, testing::Contains(HasSubstr("1q10.mat")));
    EXPECT_THAT(warnings_, testing::Contains(AllOf(HasSubstr("3q10.mat"), HasSubstr("5x2"))));
}

TEST_F(PreparedPatchSourceTest, IsAnErrorWhenNoFileCanBeUsed) {
    add_pair(0);
    options_.side = 6;
    EXPECT_THROW(source()->make_batch(0), Error);
}

TEST_F(PreparedPatchSourceTest, RefusesValuesThatAreNoLevels) {
    const MatMatrix levels{5, 5, std::vector<double>(25, 128.0)};  // Not divided by 255.
    write_mat(folder_.file("compressedImages/aq1.mat"), "Iq", levels, {}, false);
    write_mat(folder_.file("residualImages/aq1.mat"), "Iresidual", levels, {}, false);
    EXPECT_THROW(source()->make_batch(0), Error);
    EXPECT_THAT(warnings_, testing::Contains(HasSubstr("128")));
}

TEST_F(PreparedPatchSourceTest, KnowsTheRange) {
    add_pair(0);
    EXPECT_EQ(source()->range(), LumaRange::kLimited);  // As MathWorks' example makes it.
    add_pair(0, 5, 5, {{"range", "full"}});
    EXPECT_EQ(source()->range(), LumaRange::kFull);
    save_description(folder_.file(""), {"pictures", LumaRange::kLimited, {10}});
    EXPECT_EQ(source()->range(), LumaRange::kLimited);
}

TEST_F(PreparedPatchSourceTest, WorksBehindThePrefetcher) {
    for (int i = 0; i < 5; ++i) add_pair(i);
    const std::shared_ptr<const PreparedPatchSource> patches = source();
    Prefetcher prefetcher(patches, 4);
    for (std::uint64_t index = 4; index < 20; ++index)
        EXPECT_EQ(prefetcher.next().compressed, source()->make_batch(index).compressed) << index;
}

}  // namespace
}  // namespace jpegdeblock::training
