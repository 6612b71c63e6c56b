// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/windows.h"

#include <algorithm>

namespace jpegdeblock {

Windows divide_into_windows(std::int64_t rows, std::int64_t halo, std::int64_t period,
                            std::int64_t most_rows) {
    const std::int64_t margin = (halo + period - 1) / period * period;
    Windows result;
    // Below four margins more than half of the work would be done twice.
    result.height = std::min(rows, std::max(most_rows / period * period, 4 * margin));
    for (std::int64_t next = 0; next < rows;) {
        Window window;
        window.first = std::clamp<std::int64_t>(next - margin, 0, rows - result.height);
        window.needed_first = next;
        const std::int64_t end = window.first + result.height;
        window.needed_last = end == rows ? rows : end - margin;
        next = window.needed_last;
        result.windows.push_back(window);
    }
    return result;
}

}  // namespace jpegdeblock
