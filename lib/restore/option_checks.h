// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

/// Throws kInvalidArgument unless it is true.
inline void check(bool valid, const std::string& message) {
    if (!valid) throw Error(ErrorCode::kInvalidArgument, message);
}

inline void check_strength(double strength) {
    check(strength >= 0.0 && strength <= 2.0,
          "The option strength is " + std::to_string(strength) + "; expected 0 to 2.");
}

inline void check_compare(double compare) {
    check(compare >= 0.0 && compare <= 1.0,
          "The option compare is " + std::to_string(compare) + "; expected 0 to 1.");
}

}  // namespace jpegdeblock
