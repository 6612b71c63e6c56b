// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "metrics/metrics.h"

#include "random_plane.h"

namespace jpegdeblock::test {
namespace {

TEST(FlickerTest, PlanesOfUnequalSizeAreRefused) {
    const OwnedPlane a(16, 16, 100), b(16, 17, 100);
    EXPECT_THROW(flicker(a, a, a, b), Error);
    EXPECT_THROW(flicker(a, b, b, b), Error);
}

TEST(FlickerTest, CountsWhatStandsStillBeforeAndAfter) {
    const OwnedPlane first(24, 12, 100);
    OwnedPlane second(24, 12, 102);  // Flickers by 2, ...
    for (int y = 0; y < 8; ++y)
        for (int x = 8; x < 16; ++x) second.at(x, y) = 200;  // ... but for a block, which moves.
    OwnedPlane restored(24, 12, 101);
    const Flicker result = flicker(first, second, first, restored);
    EXPECT_EQ(result.samples, 24 * 12);
    EXPECT_EQ(result.still_samples, 24 * 12 - 64);
    EXPECT_EQ(result.mean_before(), 4);
    EXPECT_EQ(result.mean_after(), 1);
}

TEST(FlickerTest, NothingStandsStill) {
    const OwnedPlane first(8, 8, 0), second(8, 8, 255);
    const Flicker result = flicker(first, second, first, second);
    EXPECT_EQ(result.still_samples, 0);
    EXPECT_EQ(result.mean_before(), 0);
}

TEST(BlockingEffectTest, IsWhatEdgesOfBlocksHaveMore) {
    OwnedPlane flat(32, 32, 100), stepped(32, 32, 100);
    for (int y = 0; y < 32; ++y)
        for (int x = 16; x < 32; ++x) stepped.at(x, y) = 110;
    EXPECT_EQ(blocking_effect(flat), 0);
    EXPECT_GT(blocking_effect(stepped), 0);
}

}  // namespace
}  // namespace jpegdeblock::test
