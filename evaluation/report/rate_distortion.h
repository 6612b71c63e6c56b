// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include "report/evaluation.h"

namespace jpegdeblock {

/// What a coder spends and reaches at one setting.
struct RatePoint {
    double bits_per_pixel = 0;
    double psnr = 0;
};

/// Bjontegaard's mean difference in rate at equal PSNR, as a share: -0.2 where `test` takes 20 % fewer bits
/// than `anchor`. Cubics of log10(rate) over PSNR are fitted to both curves (by least squares where there are
/// more than four points) and integrated over the PSNR that both reach (G. Bjontegaard, 'Calculation of
/// average PSNR differences between RD-curves', ITU-T SG16 Q.6 document VCEG-M33, 2001). Nothing where a
/// curve has fewer than four finite points of different PSNR, or they have no PSNR in common.
std::optional<double> bjontegaard_rate(const std::vector<RatePoint>& anchor,
                                       const std::vector<RatePoint>& test);

/// Bits a pixel at which a curve reaches a PSNR, log(rate) linear between its points. Nothing outside of
/// them.
std::optional<double> rate_at(const std::vector<RatePoint>& curve, double psnr);

/// The means over the pictures at each quality, before (JPEG) and after restoration, at the JPEG's rate.
struct RateCurves {
    std::vector<RatePoint> jpeg, restored;
};
RateCurves mean_curves(const std::vector<QualityResult>& results);

/// Those of one picture (by its place in the results).
RateCurves picture_curves(const std::vector<QualityResult>& results, std::size_t picture);

/// bjontegaard_rate of each picture; nothing where it has none.
std::vector<std::optional<double>> picture_rates(const std::vector<QualityResult>& results);

/// Mean of those that there are.
std::optional<double> mean_of(const std::vector<std::optional<double>>& values);

/// Share of the bytes that restoration saves at one quality: a plain JPEG as good as the restored one would
/// be larger. Nothing where the plain JPEGs measured do not reach that PSNR.
std::optional<double> saved_share(const RateCurves& curves, std::size_t quality);

}  // namespace jpegdeblock
