// SPDX-License-Identifier: LGPL-2.1-or-later
#include "slow_motion.h"

#include <algorithm>
#include <cstdlib>

#include "temporal/block_difference.h"

namespace jpegdeblock::test {
namespace {

int at(ConstPlane plane, int x, int y) {
    return plane.row(std::clamp(y, 0, plane.height - 1))[std::clamp(x, 0, plane.width - 1)];
}

int clip(int sample) {
    return std::clamp(sample, 0, 255);
}

int tap(int quarter, int index) {
    static const int taps[4][8] = {{0, 0, 0, 64, 0, 0, 0, 0},
                                   {-1, 4, -10, 58, 17, -5, 1, 0},
                                   {-1, 4, -11, 40, 40, -11, 4, -1},
                                   {0, 1, -5, 17, 58, -10, 4, -1}};
    return taps[quarter][index];
}

int floor_of_quarters(int value) {
    return (value - (value & 3)) / 4;
}

/// A smoothed sample at whole or half pixels, x, y in halves.
int half_sample(ConstPlane plane, int x, int y) {
    const int left = (x - (x & 1)) / 2, top = (y - (y & 1)) / 2;
    const auto between = [&](int row) {
        const int one = smooth_sample(plane, left, row);
        return x & 1 ? (one + smooth_sample(plane, left + 1, row) + 1) >> 1 : one;
    };
    return y & 1 ? (between(top) + between(top + 1) + 1) >> 1 : between(top);
}

}  // namespace

int smooth_sample(ConstPlane plane, int x, int y) {
    int sum = 8;
    for (int j = -1; j <= 1; ++j)
        for (int i = -1; i <= 1; ++i) sum += (i == 0 ? 2 : 1) * (j == 0 ? 2 : 1) * at(plane, x + i, y + j);
    return sum >> 4;
}

int luma_sample(ConstPlane plane, int x, int y) {
    const int left = floor_of_quarters(x), top = floor_of_quarters(y);
    int sum = 0;
    for (int i = 0; i < 8; ++i) {
        int column = 0;
        for (int j = 0; j < 8; ++j) column += tap(y & 3, j) * at(plane, left + i - 3, top + j - 3);
        // In the second direction each product is rounded to a 32nd of a level.
        const bool both = (x & 3) != 0 && (y & 3) != 0;
        const int product = tap(x & 3, i) * column;
        sum += both ? 2 * ((product + 64) >> 7) : product / 64;
    }
    return clip((sum + 32) >> 6);
}

int search_sample(ConstPlane plane, int x, int y) {
    const int left = (x - (x & 1)) / 2, top = (y - (y & 1)) / 2;  // In halves.
    const int right = left + (x & 1), bottom = top + (y & 1);
    // Of the four half samples around, the two of which one coordinate is whole.
    const bool falling = (left + top) % 2 != 0;
    const bool both = (x & 1) && (y & 1);
    const int one = half_sample(plane, both && !falling ? right : left, top);
    const int two = half_sample(plane, both && !falling ? left : right, bottom);
    return (one + two + 1) >> 1;
}

int slow_difference(ConstPlane decoded, ConstPlane before, int left, int top, MotionVector vector) {
    int sum = 0;
    for (int y = top; y < top + 16; y += kMatchRowStep)
        for (int x = left; x < left + 16; ++x)
            sum += kMatchRowStep * std::abs(smooth_sample(decoded, x, y) -
                                            search_sample(before, 4 * x + vector.x, 4 * y + vector.y));
    return sum;
}

}  // namespace jpegdeblock::test
