// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

namespace jpegdeblock::training {

/// Copies the square of `side` samples whose corner is (left, top) in one of its eight orientations (0..7:
/// rotated by 90 degrees `orientation & 3` times, reflected in x where `orientation & 4`). stride: samples
/// between rows of `picture`.
template <typename Sample>
void copy_patch(const Sample* picture, std::ptrdiff_t stride, int left, int top, int side, int orientation,
                Sample* patch) {
    const bool mirrored = (orientation & 4) != 0;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            int u = mirrored ? side - 1 - x : x, v = y;
            for (int turn = 0; turn < (orientation & 3); ++turn) {
                const int turned = side - 1 - u;
                u = v;
                v = turned;
            }
            *patch++ = picture[(top + v) * stride + left + u];
        }
}

}  // namespace jpegdeblock::training
