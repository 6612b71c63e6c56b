// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "metrics/metrics.h"

#include "random_plane.h"

namespace jpegdeblock::test {
namespace {

constexpr double kC1 = 6.5025;   // (0.01 * 255)^2
constexpr double kC2 = 58.5225;  // (0.03 * 255)^2

/// Wang et al., equations (13) to (16), window by window with a two-dimensional Gaussian and centred moments.
/// Pixels beyond the right and bottom edge repeat the last one.
double direct_ssim(ConstPlane a, ConstPlane b) {
    double weight[11][11], total = 0.0;
    for (int i = 0; i < 11; ++i)
        for (int j = 0; j < 11; ++j)
            total += weight[i][j] = std::exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / 4.5);
    const auto sample = [](ConstPlane plane, int x, int y) {
        return static_cast<double>(plane.row(std::min(y, plane.height - 1))[std::min(x, plane.width - 1)]);
    };
    double sum = 0.0;
    int windows = 0;
    for (int y = 0; y + 11 <= std::max(a.height, 11); ++y)
        for (int x = 0; x + 11 <= std::max(a.width, 11); ++x) {
            double mean_a = 0.0, mean_b = 0.0, variance_a = 0.0, variance_b = 0.0, covariance = 0.0;
            for (int i = 0; i < 11; ++i)
                for (int j = 0; j < 11; ++j) {
                    mean_a += weight[i][j] / total * sample(a, x + j, y + i);
                    mean_b += weight[i][j] / total * sample(b, x + j, y + i);
                }
            for (int i = 0; i < 11; ++i)
                for (int j = 0; j < 11; ++j) {
                    const double deviation_a = sample(a, x + j, y + i) - mean_a;
                    const double deviation_b = sample(b, x + j, y + i) - mean_b;
                    variance_a += weight[i][j] / total * deviation_a * deviation_a;
                    variance_b += weight[i][j] / total * deviation_b * deviation_b;
                    covariance += weight[i][j] / total * deviation_a * deviation_b;
                }
            sum += (2 * mean_a * mean_b + kC1) * (2 * covariance + kC2) /
                   ((mean_a * mean_a + mean_b * mean_b + kC1) * (variance_a + variance_b + kC2));
            ++windows;
        }
    return sum / windows;
}

TEST(Ssim, PlanesOfDifferentSizeAreRefused) {
    const OwnedPlane plane(12, 12, 0), other(12, 13, 0);
    try {
        ssim(plane, other);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
        EXPECT_THAT(error.what(), testing::HasSubstr("12x12"));
        EXPECT_THAT(error.what(), testing::HasSubstr("12x13"));
    }
}

TEST(Ssim, IdenticalPlanes) {
    for (const auto& [width, height] : {std::pair(32, 24), {11, 11}, {5, 3}, {1, 1}, {40, 4}}) {
        const OwnedPlane plane = random_plane(width, height, 1);
        EXPECT_NEAR(ssim(plane, plane), 1.0, 1e-12) << width << "x" << height;
    }
}

TEST(Ssim, FlatPlanesInClosedForm) {
    // Without variance only the comparison of luminance is left.
    for (const auto& [a, b] : {std::pair(100, 110), {0, 255}, {1, 2}, {255, 250}}) {
        const OwnedPlane reference(20, 15, static_cast<std::uint8_t>(a));
        const OwnedPlane test(20, 15, static_cast<std::uint8_t>(b));
        EXPECT_NEAR(ssim(reference, test), (2.0 * a * b + kC1) / (double(a) * a + double(b) * b + kC1), 1e-9);
    }
}

TEST(Ssim, EqualsTheDirectFormula) {
    for (const auto& [width, height] : {std::pair(20, 17), {11, 11}, {12, 30}, {33, 11}}) {
        const OwnedPlane reference = random_plane(width, height, 3);
        for (const int amplitude : {1, 10, 100}) {
            const OwnedPlane test = noisy_copy(reference, amplitude, 4);
            EXPECT_NEAR(ssim(reference, test), direct_ssim(reference, test), 1e-9)
                << width << "x" << height << " amplitude " << amplitude;
        }
    }
}

TEST(Ssim, SmallPlanesAreExtendedByTheirEdge) {
    for (const auto& [width, height] : {std::pair(1, 1), {10, 10}, {5, 20}, {20, 5}, {3, 7}}) {
        const OwnedPlane reference = random_plane(width, height, 5);
        const OwnedPlane test = noisy_copy(reference, 20, 6);
        EXPECT_NEAR(ssim(reference, test), direct_ssim(reference, test), 1e-9) << width << "x" << height;
    }
}

TEST(Ssim, IsSymmetric) {
    const OwnedPlane a = random_plane(30, 20, 7), b = noisy_copy(a, 40, 8);
    EXPECT_NEAR(ssim(a, b), ssim(b, a), 1e-12);
}

TEST(Ssim, NegativeIsBelowZero) {
    const OwnedPlane plane = random_plane(30, 20, 9);
    OwnedPlane negative(30, 20, 0);
    for (int y = 0; y < 20; ++y)
        for (int x = 0; x < 30; ++x)
            negative.at(x, y) = static_cast<std::uint8_t>(255 - ConstPlane(plane).row(y)[x]);
    EXPECT_LT(ssim(plane, negative), -0.5);
}

TEST(Ssim, FallsAsNoiseGrows) {
    const OwnedPlane plane = random_plane(40, 40, 10);
    double last = 1.0;
    for (const int amplitude : {5, 20, 60, 120}) {
        const double value = ssim(plane, noisy_copy(plane, amplitude, 11));
        EXPECT_LT(value, last) << "amplitude " << amplitude;
        last = value;
    }
}

}  // namespace
}  // namespace jpegdeblock::test
