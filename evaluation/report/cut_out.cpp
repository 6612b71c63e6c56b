// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/cut_out.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace jpegdeblock {
namespace {

std::int64_t squared(int value) {
    return static_cast<std::int64_t>(value) * value;
}

}  // namespace

WindowPlace find_window(ConstPlane original, ConstPlane jpeg, ConstPlane restored, int side, bool most) {
    const int width = std::min(side, original.width), height = std::min(side, original.height);
    // sums[y][x]: error taken away above and to the left of (x, y), so that a window is four of them.
    const auto stride = static_cast<std::size_t>(original.width) + 1;
    std::vector<std::int64_t> sums(stride * (static_cast<std::size_t>(original.height) + 1));
    const auto at = [&](int x, int y) -> std::int64_t& {
        return sums[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)];
    };
    for (int y = 0; y < original.height; ++y)
        for (int x = 0; x < original.width; ++x) {
            const int pristine = original.row(y)[x];
            at(x + 1, y + 1) = at(x, y + 1) + at(x + 1, y) - at(x, y) + squared(jpeg.row(y)[x] - pristine) -
                               squared(restored.row(y)[x] - pristine);
        }
    WindowPlace best;
    std::int64_t best_sum = 0;
    for (int top = 0; top + height <= original.height; top += 8)
        for (int left = 0; left + width <= original.width; left += 8) {
            const std::int64_t sum = at(left + width, top + height) - at(left, top + height) -
                                     at(left + width, top) + at(left, top);
            const bool first = left == 0 && top == 0;
            if (first || (most ? sum > best_sum : sum < best_sum)) {
                best = {left, top};
                best_sum = sum;
            }
        }
    return best;
}

LumaImage cut_out(ConstPlane plane, WindowPlace place, int side) {
    LumaImage result{std::min(side, plane.width), std::min(side, plane.height), {}};
    for (int y = 0; y < result.height; ++y) {
        const std::uint8_t* row = plane.row(place.top + y) + place.left;
        result.samples.insert(result.samples.end(), row, row + result.width);
    }
    return result;
}

}  // namespace jpegdeblock
