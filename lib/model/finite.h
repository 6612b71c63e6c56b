// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

namespace jpegdeblock {

/// The index of the first NaN or infinity.
inline std::optional<std::size_t> first_not_finite(std::span<const float> values) {
    const auto found = std::find_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); });
    if (found == values.end()) return std::nullopt;
    return static_cast<std::size_t>(found - values.begin());
}

}  // namespace jpegdeblock
