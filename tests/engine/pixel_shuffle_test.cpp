// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/pixel_shuffle.h"

#include <gtest/gtest.h>

#include <cmath>

namespace jpegdeblock {
namespace {

TEST(PixelShuffle, UnshuffleExtendsTheEdgesToWholeBlocks) {
    // 1 2 3 / 4 5 6 at (7, 6): rows and columns before and behind repeat the nearest.
    const std::uint8_t samples[] = {1, 2, 3, 4, 5, 6};
    const AlignedPlane plane{{samples, 3, 2, 3}, {7, 6}};
    EXPECT_EQ(plane.width(), 16);
    EXPECT_EQ(plane.height(), 8);
    std::vector<std::uint8_t> output(8 * 4), scratch;
    unshuffle_row(plane, 2, 3, output.data(), scratch);  // Rows 6 and 7: both of the plane.
    const auto position = [&](int x) {
        return std::vector<std::uint8_t>(output.begin() + 4 * x, output.begin() + 4 * x + 4);
    };
    EXPECT_EQ(position(0), (std::vector<std::uint8_t>{1, 1, 4, 4}));
    EXPECT_EQ(position(3), (std::vector<std::uint8_t>{1, 1, 4, 4}));
    EXPECT_EQ(position(4), (std::vector<std::uint8_t>{2, 3, 5, 6}));
    EXPECT_EQ(position(7), (std::vector<std::uint8_t>{3, 3, 6, 6}));
    unshuffle_row(plane, 2, 0, output.data(), scratch);
    EXPECT_EQ(position(4), (std::vector<std::uint8_t>{2, 3, 2, 3}));
}

TEST(PixelShuffle, ShuffleUndoesUnshuffle) {
    const int width = 19, height = 13;
    std::vector<std::uint8_t> samples(width * height);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::uint8_t>(i * 37);
    for (const int scale : {4, 8})
        for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{7, 3}, GridOffset{4, 5}}) {
            const AlignedPlane plane{{samples.data(), width, height, width}, offset};
            std::vector<float> result(width * height, NAN);
            std::vector<std::uint8_t> bytes(plane.width() * scale), scratch;
            std::vector<float> levels(bytes.size());
            for (std::int64_t row = 0; row < plane.height() / scale; ++row) {
                unshuffle_row(plane, scale, row, bytes.data(), scratch);
                normalize(bytes.data(), bytes.size(), 3.0f, 0.5f, levels.data());
                shuffle_row(levels.data(), scale, row, 2.0f, plane, result.data(), width);
            }
            for (std::size_t i = 0; i < samples.size(); ++i) EXPECT_EQ(result[i], samples[i] - 3.0f);
        }
}

TEST(PixelShuffle, Bf16IsRoundedToNearestEven) {
    // bfloat16 has 8 significant bits: 257 lies half-way between 256 and 258, 259 between 258 and 260.
    const std::uint8_t input[] = {0, 1, 2, 3, 4};
    std::uint16_t output[5];
    normalize_to_bf16(input, 5, -256.0f, 1.0f, output);
    EXPECT_EQ(output[0], 0x4380);  // 256
    EXPECT_EQ(output[1], 0x4380);  // 257 -> 256
    EXPECT_EQ(output[2], 0x4381);  // 258
    EXPECT_EQ(output[3], 0x4382);  // 259 -> 260
    EXPECT_EQ(output[4], 0x4382);  // 260
}

}  // namespace
}  // namespace jpegdeblock
