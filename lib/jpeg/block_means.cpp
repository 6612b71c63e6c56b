// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/block_means.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace jpegdeblock {
namespace {

/// A coefficient along a row or column of blocks is a weighted sum of five means, these and their mirror
/// images, of the one along the diagonal a sum of the means at its corners. In 1024ths; found by least
/// squares on 88 photographs.
struct Weights {
    int frequency;
    int farther, nearer;  ///< The block's own mean is what the others are relative to.
    bool odd;             ///< Mirrored with the other sign.
};
constexpr Weights kAlong[] = {{1, -48, 222, true}, {2, -20, 98, false}, {3, -5, 26, true}};
constexpr int kCorner = 49, kFarCorner = -10;

constexpr std::int32_t kLargest = 1024;  // That an 8x8 block of samples can have.

std::int32_t divided(std::int32_t sum) {
    return (sum + 512) >> 10;
}

}  // namespace

std::optional<std::int32_t> BlockMeans::mean(int x, int y) const {
    x = std::clamp(x, 0, component_.blocks_wide - 1);
    y = std::clamp(y, 0, component_.blocks_high - 1);
    const int bits = component_.state_at(x, y).missing_bits[0];
    if (bits == ScanState::kAbsent) return std::nullopt;
    const std::int64_t level = component_.block_rows[static_cast<std::size_t>(y)][64 * x] >> bits << bits;
    // What only damaged files hold may be larger.
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(
        (2 * level + (1 << bits) - 1) * component_.table.step[0] / 2, -0x8000, 0x7fff));
}

std::int32_t BlockMeans::mean_around(int x, int y) const {
    std::int32_t sum = 0, known = 0;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
            if (const std::optional<std::int32_t> around = mean(x + dx, y + dy)) {
                sum += *around;
                ++known;
            }
    return known > 0 ? sum / known : 0;
}

void BlockMeans::fill_in(int x, int y, const ScanState& state, std::int32_t* block) const {
    if (state.missing_bits[0] == ScanState::kAbsent && component_.table.step[0] > 0)
        block[0] = mean_around(x, y);
    const std::int32_t centre = block[0];
    const auto difference = [&](int dx, int dy) {
        return std::clamp(mean(x + dx, y + dy).value_or(centre) - centre, -0x8000, 0x7fff);
    };
    const auto put = [&](int index, std::int32_t value) {
        const auto at = static_cast<std::size_t>(index);
        const std::int32_t step = component_.table.step[at];
        const int bits = state.missing_bits[at];
        if (bits == 0 || block[at] != 0 || step == 0) return;
        if (bits == ScanState::kAbsent) {
            block[at] = std::clamp(value, -kLargest, kLargest);
            return;
        }
        // One that is 0 but for some bits is nearer to 0 than the means suggest; but for its last bit, most
        // likely 0.
        const std::int32_t most = std::min(((1 << bits) - 1) * step, kLargest);
        if (bits > 1 || std::abs(value) >= step) block[at] = std::clamp(value / 2, -most, most);
    };
    const auto fill_in_along = [&](int dx, int dy) {
        const auto at = [&](int distance) { return difference(distance * dx, distance * dy); };
        const std::int32_t far_before = at(-2), before = at(-1), after = at(1), far_after = at(2);
        for (const Weights& weights : kAlong) {
            const int sign = weights.odd ? -1 : 1;
            put(weights.frequency * (dx + 8 * dy), divided(weights.farther * (far_before + sign * far_after) +
                                                           weights.nearer * (before + sign * after)));
        }
    };
    fill_in_along(1, 0);
    fill_in_along(0, 1);
    const auto corners = [&](int distance) {
        return difference(-distance, -distance) - difference(distance, -distance) -
               difference(-distance, distance) + difference(distance, distance);
    };
    put(9, divided(kCorner * corners(1) + kFarCorner * corners(2)));
}

}  // namespace jpegdeblock
