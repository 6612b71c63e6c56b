// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

namespace jpegdeblock {

/// What the components of a JPEG mean that is shown as R, G and B.
enum class RgbSource {
    kRgb,
    kCmyk,          ///< Ink: 255 is all of it.
    kInvertedCmyk,  ///< As Photoshop writes it: 255 is none.
    kYcck,          ///< Y, Cb and Cr of what inverts to C, M and Y.
    kInvertedYcck,
};

/// A row of R, G and B samples, each the same number of bytes from the next.
struct RgbRow {
    std::array<std::uint8_t*, 3> sample{};
    int pixel_stride = 1;
};

/// Converts a row of samples of each component. YCbCr as ITU-T T.871 has it, in libjpeg's arithmetic; ink
/// takes away its share of what K leaves: R = (255 - C) (255 - K) / 255, rounded.
void convert_to_rgb(RgbSource source, const std::array<const std::uint8_t*, 4>& components, int width,
                    const RgbRow& rgb);

}  // namespace jpegdeblock
