// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// The DCT coefficients that tell most, as indices into a table in row order: u + v = 1 .. 5. Higher ones are
/// rarely other than zero.
constexpr std::size_t kLowFrequencies = 20;
constexpr std::array<std::size_t, kLowFrequencies> kLowFrequency = {1,  8,  2,  9,  16, 3,  10, 17, 24, 4,
                                                                    11, 18, 25, 32, 5,  12, 19, 26, 33, 40};

/// Coefficients of some blocks of a decoded plane.
struct CoefficientSample {
    /// Those that were not zero in the JPEG, for each coefficient in row order. Equal ones count once: the
    /// errors of blocks with one or two coefficients repeat wherever such a block does.
    std::array<std::vector<float>, 64> coefficients;
    int detailed_blocks = 0;       ///< Blocks that contributed.
    std::size_t low_values = 0;    ///< Values of the low frequencies in all.
    std::bitset<256> flat_levels;  ///< Of blocks in which all samples are equal.
    int flat_blocks = 0;           ///< How many these are.
    int uneven_blocks = 0;         ///< Neither flat nor with detail.
};

/// Where sampling ends: whichever comes first.
struct SampleSize {
    int blocks = 1024;
    std::size_t low_values = 4000;
};

/// Transforms whole blocks spread evenly over the plane, without those that hold clipped samples (clipping
/// moves their coefficients). The mean and the high frequencies come from blocks with detail alone: in others
/// all samples are rounded alike, which moves the mean by up to 4 and gives high frequencies that are none.
CoefficientSample sample_coefficients(ConstPlane luma, GridOffset offset, const SampleSize& size);

}  // namespace jpegdeblock
