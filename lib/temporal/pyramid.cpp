// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/pyramid.h"

#include <algorithm>

#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

/// The rounded means of the 2x2 squares of two rows.
JPEGDEBLOCK_TARGET_CLONES
void halve(const std::uint8_t* __restrict upper, const std::uint8_t* __restrict lower,
           std::uint8_t* __restrict reduced, int width) {
    for (int x = 0; x < width; ++x)
        reduced[x] = static_cast<std::uint8_t>(
            (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
}

}  // namespace

void Pyramid::resize(int width, int height) {
    for (PaddedPlane& level : levels_) {
        level.resize(width, height);
        width = (width + 1) / 2;
        height = (height + 1) / 2;
    }
}

void Pyramid::copy(ConstPlane from, int task) {
    const int first = task * kTaskRows;
    levels_[0].copy_rows(from, first, std::min(first + kTaskRows, from.height));
}

void Pyramid::reduce(int task) {
    for (int index = 1; index < kLevels; ++index) {
        const PaddedPlane& from = level(index - 1);
        PaddedPlane& to = levels_[static_cast<std::size_t>(index)];
        const int first = task * (kTaskRows >> index);
        const int last = std::min(first + (kTaskRows >> index), to.height());
        for (int y = first; y < last; ++y)
            halve(from.row(2 * y), from.row(std::min(2 * y + 1, from.height() - 1)), to.row(y), to.width());
        to.pad_rows(first, last);
    }
}

}  // namespace jpegdeblock
