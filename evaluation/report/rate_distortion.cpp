// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/rate_distortion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace jpegdeblock {
namespace {

constexpr std::size_t kTerms = 4;  // Of a cubic.

std::vector<RatePoint> usable(const std::vector<RatePoint>& curve) {
    std::vector<RatePoint> points;
    for (const RatePoint& point : curve)
        if (std::isfinite(point.psnr) && point.bits_per_pixel > 0) points.push_back(point);
    std::sort(points.begin(), points.end(),
              [](const RatePoint& a, const RatePoint& b) { return a.psnr < b.psnr; });
    return points;
}

std::size_t different(const std::vector<RatePoint>& sorted) {
    std::size_t count = sorted.empty() ? 0 : 1;
    for (std::size_t i = 1; i < sorted.size(); ++i) count += sorted[i].psnr > sorted[i - 1].psnr ? 1 : 0;
    return count;
}

/// Coefficients of the cubic in t = (psnr - centre) / extent that fits log10(rate) best: normal equations,
/// solved by Gaussian elimination with pivoting.
std::array<double, kTerms> fit(const std::vector<RatePoint>& points, double centre, double extent) {
    std::array<std::array<double, kTerms + 1>, kTerms> system{};
    for (const RatePoint& point : points) {
        const double t = (point.psnr - centre) / extent, rate = std::log10(point.bits_per_pixel);
        for (std::size_t i = 0; i < kTerms; ++i) {
            for (std::size_t j = 0; j < kTerms; ++j) system[i][j] += std::pow(t, double(i + j));
            system[i][kTerms] += std::pow(t, double(i)) * rate;
        }
    }
    for (std::size_t i = 0; i < kTerms; ++i) {
        const auto pivot =
            std::max_element(system.begin() + std::ptrdiff_t(i), system.end(),
                             [i](const auto& a, const auto& b) { return std::abs(a[i]) < std::abs(b[i]); });
        std::swap(system[i], *pivot);
        for (std::size_t row = 0; row < kTerms; ++row) {
            if (row == i) continue;
            const double factor = system[row][i] / system[i][i];
            for (std::size_t j = i; j <= kTerms; ++j) system[row][j] -= factor * system[i][j];
        }
    }
    std::array<double, kTerms> coefficients;
    for (std::size_t i = 0; i < kTerms; ++i) coefficients[i] = system[i][kTerms] / system[i][i];
    return coefficients;
}

/// Mean of a cubic in t over -1..1: odd powers vanish.
double mean_of_cubic(const std::array<double, kTerms>& coefficients) {
    return coefficients[0] + coefficients[2] / 3;
}

}  // namespace

std::optional<double> bjontegaard_rate(const std::vector<RatePoint>& anchor,
                                       const std::vector<RatePoint>& test) {
    const std::vector<RatePoint> before = usable(anchor), after = usable(test);
    if (different(before) < kTerms || different(after) < kTerms) return std::nullopt;
    const double low = std::max(before.front().psnr, after.front().psnr);
    const double high = std::min(before.back().psnr, after.back().psnr);
    if (low >= high) return std::nullopt;
    const double centre = (low + high) / 2, extent = (high - low) / 2;
    const double difference =
        mean_of_cubic(fit(after, centre, extent)) - mean_of_cubic(fit(before, centre, extent));
    return std::pow(10, difference) - 1;
}

std::optional<double> rate_at(const std::vector<RatePoint>& curve, double psnr) {
    const std::vector<RatePoint> points = usable(curve);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const RatePoint &from = points[i - 1], &to = points[i];
        if (psnr < from.psnr || psnr > to.psnr || from.psnr == to.psnr) continue;
        const double share = (psnr - from.psnr) / (to.psnr - from.psnr);
        return from.bits_per_pixel * std::pow(to.bits_per_pixel / from.bits_per_pixel, share);
    }
    return std::nullopt;
}

RateCurves mean_curves(const std::vector<QualityResult>& results) {
    RateCurves curves;
    for (const QualityResult& result : results) {
        curves.jpeg.push_back({result.mean_bits_per_pixel(), result.mean_jpeg().psnr});
        curves.restored.push_back({result.mean_bits_per_pixel(), result.mean_restored().psnr});
    }
    return curves;
}

RateCurves picture_curves(const std::vector<QualityResult>& results, std::size_t picture) {
    RateCurves curves;
    for (const QualityResult& result : results) {
        const PictureResult& row = result.pictures[picture];
        curves.jpeg.push_back({row.bits_per_pixel, row.jpeg.psnr});
        curves.restored.push_back({row.bits_per_pixel, row.restored.psnr});
    }
    return curves;
}

std::vector<std::optional<double>> picture_rates(const std::vector<QualityResult>& results) {
    std::vector<std::optional<double>> rates;
    for (std::size_t i = 0; !results.empty() && i < results.front().pictures.size(); ++i) {
        const RateCurves curves = picture_curves(results, i);
        rates.push_back(bjontegaard_rate(curves.jpeg, curves.restored));
    }
    return rates;
}

std::optional<double> mean_of(const std::vector<std::optional<double>>& values) {
    double sum = 0;
    int count = 0;
    for (const std::optional<double>& value : values)
        if (value) {
            sum += *value;
            ++count;
        }
    if (count == 0) return std::nullopt;
    return sum / count;
}

std::optional<double> saved_share(const RateCurves& curves, std::size_t quality) {
    const std::optional<double> plain = rate_at(curves.jpeg, curves.restored[quality].psnr);
    if (!plain) return std::nullopt;
    return 1 - curves.restored[quality].bits_per_pixel / *plain;
}

}  // namespace jpegdeblock
