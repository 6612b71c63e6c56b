// SPDX-License-Identifier: LGPL-2.1-or-later
// A camera whose connection is bad for long does not flood the application's bus.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "damaged_streams.h"
#include "passage.h"

namespace jpegdeblock_test {
namespace {

TEST(Warnings, AreOneForEachKindHoweverManyFramesAreBad) {
    const Bytes whole = numbered_jpeg(1, usual_recipe());
    jpegdeblock::test::JpegRecipe odd;
    odd.input = odd.stored = JCS_UNKNOWN;
    std::vector<Bytes> packets;
    for (int i = 0; i < 100; ++i) {
        packets.push_back(whole);
        packets.push_back(without(whole, 0, 2));                   // Lost before it is a frame.
        packets.push_back(first_bytes(whole, whole.size() / 2));   // Damaged.
        packets.push_back(first_bytes(whole, whole.size() / 10));  // Lost.
        packets.push_back(jpegdeblock::test::compress(odd));       // Not supported.
    }
    for (const Route route : {Route::kDecoder, Route::kFrames, Route::kBytes}) {
        const Passage passage = pass(packets, route);
        EXPECT_EQ(passage.error, "");
        EXPECT_THAT(passage.warnings,
                    testing::UnorderedElementsAre(
                        testing::StartsWith("A frame is damaged"), testing::StartsWith("A frame is lost"),
                        testing::StartsWith("A frame is lost: The JPEG has 2 components")))
            << name_of(route);
        EXPECT_EQ(passage.damaged, 100u) << name_of(route);
        EXPECT_EQ(passage.lost, 300u) << name_of(route);
    }
}

}  // namespace
}  // namespace jpegdeblock_test
