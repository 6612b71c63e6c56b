// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// The DCT coefficients that estimation looks at, as indices into a table in row order: u + v = 1 .. 5.
/// Higher ones are rarely other than zero; the lowest, the mean, is biased by decoders that truncate
/// (libjpeg's ifast).
constexpr std::size_t kSampledFrequencies = 20;
constexpr std::array<std::size_t, kSampledFrequencies> kSampledFrequency = {
    1, 8, 2, 9, 16, 3, 10, 17, 24, 4, 11, 18, 25, 32, 5, 12, 19, 26, 33, 40};

/// Coefficients of some blocks of a decoded plane.
struct CoefficientSample {
    /// Those that were not zero in the JPEG, for each frequency of kSampledFrequency.
    std::array<std::vector<float>, kSampledFrequencies> coefficients;
    int detailed_blocks = 0;  ///< Blocks that contributed.
};

/// Transforms whole blocks spread evenly over the plane, 1024 at most, without those that hold clipped
/// samples (clipping moves their coefficients).
CoefficientSample sample_coefficients(ConstPlane luma, GridOffset offset);

}  // namespace jpegdeblock
