// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/windows.h"

#include <gtest/gtest.h>

namespace jpegdeblock {
namespace {

TEST(Windows, OneForAPlaneThatFits) {
    const Windows windows = divide_into_windows(64, 10, 4, 64);
    EXPECT_EQ(windows.height, 64);
    ASSERT_EQ(windows.windows.size(), 1u);
    EXPECT_EQ(windows.windows[0].first, 0);
    EXPECT_EQ(windows.windows[0].needed_first, 0);
    EXPECT_EQ(windows.windows[0].needed_last, 64);
}

TEST(Windows, GiveEveryRowOnceWithItsHalo) {
    for (const int period : {1, 2, 4, 8})
        for (const int blocks : {1, 2, 9, 50, 333})
            for (const int halo : {2, 10, 20})
                for (const int most : {0, 1, 40, 100, 333}) {
                    const std::int64_t rows = std::int64_t{blocks} * period;
                    const Windows result = divide_into_windows(rows, halo, period, most);
                    EXPECT_EQ(result.height % period, 0);
                    std::int64_t next = 0;
                    for (const Window& window : result.windows) {
                        EXPECT_EQ(window.first % period, 0);
                        EXPECT_GE(window.first, 0);
                        const std::int64_t end = window.first + result.height;
                        EXPECT_LE(end, rows);
                        EXPECT_EQ(window.needed_first, next);
                        EXPECT_GT(window.needed_last, window.needed_first);
                        if (window.first > 0) {
                            EXPECT_GE(window.needed_first - window.first, halo);
                        }
                        if (end < rows) {
                            EXPECT_GE(end - window.needed_last, halo);
                        }
                        next = window.needed_last;
                    }
                    EXPECT_EQ(next, rows);
                }
}

}  // namespace
}  // namespace jpegdeblock
