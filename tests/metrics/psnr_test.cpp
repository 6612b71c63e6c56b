// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "metrics/metrics.h"

#include "random_plane.h"

namespace jpegdeblock::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// 10 log10(255^2 / squared_error)
double decibel(double squared_error) {
    return 10.0 * std::log10(65025.0 / squared_error);
}

/// A plane of two levels: `level` from column x (or row y) on.
OwnedPlane step_at_column(int width, int height, int column, std::uint8_t level) {
    OwnedPlane plane(width, height, 100);
    for (int y = 0; y < height; ++y)
        for (int x = column; x < width; ++x) plane.at(x, y) = level;
    return plane;
}

/// Yim and Bovik, section III, pair by pair.
double direct_blocking_effect(ConstPlane plane) {
    double boundary_sum = 0.0, boundary_pairs = 0.0, inner_sum = 0.0, inner_pairs = 0.0;
    const auto add = [&](int a, int b, bool boundary) {
        (boundary ? boundary_sum : inner_sum) += (a - b) * (a - b);
        (boundary ? boundary_pairs : inner_pairs) += 1.0;
    };
    for (int y = 0; y < plane.height; ++y)
        for (int x = 0; x < plane.width; ++x) {
            if (x + 1 < plane.width) add(plane.row(y)[x], plane.row(y)[x + 1], (x + 1) % 8 == 0);
            if (y + 1 < plane.height) add(plane.row(y)[x], plane.row(y + 1)[x], (y + 1) % 8 == 0);
        }
    const double boundary = boundary_sum / boundary_pairs, inner = inner_sum / inner_pairs;
    return boundary > inner ? 3.0 / std::log2(std::min(plane.width, plane.height)) * (boundary - inner) : 0.0;
}

TEST(Psnr, PlanesOfDifferentSizeAreRefused) {
    const OwnedPlane plane(9, 8, 0), wider(10, 8, 0), taller(9, 9, 0);
    for (auto* metric : {mean_squared_error, psnr, psnr_b})
        for (const ConstPlane& other : {ConstPlane(wider), ConstPlane(taller)}) try {
                metric(plane, other);
                FAIL() << "accepted";
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
                EXPECT_THAT(error.what(), testing::HasSubstr("9x8"));
                EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(other.width) + "x" +
                                                             std::to_string(other.height)));
            }
}

TEST(Psnr, IdenticalPlanes) {
    const OwnedPlane plane(8, 8, 17, 1), same(8, 8, 17, 2);
    EXPECT_EQ(mean_squared_error(plane, same), 0.0);
    EXPECT_EQ(psnr(plane, same), kInfinity);
    EXPECT_EQ(psnr_b(plane, same), kInfinity);
}

TEST(Psnr, FourPixelsByHand) {
    OwnedPlane reference(2, 2, 0), test(2, 2, 0);
    reference.at(1, 0) = 10, reference.at(0, 1) = 20, reference.at(1, 1) = 30;
    test.at(1, 0) = 12, test.at(0, 1) = 17, test.at(1, 1) = 30;
    EXPECT_DOUBLE_EQ(mean_squared_error(reference, test), (0.0 + 4.0 + 9.0 + 0.0) / 4.0);
    EXPECT_DOUBLE_EQ(psnr(reference, test), decibel(3.25));
}

TEST(Psnr, ConstantOffset) {
    const OwnedPlane reference(33, 21, 100), test(33, 21, 105);
    EXPECT_DOUBLE_EQ(mean_squared_error(reference, test), 25.0);
    EXPECT_NEAR(psnr(reference, test), 34.1514, 5e-5);  // 20 log10(255 / 5)
    EXPECT_EQ(psnr(test, reference), psnr(reference, test));
}

TEST(Psnr, LargestErrorOnALongRow) {
    const OwnedPlane black(200000, 1, 0), white(200000, 1, 255);
    EXPECT_DOUBLE_EQ(mean_squared_error(black, white), 65025.0);
    EXPECT_DOUBLE_EQ(psnr(black, white), 0.0);
}

TEST(Psnr, EqualsTheSumOverPixels) {
    const OwnedPlane reference = random_plane(101, 37, 1), test = random_plane(101, 37, 2);
    double sum = 0.0;
    for (int y = 0; y < 37; ++y)
        for (int x = 0; x < 101; ++x)
            sum += std::pow(ConstPlane(reference).row(y)[x] - ConstPlane(test).row(y)[x], 2);
    EXPECT_DOUBLE_EQ(mean_squared_error(reference, test), sum / (101 * 37));
}

TEST(PsnrB, StepOnABlockBoundaryByHand) {
    // 16 of 32 pairs across boundaries differ by 10, none within blocks: 16 * 100 / 32 = 50, and the weight
    // of the effect is log2(8) / log2(16).
    const OwnedPlane plane = step_at_column(16, 16, 8, 110);
    EXPECT_DOUBLE_EQ(psnr_b(plane, plane), decibel(0.75 * 50.0));
}

TEST(PsnrB, WeightFollowsTheShorterSide) {
    // 16 rows of pairs at column 8, 16, .. 56 (7 of them, one a step), 64 columns of pairs at row 8.
    const OwnedPlane plane = step_at_column(64, 16, 24, 110);
    EXPECT_DOUBLE_EQ(psnr_b(plane, plane), decibel(0.75 * 16.0 * 100.0 / (7.0 * 16.0 + 64.0)));
}

TEST(PsnrB, ErrorAndBlockingAdd) {
    const OwnedPlane reference(16, 16, 100), test = step_at_column(16, 16, 8, 110);
    EXPECT_DOUBLE_EQ(psnr_b(reference, test), decibel(50.0 + 0.75 * 50.0));
    // Blocking of the reference does not count.
    EXPECT_DOUBLE_EQ(psnr_b(test, reference), decibel(50.0));
}

TEST(PsnrB, StepWithinABlockIsNoBlocking) {
    for (const int column : {1, 7, 9, 15}) {
        const OwnedPlane reference(16, 16, 100), test = step_at_column(16, 16, column, 110);
        EXPECT_DOUBLE_EQ(psnr_b(reference, test), psnr(reference, test)) << "column " << column;
    }
}

TEST(PsnrB, EqualsTheDirectFormula) {
    for (const auto& [width, height] : {std::pair(16, 16), {40, 24}, {39, 25}, {9, 8}, {8, 17}, {100, 60}}) {
        for (unsigned seed = 1; seed <= 10; ++seed) {
            const OwnedPlane reference = random_plane(width, height, seed);
            const OwnedPlane test = noisy_copy(reference, 30, seed + 100);
            const double expected =
                decibel(mean_squared_error(reference, test) + direct_blocking_effect(test));
            EXPECT_NEAR(psnr_b(reference, test), expected, 1e-9) << width << "x" << height;
        }
    }
}

TEST(PsnrB, PlaneWithoutABoundaryHasNoBlocking) {
    for (const auto& [width, height] : {std::pair(8, 8), {1, 1}, {8, 3}, {1, 8}}) {
        const OwnedPlane reference = random_plane(width, height, 1), test = random_plane(width, height, 2);
        EXPECT_EQ(psnr_b(reference, test), psnr(reference, test)) << width << "x" << height;
    }
}

TEST(PsnrB, WeightIsLimitedToOne) {
    for (const int height : {1, 2, 7, 8}) {
        const OwnedPlane plane = step_at_column(16, height, 8, 110);
        EXPECT_DOUBLE_EQ(psnr_b(plane, plane), decibel(100.0)) << "height " << height;
    }
}

}  // namespace
}  // namespace jpegdeblock::test
