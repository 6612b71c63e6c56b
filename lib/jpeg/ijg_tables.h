// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

constexpr int kQualities = 100;

/// ijg_luma_table of the qualities 1 .. 100, at quality - 1.
const std::array<QuantizationTable, kQualities>& ijg_luma_tables();

/// The quality whose luminance table `table` is; 0 if there is none.
int ijg_quality_of(const QuantizationTable& table);

}  // namespace jpegdeblock
