// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/chroma_grid.h"

#include <algorithm>
#include <array>

#include "jpeg/estimation.h"

namespace jpegdeblock {

std::optional<GridOffset> find_chroma_grid(ConstPlane decoded, const QuantizationTable& table,
                                           GridOffset luma, ChromaSampling sampling, GridOffset& last) {
    // An odd offset cannot be halved: whoever cropped the picture resampled chroma.
    if (luma.x % sampling.horizontal != 0 || luma.y % sampling.vertical != 0) {
        return std::nullopt;
    }
    std::array<GridOffset, 4> candidates;
    auto end = candidates.begin();
    for (int y = 0; y < sampling.vertical; ++y) {
        for (int x = 0; x < sampling.horizontal; ++x) {
            *end++ = {luma.x / sampling.horizontal + 4 * x, luma.y / sampling.vertical + 4 * y};
        }
    }
    const auto found_last = std::find(candidates.begin(), end, last);
    if (found_last != end) {
        std::rotate(candidates.begin(), found_last, found_last + 1);
    }
    const auto found = std::find_if(candidates.begin(), end, [&](const GridOffset& candidate) {
        return agrees_with_table(decoded, table, candidate);
    });
    if (found == end) {
        return std::nullopt;
    }
    last = *found;
    return last;
}

}  // namespace jpegdeblock
