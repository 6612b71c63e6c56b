// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <random>
#include <vector>

#include "jpeg/luma_codec.h"

namespace jpegdeblock::training {

/// Pictures and how often patches come from them.
struct PictureSet {
    std::vector<LumaImage> pictures;
    double share = 1.0;  ///< Relative to the other sets.
};

/// A picture of one of the sets, by their shares.
const LumaImage& pick_picture(const std::vector<PictureSet>& sets, std::mt19937_64& generator);

}  // namespace jpegdeblock::training
