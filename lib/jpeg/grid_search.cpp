// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/grid_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "jpeg/block_sampling.h"

namespace jpegdeblock {
namespace {

/// 2.5 standard deviations of the rounding of samples.
constexpr float kZero = 0.75f;

constexpr std::size_t kMostCandidates = 3;

/// Zeros more than the median of all places has, in standard deviations of a count, that make a candidate.
constexpr double kStandsOut = 4.0;

int zeros(ConstPlane luma, GridOffset offset, int most) {
    int count = 0;
    visit_blocks(luma, offset, most, [&](const BlockColumns& tile, int blocks) {
        for (int u = 0; u < 8; ++u)
            for (int x = 0; x < 8 * blocks; ++x) count += std::abs(tile.row[u][x]) < kZero;
        return true;
    });
    return count;
}

}  // namespace

std::vector<GridOffset> likely_grids(ConstPlane luma, int blocks) {
    struct Place {
        GridOffset offset;
        int zeros;
    };
    std::array<Place, 64> places;
    for (int i = 0; i < 64; ++i) {
        const GridOffset offset = {i % 8, i / 8};
        places[static_cast<std::size_t>(i)] = {offset, zeros(luma, offset, blocks)};
    }
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.zeros > b.zeros; });
    const double median = places[places.size() / 2].zeros;
    std::vector<GridOffset> result;
    for (const Place& place : places) {
        if (result.size() == kMostCandidates || place.zeros <= median + kStandsOut * std::sqrt(median + 1))
            break;
        result.push_back(place.offset);
    }
    return result;
}

}  // namespace jpegdeblock
