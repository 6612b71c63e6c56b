// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/quantization.h>

#include <string>
#include <unordered_set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>

#include "libjpeg_reference.h"

namespace jpegdeblock::test {
namespace {

constexpr std::uint8_t kDefineQuantizationTable = 0xdb;

/// The zigzag scan walked step by step: up along a diagonal, down along the next.
std::array<std::uint8_t, 64> walk_zigzag() {
    std::array<std::uint8_t, 64> order;
    int u = 0, v = 0;
    for (std::size_t k = 0; k < 64; ++k) {
        order[k] = static_cast<std::uint8_t>(8 * v + u);
        const bool up = (u + v) % 2 == 0;
        if (up && u < 7)
            v > 0 ? (++u, --v) : ++u;
        else if (up)
            ++v;
        else if (v < 7)
            u > 0 ? (--u, ++v) : ++v;
        else
            ++u;
    }
    return order;
}

/// Table `slot` of a baseline file, read from the bytes of its DQT segments.
QuantizationTable table_in(const std::vector<std::uint8_t>& jpeg, std::uint8_t slot) {
    const std::array<std::uint8_t, 64> order = walk_zigzag();
    std::vector<std::uint8_t> rest = jpeg;
    std::size_t start = find_segment(rest, kDefineQuantizationTable);
    while (rest[start + 4] != slot) start += 69;  // libjpeg writes one segment for each 8-bit table.
    QuantizationTable table;
    for (std::size_t k = 0; k < 64; ++k) table.step[order[k]] = rest[start + 5 + k];
    return table;
}

TEST(Quantization, QualityOutOfRangeIsRefused) {
    for (const int quality : {-1, 0, 101, 1000})
        for (auto* table : {ijg_luma_table, ijg_chroma_table}) try {
                table(quality);
                FAIL() << "quality " << quality << " was accepted";
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
                EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(quality)));
                EXPECT_THAT(error.what(), testing::HasSubstr("1..100"));
            }
}

TEST(Quantization, ZigzagWalksTheDiagonals) {
    EXPECT_EQ(kZigzagToRow, walk_zigzag());
}

TEST(Quantization, TablesAreThoseThatLibjpegWritesAtEveryQuality) {
    JpegRecipe recipe;
    recipe.width = recipe.height = 8;
    const std::vector<std::uint8_t> samples = samples_for(recipe);
    for (recipe.quality = 1; recipe.quality <= 100; ++recipe.quality) {
        const std::vector<std::uint8_t> jpeg = libjpeg_compress(recipe, samples);
        EXPECT_EQ(ijg_luma_table(recipe.quality), table_in(jpeg, 0)) << "quality " << recipe.quality;
        EXPECT_EQ(ijg_chroma_table(recipe.quality), table_in(jpeg, 1)) << "quality " << recipe.quality;
    }
}

TEST(Quantization, DefaultTableHasStepsOfOne) {
    EXPECT_THAT(QuantizationTable().step, testing::Each(1));
    EXPECT_EQ(QuantizationTable(), ijg_luma_table(100));
}

TEST(Quantization, LowFrequencyStepIsTheMeanOfTheTenLowest) {
    EXPECT_FLOAT_EQ(low_frequency_step(QuantizationTable()), 1.0f);
    // Table K.1: 16 + 11 + 10 + 16 + 12 + 12 + 14 + 14 + 13 + 14 = 132.
    EXPECT_FLOAT_EQ(low_frequency_step(ijg_luma_table(50)), 13.2f);
    QuantizationTable largest;
    largest.step.fill(65535);
    EXPECT_FLOAT_EQ(low_frequency_step(largest), 65535.0f);
}

TEST(Quantization, HashTellsTablesApart) {
    std::unordered_set<std::size_t> hashes;
    for (int quality = 1; quality <= 100; ++quality) {
        EXPECT_EQ(QuantizationTableHash()(ijg_luma_table(quality)),
                  QuantizationTableHash()(ijg_luma_table(quality)));
        hashes.insert(QuantizationTableHash()(ijg_luma_table(quality)));
    }
    EXPECT_EQ(hashes.size(), 100u);

    // Steps that differ in their high byte alone, or in their order.
    QuantizationTable low, high, swapped;
    high.step[5] = 257;
    low.step[6] = 2;
    swapped.step[7] = 2;
    hashes = {QuantizationTableHash()(low), QuantizationTableHash()(high), QuantizationTableHash()(swapped),
              QuantizationTableHash()(QuantizationTable())};
    EXPECT_EQ(hashes.size(), 4u);
}

}  // namespace
}  // namespace jpegdeblock::test
