// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace jpegdeblock {

/// A stretch of a plane's rows that is computed at once, all layers, to bound the memory.
struct Window {
    std::int64_t first = 0;         ///< The window covers rows first .. first + height - 1.
    std::int64_t needed_first = 0;  ///< Rows needed_first .. needed_last - 1 of its result are used.
    std::int64_t needed_last = 0;
};

struct Windows {
    std::int64_t height = 0;  ///< The same for all, so that primitives and buffers serve all.
    std::vector<Window> windows;
};

/// Divides `rows` rows into windows of at most about `most_rows` rows that overlap so far that every needed
/// row is at least `halo` rows away from an edge of its window, unless that is the plane's edge too. first
/// and height are multiples of `period`, as `rows` must be. Windows are higher than most_rows where the halo
/// asks for it.
Windows divide_into_windows(std::int64_t rows, std::int64_t halo, std::int64_t period,
                            std::int64_t most_rows);

}  // namespace jpegdeblock
