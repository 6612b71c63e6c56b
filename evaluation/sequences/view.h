// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "jpeg/luma_codec.h"

namespace jpegdeblock {

/// Which part of a picture a frame shows: the frame's middle lies at (x, y) of the picture, and a pixel of
/// the frame is `scale` pixels of the picture, turned by `angle` radians.
struct View {
    double x = 0, y = 0;
    double scale = 1;
    double angle = 0;

    /// The place in the picture of a place in the frame, from its middle.
    void place(double frame_x, double frame_y, double& picture_x, double& picture_y) const;
};

/// Renders a frame: in each pixel the mean of four bicubic samples (Keys, IEEE TASSP 1981), so that a scale
/// of about 2 gives pictures as sharp as cameras' that hold nothing their pixels cannot show. The picture's
/// edges go on for ever. frame: width * height levels, rows adjacent, 0..255.
void render_view(const LumaImage& picture, const View& view, int width, int height, float* frame);

}  // namespace jpegdeblock
