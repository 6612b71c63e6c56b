// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/limited_range.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace jpegdeblock {

void to_limited_range(ConstPlane luma, std::vector<std::uint8_t>& samples) {
    static const auto limited = [] {
        std::array<std::uint8_t, 256> levels;
        for (std::size_t level = 0; level < 256; ++level)
            levels[level] = static_cast<std::uint8_t>(16 + (level * 219 + 127) / 255);
        return levels;
    }();
    samples.resize(static_cast<std::size_t>(luma.width) * static_cast<std::size_t>(luma.height));
    auto to = samples.begin();
    for (int y = 0; y < luma.height; ++y)
        to = std::transform(luma.row(y), luma.row(y) + luma.width, to,
                            [](std::uint8_t level) { return limited[level]; });
}

}  // namespace jpegdeblock
