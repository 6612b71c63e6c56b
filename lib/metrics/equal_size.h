// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <jpegdeblock/error.h>
#include <jpegdeblock/plane.h>

namespace jpegdeblock {

inline void require_equal_size(ConstPlane reference, ConstPlane test) {
    if (reference.width != test.width || reference.height != test.height)
        throw Error(ErrorCode::kInvalidArgument, "the planes to compare differ in size: the reference has " +
                                                     std::to_string(reference.width) + "x" +
                                                     std::to_string(reference.height) +
                                                     " pixels, the tested one " + std::to_string(test.width) +
                                                     "x" + std::to_string(test.height));
}

}  // namespace jpegdeblock
