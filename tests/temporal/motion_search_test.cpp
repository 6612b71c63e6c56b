// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/motion_search.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "scene.h"
#include "slow_motion.h"
#include "temporal/block_difference.h"

namespace jpegdeblock {
namespace {

using test::compressed;
using test::photograph;
using test::Point;
using test::View;

Pyramid pyramid_of(ConstPlane plane) {
    Pyramid pyramid;
    pyramid.resize(plane.width, plane.height);
    for (int task = pyramid.tasks() - 1; task >= 0; --task) {
        pyramid.copy(plane, task);
        pyramid.reduce(task);
    }
    return pyramid;
}

/// Searches one frame after the other.
class Stream {
  public:
    explicit Stream(int threads = 1) : workers_(make_workers(threads)) {}

    void search(ConstPlane decoded, ConstPlane before, GridOffset offset = {},
                const BlockMap* changed = nullptr) {
        grid = {decoded.width, decoded.height, offset};
        search_.search(pyramid_of(decoded), pyramid_of(before), grid, changed, *workers_);
    }
    const MotionField& field() const { return search_.motion(); }
    int difference(int column, int row) const {
        return search_.differences()[static_cast<std::size_t>(row * field().columns() + column)];
    }

    BlockGrid grid;

  private:
    std::shared_ptr<Workers> workers_;
    MotionSearch search_;
};

constexpr int kWidth = 200, kHeight = 152;

/// The share of the blocks, but for those at the edges, whose vector is at most that many pixels away from
/// the truth.
double share_found(const Stream& stream, const View& now, const View& before, double most) {
    const auto [width, height, offset] = stream.grid;
    int found = 0, blocks = 0;
    for (int row = 2; row < stream.grid.rows() - 2; ++row)
        for (int column = 2; column < stream.grid.columns() - 2; ++column) {
            const Point middle = {8 * column + 3.5 - offset.x, 8 * row + 3.5 - offset.y};
            const Point scene = scene_of(now, width, height, middle);
            const Point source = frame_of(before, width, height, scene);
            const MotionVector v = stream.field().row(row)[column];
            found += std::hypot(source.x - middle.x - v.x / 4.0, source.y - middle.y - v.y / 4.0) <= most;
            ++blocks;
        }
    return static_cast<double>(found) / blocks;
}

struct Motion {
    const char* name;
    View before, now;
};

void PrintTo(const Motion& motion, std::ostream* out) {
    *out << motion.name;
}

class KnownMotion : public testing::TestWithParam<Motion> {};

TEST_P(KnownMotion, IsFoundInDecodedFrames) {
    const auto& [name, before, now] = GetParam();
    const LumaImage clean = photograph(before, kWidth, kHeight), frame = photograph(now, kWidth, kHeight);
    for (const int quality : {20, 50, 90}) {
        Stream stream;
        stream.search(compressed(frame, quality).view(), clean.view());
        EXPECT_GE(share_found(stream, now, before, 1.0), quality < 50 ? 0.85 : 0.95) << "quality " << quality;
        // At quality 20 not every block tells 0.43 pixels from none.
        EXPECT_GE(share_found(stream, now, before, 0.4), quality < 50 ? 0.45 : 0.9) << "quality " << quality;
    }
}

INSTANTIATE_TEST_SUITE_P(MotionSearch, KnownMotion,
                         testing::Values(Motion{"still", {}, {}}, Motion{"slow", {}, {0.4, 0.15}},
                                         Motion{"pan", {}, {1.5, -0.75}}, Motion{"quick", {}, {-17.3, 9.6}},
                                         Motion{"rotation", {0, 0, 1, 1}, {2, 1, 2, 1}},
                                         Motion{"zoom", {}, {0, 0, 0, 1.02}}),
                         [](const auto& info) { return info.param.name; });

TEST(MotionSearch, DifferencesAreThoseOfTheVectors) {
    const LumaImage before = photograph({}, 83, 61), now = photograph({2.3, -1.2}, 83, 61, 1, 3);
    for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{7, 3}}) {
        Stream stream;
        stream.search(now.view(), before.view(), offset);
        for (int row = 0; row < stream.grid.rows(); ++row)
            for (int column = 0; column < stream.grid.columns(); ++column)
                ASSERT_EQ(
                    stream.difference(column, row),
                    test::slow_difference(now.view(), before.view(), 8 * column - offset.x - kMatchMargin,
                                          8 * row - offset.y - kMatchMargin, stream.field().row(row)[column]))
                    << column << "," << row;
    }
}

TEST(MotionSearch, LittleIsLostAgainstTryingAllVectors) {
    const View before = {0, 0, 0, 1}, now = {1.3, -2.1, 1, 1.01};
    const LumaImage clean = photograph(before, 96, 80), frame = compressed(photograph(now, 96, 80), 40);
    Stream stream;
    stream.search(frame.view(), clean.view());
    constexpr int kRange = 20;  // Quarters of a pixel.
    double found = 0, best = 0;
    for (int row = 1; row < stream.grid.rows() - 1; row += 2)
        for (int column = 1; column < stream.grid.columns() - 1; column += 3) {
            int least = stream.difference(column, row);
            found += least;
            for (int y = -kRange; y <= kRange; ++y)
                for (int x = -kRange; x <= kRange; ++x) {
                    const MotionVector v = {static_cast<std::int16_t>(x), static_cast<std::int16_t>(y)};
                    least = std::min(
                        least, test::slow_difference(frame.view(), clean.view(), 8 * column - kMatchMargin,
                                                     8 * row - kMatchMargin, v));
                }
            best += least;
        }
    EXPECT_LE(found, 1.03 * best);
}

TEST(MotionSearch, NoiseDoesNotMoveWhatStandsStill) {
    const LumaImage before = photograph({}, kWidth, kHeight);
    Stream stream;
    stream.search(compressed(photograph({}, kWidth, kHeight, 1, 4), 75).view(), before.view());
    EXPECT_GE(share_found(stream, {}, {}, 0), 0.98);
}

TEST(MotionSearch, FlatPicturesDoNotMove) {
    const std::vector<std::uint8_t> grey(64 * 48, 128), white(64 * 48, 255);
    Stream stream;
    stream.search({grey.data(), 64, 48, 64}, {grey.data(), 64, 48, 64});
    EXPECT_EQ(stream.field(), MotionField(8, 6));
    stream.search({grey.data(), 64, 48, 64}, {white.data(), 64, 48, 64});
    EXPECT_EQ(stream.field(), MotionField(8, 6));
    EXPECT_EQ(stream.difference(3, 3), 127 * kMatchSamples);
}

TEST(MotionSearch, ThreadsDoNotChangeTheResult) {
    const LumaImage first = photograph({}, kWidth, kHeight), second = photograph({3, 1, 1}, kWidth, kHeight),
                    third = photograph({6, 2, 2}, kWidth, kHeight);
    std::vector<MotionField> fields;
    for (const int threads : {1, 2, 5}) {
        Stream stream(threads);
        stream.search(second.view(), first.view());
        stream.search(third.view(), second.view());
        fields.push_back(stream.field());
    }
    EXPECT_EQ(fields[1], fields[0]);
    EXPECT_EQ(fields[2], fields[0]);
}

TEST(MotionSearch, WhatHasNotChangedHasNoMotion) {
    const LumaImage before = photograph({}, 64, 64), now = photograph({2, 2}, 64, 64);
    BlockMap changed(8, 8, 0);
    changed.fill({2, 2, 4, 4}, 1);
    Stream stream;
    stream.search(now.view(), before.view(), {}, &changed);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            EXPECT_EQ(stream.field().row(y)[x] == MotionVector(), changed.row(y)[x] == 0) << x << "," << y;
            if (changed.row(y)[x] == 0) {
                EXPECT_EQ(stream.difference(x, y), 0);
            }
        }
    const BlockMap none(8, 8, 0);
    stream.search(now.view(), before.view(), {}, &none);
    EXPECT_EQ(stream.field(), MotionField(8, 8));
    EXPECT_EQ(stream.difference(3, 3), 0);
}

TEST(MotionSearch, AllSizesAndOffsets) {
    for (const int width : {1, 2, 8, 17, 33})
        for (const int height : {1, 5, 16, 31})
            for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{7, 7}, GridOffset{1, 4}}) {
                const LumaImage before = photograph({}, width, height),
                                now = photograph({2, 1}, width, height);
                Stream stream;
                stream.search(now.view(), before.view(), offset);
                EXPECT_EQ(stream.field().columns(), (width + offset.x + 7) / 8);
                EXPECT_EQ(stream.field().rows(), (height + offset.y + 7) / 8);
            }
}

TEST(MotionSearch, OneSearchServesManySizes) {
    Stream used;
    for (const auto& [width, height] : {std::pair{64, 40}, {121, 77}, {24, 24}}) {
        const LumaImage before = photograph({}, width, height), now = photograph({3, 1}, width, height);
        Stream fresh;
        fresh.search(now.view(), before.view());
        used.search(now.view(), before.view());
        EXPECT_EQ(used.field(), fresh.field());
    }
}

}  // namespace
}  // namespace jpegdeblock
