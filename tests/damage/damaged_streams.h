// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "jpeg_parts.h"
#include "libjpeg_reference.h"

namespace jpegdeblock_test {

/// Three whole JPEGs, what a bad connection or encoder makes of the one or two after them, and three whole
/// ones.
struct DamagedStream {
    std::string group;
    std::string name;
    std::vector<Bytes> packets;  ///< As they come from upstream, a frame each where that is not the damage.
    std::vector<Bytes> whole;    ///< The JPEGs among them that are whole, in order.
    std::vector<Bytes> spoilt;   ///< What the others were; none where no bytes are wrong.
    int announced_height = 0;    ///< What the caps say, with the width; 0: they say nothing.

    std::string title() const { return group + ": " + name; }
};

/// All kinds of damage that there are, always the same.
std::vector<DamagedStream> damaged_streams();

/// One of a few small pictures as the recipe has it: each number another picture.
Bytes numbered_jpeg(int number, const jpegdeblock::test::JpegRecipe& recipe);

/// What the pictures of most streams are made by: 4:2:0, baseline.
jpegdeblock::test::JpegRecipe usual_recipe();

}  // namespace jpegdeblock_test
