// SPDX-License-Identifier: LGPL-2.1-or-later
#include "temporal/block_difference.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace jpegdeblock {
namespace {

constexpr std::ptrdiff_t kStride = 37;

class BlockDifference : public testing::TestWithParam<int> {
  protected:
    /// Random samples; as far apart as possible where the parameter is 0.
    BlockDifference() {
        std::mt19937 generator(static_cast<unsigned>(GetParam()));
        for (auto& samples : planes)
            for (auto& sample : samples = std::vector<std::uint8_t>(kStride * (kMatchSize + 1)))
                sample = static_cast<std::uint8_t>(generator());
        if (GetParam() == 0) {
            std::fill(planes[0].begin(), planes[0].end(), std::uint8_t{0});
            std::fill(planes[1].begin(), planes[1].end(), std::uint8_t{255});
        }
        window.load(planes[0].data() + 3, kStride);
    }

    std::array<std::vector<std::uint8_t>, 2> planes;
    MatchWindow window;
};

TEST_P(BlockDifference, OfOneSquare) {
    int expected = 0;
    for (int y = 0; y < kMatchSize; y += kMatchRowStep)
        for (int x = 0; x < kMatchSize; ++x) {
            const auto at = static_cast<std::size_t>(y * kStride + x);
            expected += kMatchRowStep * std::abs(planes[0][at + 3] - planes[1][at + 1]);
        }
    EXPECT_EQ(sum_of_absolute_differences(window, planes[1].data() + 1, kStride), expected);
}

TEST_P(BlockDifference, OfASquareBetweenSamples) {
    const auto sample = [&](int half_x, int half_y) {
        const auto at = [&](int x, int y) {
            return int{planes[1][static_cast<std::size_t>(y * kStride + x + 1)]};
        };
        const int x = half_x / 2, y = half_y / 2, right = half_x % 2, below = half_y % 2;
        const int above = (at(x, y) + at(x + right, y) + 1) / 2;
        return (above + (at(x, y + below) + at(x + right, y + below) + 1) / 2 + 1) / 2;
    };
    for (int quarters_below = 0; quarters_below < 4; ++quarters_below)
        for (int quarters_right = 0; quarters_right < 4; ++quarters_right) {
            int expected = 0;
            for (int y = 0; y < kMatchSize; y += kMatchRowStep)
                for (int x = 0; x < kMatchSize; ++x) {
                    const int left = 2 * x + quarters_right / 2, top = 2 * y + quarters_below / 2;
                    const int right = left + quarters_right % 2, bottom = top + quarters_below % 2;
                    const bool rising = left < right && top < bottom && (left + top) % 2 == 0;
                    const int between =
                        (sample(rising ? right : left, top) + sample(rising ? left : right, bottom) + 1) / 2;
                    const auto at = static_cast<std::size_t>(y * kStride + x + 3);
                    expected += kMatchRowStep * std::abs(planes[0][at] - between);
                }
            EXPECT_EQ(sum_of_absolute_differences(window, planes[1].data() + 1, kStride, quarters_right,
                                                  quarters_below),
                      expected)
                << quarters_right << "," << quarters_below;
        }
}

TEST_P(BlockDifference, ActivityIsTheDifferenceFromTheMean) {
    double mean = 0, expected = 0;
    for (const int sample : window.samples) mean += sample / static_cast<double>(std::size(window.samples));
    for (const int sample : window.samples) expected += kMatchRowStep * std::abs(sample - mean);
    EXPECT_NEAR(activity(window), expected, 128);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BlockDifference, testing::Range(0, 5));

}  // namespace
}  // namespace jpegdeblock
