// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <jpegdeblock/plane.h>

#include "temporal/motion_field.h"

namespace jpegdeblock::test {

/// The sample of a plane whose edges go on for ever that lies at x, y quarters of a pixel: HEVC's luma sample
/// interpolation (ITU-T H.265, 8.5.3.3.3.1), down and then across, there with products rounded to a 32nd of a
/// level.
int luma_sample(ConstPlane plane, int x, int y);

/// The mean of the 3x3 samples around x, y, weighted 1 2 1 in each direction.
int smooth_sample(ConstPlane plane, int x, int y);

/// What the search compares a smoothed block with at x, y quarters of a pixel: smoothed samples, at halves of
/// a pixel the rounded means of two and then of two of these, at quarters of two of all of these.
int search_sample(ConstPlane plane, int x, int y);

/// The sum of absolute differences between the 16x16 samples of `decoded` that begin at left, top and those
/// of `before` that lie a vector away. Both planes' edges go on for ever.
int slow_difference(ConstPlane decoded, ConstPlane before, int left, int top, MotionVector vector);

}  // namespace jpegdeblock::test
