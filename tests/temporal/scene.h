// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "jpeg/luma_codec.h"

namespace jpegdeblock::test {

/// Where the pixels of a frame lie in a scene: scale and rotation around the frame's middle, then a shift.
struct View {
    double x = 0, y = 0;  ///< Pixels.
    double degrees = 0;
    double scale = 1;  ///< Above 1: less of the scene is seen.
};

struct Point {
    double x, y;
};

/// The place in the scene of a place in a frame, and back.
Point scene_of(const View& view, int width, int height, Point frame);
Point frame_of(const View& view, int width, int height, Point scene);

/// A frame of an endless scene of edges, waves and grain, the mean of 4x4 samples in each pixel; with
/// Gaussian noise of that deviation. seed: another scene.
LumaImage photograph(const View& view, int width, int height, unsigned seed = 1, double noise = 0,
                     unsigned noise_seed = 1);

/// What is left of it after JPEG at that quality.
LumaImage compressed(const LumaImage& frame, int quality);

/// Mean squared difference of two pictures of one size, but for a border.
double mean_squared_difference(const LumaImage& a, ConstPlane b, int border);

}  // namespace jpegdeblock::test
