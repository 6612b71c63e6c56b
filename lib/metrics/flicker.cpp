// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>

#include "metrics/equal_size.h"
#include "metrics/metrics.h"

namespace jpegdeblock {
namespace {

constexpr int kBlock = 8;

struct Differences {
    double absolute = 0.0;
    double squared = 0.0;
};

Differences differences(ConstPlane a, ConstPlane b, int left, int top, int right, int bottom) {
    int absolute = 0, squared = 0;
    for (int y = top; y < bottom; ++y)
        for (int x = left; x < right; ++x) {
            const int difference = a.row(y)[x] - b.row(y)[x];
            absolute += std::abs(difference);
            squared += difference * difference;
        }
    return {static_cast<double>(absolute), static_cast<double>(squared)};
}

}  // namespace

Flicker& Flicker::operator+=(const Flicker& more) {
    before += more.before;
    after += more.after;
    still_samples += more.still_samples;
    samples += more.samples;
    return *this;
}

Flicker flicker(ConstPlane decoded_before, ConstPlane decoded_now, ConstPlane restored_before,
                ConstPlane restored_now) {
    require_equal_size(decoded_before, decoded_now);
    require_equal_size(decoded_before, restored_before);
    require_equal_size(decoded_before, restored_now);
    const int width = decoded_now.width, height = decoded_now.height;
    Flicker sum;
    for (int top = 0; top < height; top += kBlock)
        for (int left = 0; left < width; left += kBlock) {
            const int right = std::min(width, left + kBlock), bottom = std::min(height, top + kBlock);
            const double samples = static_cast<double>(right - left) * (bottom - top);
            sum.samples += samples;
            const Differences decoded = differences(decoded_before, decoded_now, left, top, right, bottom);
            if (decoded.absolute > kStillDifference * samples) continue;
            sum.still_samples += samples;
            sum.before += decoded.squared;
            sum.after += differences(restored_before, restored_now, left, top, right, bottom).squared;
        }
    return sum;
}

}  // namespace jpegdeblock
