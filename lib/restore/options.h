// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cmath>
#include <string>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

/// Throw kInvalidArgument for what is out of range.
inline void check_strength(double strength) {
    if (!(strength >= 0.0 && strength <= 2.0))
        throw Error(ErrorCode::kInvalidArgument,
                    "The option strength is " + std::to_string(strength) + "; expected 0 to 2.");
}

inline void check_compare(double compare) {
    if (!(compare >= 0.0 && compare <= 1.0))
        throw Error(ErrorCode::kInvalidArgument,
                    "The option compare is " + std::to_string(compare) + "; expected 0 to 1.");
}

/// The columns before it stay as decoded.
inline int first_restored_column(int width, double compare) {
    return static_cast<int>(std::lround(compare * width));
}

}  // namespace jpegdeblock
