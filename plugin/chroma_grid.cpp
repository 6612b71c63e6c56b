// SPDX-License-Identifier: LGPL-2.1-or-later
#include "chroma_grid.h"

#include <algorithm>
#include <vector>

#include <jpegdeblock/estimation.h>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::GridOffset;

// Along one axis. An odd offset cannot be halved: whoever cropped the picture resampled chroma.
std::vector<int> offsets_along(int luma, int sampling) {
    if (sampling == 1) {
        return {luma};
    }
    return luma % 2 != 0 ? std::vector<int>() : std::vector<int>{luma / 2, luma / 2 + 4};
}

}  // namespace

std::optional<GridOffset> find_chroma_grid(jpegdeblock::ConstPlane decoded,
                                           const jpegdeblock::QuantizationTable& table, GridOffset luma,
                                           ChromaSampling sampling, GridOffset& last) {
    std::vector<GridOffset> candidates;
    for (const int y : offsets_along(luma.y, sampling.vertical)) {
        for (const int x : offsets_along(luma.x, sampling.horizontal)) {
            candidates.push_back({x, y});
        }
    }
    std::stable_partition(candidates.begin(), candidates.end(),
                          [&](const GridOffset& candidate) { return candidate == last; });
    for (const GridOffset& candidate : candidates) {
        if (jpegdeblock::agrees_with_table(decoded, table, candidate)) {
            last = candidate;
            return candidate;
        }
    }
    return std::nullopt;
}

}  // namespace jpegdeblock_plugin
