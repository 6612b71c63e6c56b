// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/plane.h>

#include "jpeg/luma_codec.h"

namespace jpegdeblock {

/// Width and height of the cut-outs of reports, where the picture is as large.
constexpr int kCutOutSide = 160;

/// The place of the window of at most side x side pixels, on the grid of 8, in which restoration took away
/// the most squared error (most: true) or the least.
struct WindowPlace {
    int left = 0, top = 0;
};
WindowPlace find_window(ConstPlane original, ConstPlane jpeg, ConstPlane restored, int side, bool most);

/// The part of the plane at that place, of at most side x side pixels.
LumaImage cut_out(ConstPlane plane, WindowPlace place, int side);

}  // namespace jpegdeblock
