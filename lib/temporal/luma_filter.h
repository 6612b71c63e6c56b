// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace jpegdeblock {

/// HEVC's luma sample interpolation (ITU-T H.265, 8.5.3.3.3.1): a sample that lies f quarters of a pixel
/// beyond sample 0 is the sum over samples -3 .. 4 of their products with kLumaFilter[f], divided by 64.
constexpr std::int16_t kLumaFilter[4][8] = {{0, 0, 0, 64, 0, 0, 0, 0},
                                            {-1, 4, -10, 58, 17, -5, 1, 0},
                                            {-1, 4, -11, 40, 40, -11, 4, -1},
                                            {0, 1, -5, 17, 58, -10, 4, -1}};
constexpr int kLumaFilterBefore = 3;  ///< Samples that the filter needs before sample 0 ...
constexpr int kLumaFilterAfter = 4;   ///< ... and after it.

}  // namespace jpegdeblock
