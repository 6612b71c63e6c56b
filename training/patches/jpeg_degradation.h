// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <jpegdeblock/progressive.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock::training {

/// What JPEG compression with `table` and decompression make of a plane of luma, bit for bit as libjpeg-turbo
/// computes it with its islow transforms, but without entropy coding.
/// pristine, decoded: width * height samples, rows adjacent; they may be the same memory. Pure, thread safe.
/// Errors: kInvalidArgument unless width and height are positive multiples of 8.
void degrade_luma(const std::uint8_t* pristine, int width, int height, const QuantizationTable& table,
                  std::uint8_t* decoded);

/// As above, of a progressive JPEG of which the scans up to `state` have arrived: each coefficient is the
/// expected_coefficient of what they tell.
void degrade_luma(const std::uint8_t* pristine, int width, int height, const QuantizationTable& table,
                  const ScanState& state, std::uint8_t* decoded);

}  // namespace jpegdeblock::training
