// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/rate_distortion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace jpegdeblock {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<RatePoint> kJpeg = {{0.3, 27.5}, {0.5, 30.0}, {0.9, 33.1}, {1.6, 36.4}};
const std::vector<RatePoint> kRestored = {{0.3, 28.7}, {0.5, 31.3}, {0.9, 34.2}, {1.6, 37.3}};

TEST(BjontegaardRateTest, NeedsFourPointsAndAnOverlap) {
    EXPECT_FALSE(bjontegaard_rate({}, kRestored));
    EXPECT_FALSE(bjontegaard_rate({kJpeg.begin(), kJpeg.begin() + 3}, kRestored));
    std::vector<RatePoint> points = kJpeg;
    points[3].psnr = kInfinity;  // A picture that JPEG does not change.
    EXPECT_FALSE(bjontegaard_rate(points, kRestored));
    points[3] = points[2];
    EXPECT_FALSE(bjontegaard_rate(points, kRestored));
    for (RatePoint& point : points) point.psnr += 100;
    EXPECT_FALSE(bjontegaard_rate(kJpeg, points));
}

TEST(BjontegaardRateTest, AFifthLessAtEveryPsnrIsAFifthLess) {
    std::vector<RatePoint> cheaper = kJpeg;
    for (RatePoint& point : cheaper) point.bits_per_pixel *= 0.8;
    EXPECT_NEAR(bjontegaard_rate(kJpeg, cheaper).value(), -0.2, 1e-12);
    EXPECT_NEAR(bjontegaard_rate(cheaper, kJpeg).value(), 0.25, 1e-12);
    EXPECT_NEAR(bjontegaard_rate(kJpeg, kJpeg).value(), 0, 1e-12);
}

TEST(BjontegaardRateTest, StraightLinesDifferByTheirShift) {
    // log10(rate) = psnr / 10 - 3 and the same half a decibel to the right of it, at other PSNR: 10^-0.05
    // - 1.
    std::vector<RatePoint> anchor, test;
    for (const double psnr : {28.0, 30.5, 33.0, 36.0, 39.0})
        anchor.push_back({std::pow(10, psnr / 10 - 3), psnr});
    for (const double psnr : {29.0, 31.0, 34.0, 35.0, 37.0, 41.0})
        test.push_back({std::pow(10, (psnr - 0.5) / 10 - 3), psnr});
    EXPECT_NEAR(bjontegaard_rate(anchor, test).value(), std::pow(10, -0.05) - 1, 1e-10);
}

TEST(BjontegaardRateTest, CubicsAreIntegratedExactly) {
    // log10(rate) = u^3 / 100 with u = psnr - 30, against 0: the mean over u = -2 .. 4 is
    // (4^4 - 2^4) / (4 * 100 * 6) = 0.1.
    std::vector<RatePoint> anchor, test;
    for (const double u : {-2.0, 0.0, 1.0, 3.0, 4.0}) anchor.push_back({1.0, 30 + u});
    for (const double u : {-3.0, -2.0, -1.0, 1.0, 2.0, 4.0})
        test.push_back({std::pow(10, u * u * u / 100), 30 + u});
    EXPECT_NEAR(bjontegaard_rate(anchor, test).value(), std::pow(10, 0.1) - 1, 1e-9);
}

TEST(BjontegaardRateTest, AgreesWithLagrangePolynomialsAndSimpsonsRule) {
    // Worked out by a separate program: exact cubics through four points, 20000 Simpson intervals.
    EXPECT_NEAR(bjontegaard_rate({{686.76, 40.28}, {309.58, 37.18}, {157.11, 34.24}, {85.95, 31.42}},
                                 {{893.34, 40.39}, {407.8, 37.21}, {204.93, 34.17}, {112.75, 31.24}})
                    .value(),
                0.3139737405490983, 1e-9);
    EXPECT_NEAR(bjontegaard_rate(kJpeg, kRestored).value(), -0.19953865991460973, 1e-9);
}

TEST(RateAtTest, TheLogarithmOfTheRateIsLinearBetweenPoints) {
    EXPECT_DOUBLE_EQ(rate_at(kJpeg, 30.0).value(), 0.5);
    EXPECT_NEAR(rate_at({{2.0, 40}, {0.5, 30}}, 35).value(), 1.0, 1e-12);
    EXPECT_FALSE(rate_at(kJpeg, 27.4));
    EXPECT_FALSE(rate_at(kJpeg, 36.5));
    EXPECT_FALSE(rate_at({}, 30));
}

TEST(SavedShareTest, ComparesWithTheLargerJpegThatIsAsGood) {
    const RateCurves curves{{{0.5, 30}, {1.0, 33}}, {{0.5, 33}, {1.0, 35}}};
    EXPECT_NEAR(saved_share(curves, 0).value(), 0.5, 1e-12);
    EXPECT_FALSE(saved_share(curves, 1));
}

TEST(PictureRatesTest, EachPictureHasItsOwnAndTheMeanIsOfThoseThatHaveOne) {
    std::vector<QualityResult> results;
    for (std::size_t i = 0; i < 4; ++i) {
        QualityResult& result = results.emplace_back();
        const double rate = kJpeg[i].bits_per_pixel;
        result.pictures.push_back({.name = "a",
                                   .bits_per_pixel = rate,
                                   .jpeg = {.psnr = kJpeg[i].psnr},
                                   .restored = {.psnr = kRestored[i].psnr}});
        result.pictures.push_back(
            {.name = "b", .bits_per_pixel = rate, .jpeg = {.psnr = kInfinity}, .restored = {.psnr = 50}});
    }
    const auto rates = picture_rates(results);
    ASSERT_EQ(rates.size(), 2u);
    EXPECT_NEAR(rates[0].value(), -0.19953865991460973, 1e-9);
    EXPECT_FALSE(rates[1]);
    EXPECT_NEAR(mean_of(rates).value(), -0.19953865991460973, 1e-9);
    EXPECT_FALSE(mean_of({std::nullopt}));
    EXPECT_TRUE(picture_rates({}).empty());
}

}  // namespace
}  // namespace jpegdeblock
