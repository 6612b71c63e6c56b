// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/warp.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "slow_motion.h"
#include "temporal/luma_filter.h"
#include "temporal/smoothing.h"

namespace jpegdeblock {
namespace {

std::vector<std::uint8_t> random_samples(int width, int height, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<std::uint8_t> samples(static_cast<std::size_t>(width * height));
    // Many extremes, so that results overshoot.
    for (auto& sample : samples) sample = generator() % 3 == 0 ? generator() % 2 * 255 : generator() % 256;
    return samples;
}

PaddedPlane padded(ConstPlane plane) {
    PaddedPlane result;
    result.resize(plane.width, plane.height);
    result.copy_rows(plane, 0, plane.height);
    return result;
}

void expect_warped_as_slowly(const BlockGrid& grid, const MotionField& field) {
    const auto samples = random_samples(grid.width, grid.height, 3);
    const ConstPlane before = {samples.data(), grid.width, grid.height, grid.width};
    const PaddedPlane source = padded(before);
    const int stride = grid.width + 3;
    std::vector<std::uint8_t> moved(static_cast<std::size_t>(stride * grid.height), 77);
    for (int row = grid.rows() - 1; row >= 0; --row)
        warp(source, field, grid, row, {moved.data(), grid.width, grid.height, stride});
    for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) {
            const MotionVector v = field.row((y + grid.offset.y) / 8)[(x + grid.offset.x) / 8];
            ASSERT_EQ(moved[static_cast<std::size_t>(y * stride + x)],
                      test::luma_sample(before, 4 * x + v.x, 4 * y + v.y))
                << grid.width << "x" << grid.height << " at " << x << "," << y << " by " << v.x << "," << v.y;
        }
        for (int x = grid.width; x < stride; ++x)
            ASSERT_EQ(moved[static_cast<std::size_t>(y * stride + x)], 77);
    }
}

MotionField uniform(const BlockGrid& grid, MotionVector vector) {
    MotionField field(grid.columns(), grid.rows());
    for (int y = 0; y < field.rows(); ++y) std::fill_n(field.row(y), field.columns(), vector);
    return field;
}

TEST(Warp, GreatestOvershootsAreClamped) {
    const BlockGrid grid = {40, 40, {}};
    constexpr int kAt = 20;
    for (std::int16_t y = 0; y < 4; ++y)
        for (std::int16_t x = 0; x < 4; ++x)
            for (const int sign : {1, -1}) {
                std::vector<std::uint8_t> samples(std::size_t{40} * 40);
                for (int j = 0; j < 8; ++j)
                    for (int i = 0; i < 8; ++i)
                        samples[static_cast<std::size_t>((kAt + j - kLumaFilterBefore) * 40 + kAt + i -
                                                         kLumaFilterBefore)] =
                            sign * kLumaFilter[y][j] * kLumaFilter[x][i] > 0 ? 255 : 0;
                std::vector<std::uint8_t> moved(samples.size());
                const PaddedPlane source = padded({samples.data(), 40, 40, 40});
                for (int row = 0; row < grid.rows(); ++row)
                    warp(source, uniform(grid, {x, y}), grid, row, {moved.data(), 40, 40, 40});
                EXPECT_EQ(moved[kAt * 40 + kAt], sign > 0 ? 255 : 0) << x << "," << y;
            }
}

TEST(Warp, AllFractionsAsDocumented) {
    const BlockGrid grid = {75, 24, {}};
    for (std::int16_t y = -4; y <= 4; ++y)
        for (std::int16_t x = -4; x <= 4; ++x) expect_warped_as_slowly(grid, uniform(grid, {x, y}));
}

TEST(Warp, EachBlockByItsOwnVector) {
    std::mt19937 generator(5);
    for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{3, 6}, GridOffset{7, 1}}) {
        const BlockGrid grid = {203, 61, offset};
        MotionField field(grid.columns(), grid.rows());
        for (int y = 0; y < field.rows(); ++y)
            for (int x = 0; x < field.columns(); ++x) {
                const auto part = [&] {
                    return static_cast<std::int16_t>(static_cast<int>(generator() % 161) - 80);
                };
                // Some neighbours move alike.
                field.row(y)[x] =
                    x > 0 && generator() % 2 == 0 ? field.row(y)[x - 1] : MotionVector{part(), part()};
            }
        expect_warped_as_slowly(grid, field);
    }
}

TEST(Warp, EdgesGoOnForEver) {
    const BlockGrid grid = {150, 20, {2, 5}};
    for (const int far : {-32768, -1001, -333, -97, 97, 335, 1003, 32767})
        for (const int other : {0, 2, -130}) {
            const auto x = static_cast<std::int16_t>(far), y = static_cast<std::int16_t>(other);
            expect_warped_as_slowly(grid, uniform(grid, {x, y}));
            expect_warped_as_slowly(grid, uniform(grid, {y, x}));
        }
}

TEST(Warp, SmallPlanes) {
    for (const int width : {1, 2, 7, 8, 9})
        for (const int height : {1, 3, 8, 10}) {
            const BlockGrid grid = {width, height, {width % 8, 0}};
            expect_warped_as_slowly(grid, uniform(grid, {5, -3}));
        }
}

PaddedPlane smoothed(const PaddedPlane& plane) {
    PaddedPlane result;
    result.resize(plane.width(), plane.height());
    for (int task = smoothing_tasks(plane) - 1; task >= 0; --task) smooth(plane, task, result);
    return result;
}

TEST(Smoothing, AsTheReferenceInAllOfThePadding) {
    for (const auto& [width, height] : {std::pair{1, 1}, {5, 3}, {40, 21}, {131, 90}}) {
        const auto samples = random_samples(width, height, 5);
        const ConstPlane plane = {samples.data(), width, height, width};
        const PaddedPlane smooth = smoothed(padded(plane));
        for (int y = -kSmoothedPadding; y < height + kSmoothedPadding; ++y)
            for (int x = -kSmoothedPadding; x < width + kSmoothedPadding; ++x)
                ASSERT_EQ(smooth.row(y)[x], test::smooth_sample(plane, x, y))
                    << width << "x" << height << " at " << x << "," << y;
    }
}

}  // namespace
}  // namespace jpegdeblock
