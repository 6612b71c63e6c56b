// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/motion_median.h"

#include <algorithm>
#include <cstring>

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

[[gnu::always_inline]] inline void order(std::int16_t& low, std::int16_t& high) {
    const std::int16_t a = low, b = high;
    low = std::min(a, b);
    high = std::max(a, b);
}

/// The median of nine by nineteen exchanges (Paeth, "Median finding on a 3x3 grid", Graphics Gems, 1990).
[[gnu::always_inline]] inline std::int16_t median(std::int16_t (&v)[9]) {
    order(v[1], v[2]), order(v[4], v[5]), order(v[7], v[8]);
    order(v[0], v[1]), order(v[3], v[4]), order(v[6], v[7]);
    order(v[1], v[2]), order(v[4], v[5]), order(v[7], v[8]);
    order(v[0], v[3]), order(v[5], v[8]), order(v[4], v[7]);
    order(v[3], v[6]), order(v[1], v[4]), order(v[2], v[5]);
    order(v[4], v[7]), order(v[4], v[2]), order(v[6], v[4]);
    order(v[4], v[2]);
    return v[4];
}

}  // namespace

const MotionVector* MotionMedian::row(const MotionField& field, int row) {
    static_assert(sizeof(MotionVector) == 2 * sizeof(std::int16_t));
    const std::size_t columns = static_cast<std::size_t>(field.columns());
    median_.resize(columns);
    const std::int16_t* lines[3];
    for (int i = 0; i < 3; ++i) {
        std::vector<std::int16_t>& line = lines_[i];
        line.resize(2 * (columns + 2));
        const MotionVector* from = field.row(std::clamp(row + i - 1, 0, field.rows() - 1));
        std::memcpy(line.data(), from, sizeof(MotionVector));
        std::memcpy(line.data() + 2, from, columns * sizeof(MotionVector));
        std::memcpy(line.data() + 2 + 2 * columns, from + columns - 1, sizeof(MotionVector));
        lines[i] = line.data();
    }
    auto* to = reinterpret_cast<std::int16_t*>(median_.data());
    for (std::size_t i = 0; i < 2 * columns; ++i) {
        std::int16_t nine[9];
        for (int line = 0; line < 3; ++line)
            for (std::size_t k = 0; k < 3; ++k)
                nine[3 * static_cast<std::size_t>(line) + k] = lines[line][i + 2 * k];
        to[i] = median(nine);
    }
    return median_.data();
}

}  // namespace jpegdeblock
