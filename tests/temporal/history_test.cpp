// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/history.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "restore/projection.h"

#include "scene.h"

namespace jpegdeblock {
namespace {

using namespace std::chrono_literals;
using test::compressed;
using test::photograph;
using test::View;

constexpr int kWidth = 136, kHeight = 104;
constexpr int kColumns = kWidth / 8, kRows = kHeight / 8, kBlocks = kColumns * kRows;
constexpr int kQuality = 60;

/// A stream whose frames are restored perfectly.
class HistoryTest : public testing::Test {
  protected:
    /// True where there was a history.
    bool show(const LumaImage& frame, std::optional<History::Time> time = std::nullopt,
              GridOffset offset = {}, const BlockMap* changed = nullptr) {
        decoded = compressed(frame, kQuality);
        const bool followed =
            history.follow(decoded.view(), {frame.width, frame.height, offset}, time, changed, *workers);
        moved = decoded;
        for (int row = 0; followed && row < history.ages().rows(); ++row)
            history.move(decoded.view(), row, moved.view());
        history.keep(frame.view(), *workers);
        return followed;
    }
    bool show(const View& view, std::optional<History::Time> time = std::nullopt) {
        return show(photograph(view, kWidth, kHeight), time);
    }
    /// Blocks followed for at least so many frames.
    int blocks_as_old_as(int age) const {
        const BlockMap& ages = history.ages();
        return static_cast<int>(
            std::count_if(ages.row(0), ages.row(0) + ages.whole().area(), [&](int a) { return a >= age; }));
    }

    std::shared_ptr<Workers> workers = make_workers(2);
    History history;
    LumaImage decoded, moved;
};

TEST_F(HistoryTest, FirstFrameHasNone) {
    EXPECT_FALSE(show(View()));
}

TEST_F(HistoryTest, StillScenesGrowOldAndStay) {
    const LumaImage frame = photograph({}, kWidth, kHeight);
    show(frame);
    for (int age = 1; age <= History::kOldest + 2; ++age) {
        ASSERT_TRUE(show(frame));
        ASSERT_EQ(blocks_as_old_as(std::min(age, History::kOldest)), kBlocks) << age;
    }
    EXPECT_EQ(blocks_as_old_as(History::kOldest + 1), 0);
    EXPECT_EQ(test::mean_squared_difference(frame, moved.view(), 0), 0);
}

TEST_F(HistoryTest, MovesWithTheScene) {
    show(View());
    for (int t = 1; t <= 5; ++t) {
        const View view = {2.3 * t, 0.8 * t};
        ASSERT_TRUE(show(view));
        // Nearer to the truth than what was decoded.
        const LumaImage truth = photograph(view, kWidth, kHeight);
        EXPECT_LT(test::mean_squared_difference(truth, moved.view(), 8),
                  0.5 * test::mean_squared_difference(truth, decoded.view(), 8));
        EXPECT_GE(blocks_as_old_as(std::min(t, History::kOldest)), 0.85 * kBlocks);
    }
}

TEST_F(HistoryTest, MovedHistoryFitsIntoTheFramesIntervals) {
    const auto project = [&] {
        const ConstPlane from = moved.view();
        std::vector<float> change;
        for (int y = 0; y < kHeight; ++y)
            for (int x = 0; x < kWidth; ++x)
                change.push_back(static_cast<float>(from.row(y)[x] - decoded.view().row(y)[x]));
        LumaImage projected = decoded;
        add_residual(decoded.view(), {}, ijg_luma_table(kQuality), change.data(), kWidth, 1.0f, true, 0,
                     kRows, projected.view());
        return projected;
    };
    show(View());
    ASSERT_TRUE(show(View{1.6, 0.4, 0.5, 1.01}));
    const LumaImage truth = photograph({1.6, 0.4, 0.5, 1.01}, kWidth, kHeight);
    const LumaImage projected = project();
    EXPECT_LT(test::mean_squared_difference(truth, projected.view(), 8),
              test::mean_squared_difference(truth, moved.view(), 8));
    EXPECT_LT(test::mean_squared_difference(truth, projected.view(), 8),
              0.5 * test::mean_squared_difference(truth, decoded.view(), 8));
}

TEST_F(HistoryTest, LostBlocksAreAsDecoded) {
    // Something new covers the middle.
    const LumaImage scene = photograph({}, kWidth, kHeight), other = photograph({}, kWidth, kHeight, 9);
    show(scene);
    show(scene);
    LumaImage covered = scene;
    for (int y = 32; y < 72; ++y)
        for (int x = 40; x < 96; ++x) covered.view().row(y)[x] = other.view().row(y)[x] ^ 0xff;
    ASSERT_TRUE(show(covered));
    int lost = 0;
    for (int row = 0; row < kRows; ++row)
        for (int column = 0; column < kColumns; ++column) {
            const bool inside = row >= 4 && row < 9 && column >= 5 && column < 12;
            const bool near = row >= 3 && row < 10 && column >= 4 && column < 13;
            const int age = history.ages().row(row)[column];
            if (!near) {
                EXPECT_EQ(age, 2) << column << "," << row;
            }
            if (!inside || age > 0) continue;
            ++lost;
            for (int y = 8 * row; y < 8 * row + 8; ++y)
                for (int x = 8 * column; x < 8 * column + 8; ++x)
                    ASSERT_EQ(moved.view().row(y)[x], decoded.view().row(y)[x]);
        }
    EXPECT_GE(lost, 25) << "of 35";
    // The next frame follows them.
    ASSERT_TRUE(show(covered));
    EXPECT_EQ(blocks_as_old_as(1), kBlocks);
}

TEST_F(HistoryTest, EndsAtACut) {
    show(View());
    EXPECT_TRUE(show(View{1, 1}));
    EXPECT_FALSE(show(photograph({}, kWidth, kHeight, 7)));
    EXPECT_EQ(blocks_as_old_as(1), 0);
    EXPECT_TRUE(show(photograph({1, 1}, kWidth, kHeight, 7)));
    EXPECT_EQ(blocks_as_old_as(2), 0);
}

TEST_F(HistoryTest, EndsWhereTheWholeFrameBecomesDarker) {
    const auto darker = [](double share) {
        LumaImage frame = photograph({}, kWidth, kHeight);
        for (std::uint8_t& sample : frame.samples) sample = static_cast<std::uint8_t>(sample * share);
        return frame;
    };
    show(darker(1));
    EXPECT_FALSE(show(darker(0.96)));
    EXPECT_FALSE(show(darker(0.92)));
    EXPECT_TRUE(show(darker(0.92)));
}

// Each pixel becomes lighter, as what is behind the gradient's lighter part comes nearer.
TEST_F(HistoryTest, GradientsThatMoveAreNoFades) {
    const auto on_gradient = [](double shift) {
        LumaImage frame = photograph({.x = shift}, kWidth, kHeight);
        for (int y = 0; y < kHeight; ++y)
            for (int x = 0; x < kWidth; ++x) {
                std::uint8_t& sample = frame.view().row(y)[x];
                sample = static_cast<std::uint8_t>(sample / 2.0 + 0.5 * (x + shift));
            }
        return frame;
    };
    show(on_gradient(0));
    for (int t = 1; t <= 5; ++t) {
        EXPECT_TRUE(show(on_gradient(4.5 * t))) << t;
        EXPECT_GE(blocks_as_old_as(std::min(t, History::kOldest)), 0.7 * kBlocks) << t;
    }
}

TEST_F(HistoryTest, WhatMovedByWholeBlocksWasCodedAlike) {
    show(View());
    show(View{.x = 16, .y = -8});
    EXPECT_EQ(blocks_as_old_as(1), 0);
}

TEST_F(HistoryTest, EndsAtBlackFramesAndFlashes) {
    const LumaImage scene = photograph({}, kWidth, kHeight);
    LumaImage black = scene, bright = scene;
    std::fill(black.samples.begin(), black.samples.end(), std::uint8_t{0});
    for (auto& sample : bright.samples) sample = static_cast<std::uint8_t>(128 + sample / 2);
    show(scene);
    EXPECT_FALSE(show(black));
    EXPECT_TRUE(show(black));
    EXPECT_FALSE(show(scene));
    EXPECT_FALSE(show(bright));
    EXPECT_FALSE(show(scene));
    EXPECT_TRUE(show(scene));
}

TEST_F(HistoryTest, IsForgottenWhereItIsTold) {
    show(View());
    history.forget();
    EXPECT_FALSE(show(View()));
    EXPECT_TRUE(show(View()));
    EXPECT_EQ(blocks_as_old_as(2), 0);
}

TEST_F(HistoryTest, IsForgottenWithTheGrid) {
    const LumaImage frame = photograph({}, kWidth, kHeight), smaller = photograph({}, kWidth, kHeight - 8);
    show(frame);
    EXPECT_FALSE(show(smaller));
    EXPECT_TRUE(show(smaller));
    EXPECT_FALSE(show(smaller, std::nullopt, {3, 0}));
    EXPECT_TRUE(show(smaller, std::nullopt, {3, 0}));
    EXPECT_EQ(history.ages().columns(), kColumns + 1);
}

TEST_F(HistoryTest, IsForgottenWhereFramesComeOutOfOrder) {
    EXPECT_FALSE(show(View(), 40ms));
    EXPECT_TRUE(show(View(), 80ms));
    EXPECT_FALSE(show(View(), 80ms));
    EXPECT_FALSE(show(View(), 40ms));
    EXPECT_TRUE(show(View(), 200ms));
    EXPECT_TRUE(show(View()));
    EXPECT_TRUE(show(View(), 0ms)) << "The frame before had no time";
}

TEST_F(HistoryTest, WhatHasNotChangedGrowsNoOlder) {
    const LumaImage frame = photograph({}, kWidth, kHeight);
    BlockMap changed(kColumns, kRows, 1);
    changed.fill({3, 2, 4, 4}, 0);
    show(frame);
    show(frame);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(show(frame, std::nullopt, {}, &changed));
    EXPECT_EQ(blocks_as_old_as(4), kBlocks - 16);
    EXPECT_EQ(history.ages().row(3)[4], 1);
}

TEST_F(HistoryTest, ThreadsDoNotChangeTheResult) {
    const auto moved_with = [](int threads) {
        const auto workers = make_workers(threads);
        History history;
        std::vector<std::uint8_t> result;
        for (int t = 0; t < 4; ++t) {
            const LumaImage frame = photograph({1.7 * t, 0.6 * t, 0.3 * t}, kWidth, kHeight, 1, 2);
            const LumaImage decoded = compressed(frame, kQuality);
            if (history.follow(decoded.view(), {kWidth, kHeight, {}}, std::nullopt, nullptr, *workers)) {
                LumaImage moved = decoded;
                for (int row = 0; row < kRows; ++row) history.move(decoded.view(), row, moved.view());
                result.insert(result.end(), moved.samples.begin(), moved.samples.end());
            }
            history.keep(frame.view(), *workers);
        }
        return result;
    };
    const auto expected = moved_with(1);
    EXPECT_EQ(expected.size(), 3u * kWidth * kHeight);
    EXPECT_EQ(moved_with(2), expected);
    EXPECT_EQ(moved_with(4), expected);
}

TEST_F(HistoryTest, TakesPlanesOfAnyStrideAndSize) {
    for (const auto& [width, height] : {std::pair{1, 1}, {9, 3}, {65, 70}}) {
        History small;
        const LumaImage frame = photograph({}, width, height);
        std::vector<std::uint8_t> wide(static_cast<std::size_t>((width + 11) * height), 200);
        for (int y = 0; y < height; ++y)
            std::copy_n(frame.view().row(y), width, wide.data() + y * (width + 11));
        const ConstPlane plane = {wide.data(), width, height, width + 11};
        const BlockGrid grid = {width, height, {5, 2}};
        EXPECT_FALSE(small.follow(plane, grid, std::nullopt, nullptr, *workers));
        small.keep(plane, *workers);
        EXPECT_TRUE(small.follow(plane, grid, std::nullopt, nullptr, *workers));
        LumaImage moved = frame;
        for (int row = 0; row < grid.rows(); ++row) small.move(plane, row, moved.view());
        EXPECT_EQ(test::mean_squared_difference(frame, moved.view(), 0), 0);
    }
}

}  // namespace
}  // namespace jpegdeblock
