// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <jpegdeblock/progressive.h>

#include <cmath>
#include <cstdlib>

namespace jpegdeblock {
namespace {

// T.81 G.1.2: what is left of a coefficient when a scan leaves out its low bits.
std::int16_t point_transform(int level, int bits, bool dc) {
    if (dc) return static_cast<std::int16_t>((level >> bits) * (1 << bits));
    const int magnitude = (std::abs(level) >> bits) << bits;
    return static_cast<std::int16_t>(level < 0 ? -magnitude : magnitude);
}

TEST(ScanStateTest, IsCompleteByDefault) {
    ScanState state;
    EXPECT_TRUE(state.complete());
    state.missing_bits[63] = 1;
    EXPECT_FALSE(state.complete());
    state.missing_bits[63] = ScanState::kAbsent;
    EXPECT_FALSE(state.complete());
}

TEST(EffectiveStepsTest, CompleteStateHasTheTable) {
    const QuantizationTable table = ijg_luma_table(30);
    EXPECT_EQ(effective_steps(table, {}), table);
}

TEST(EffectiveStepsTest, MissingBitsDoubleTheStep) {
    QuantizationTable table;
    table.step[5] = 40;
    table.step[9] = 65535;
    ScanState state;
    state.missing_bits[5] = 2;
    state.missing_bits[9] = 13;
    EXPECT_EQ(effective_steps(table, state).step[5], 160);
    EXPECT_EQ(effective_steps(table, state).step[9], 65535);
}

TEST(EffectiveStepsTest, AbsentCoefficientsHaveTheirUsualSize) {
    ScanState state;
    state.missing_bits.fill(ScanState::kAbsent);
    QuantizationTable table;
    table.step[63] = 99;
    const QuantizationTable steps = effective_steps(table, state);
    EXPECT_EQ(steps.step[0], 1024);
    EXPECT_EQ(steps.step[1], 512);
    EXPECT_EQ(steps.step[8 * 3 + 2], 102);
    EXPECT_EQ(steps.step[63], 99);
}

TEST(CoefficientIntervalTest, HoldsEachCoefficientThatLooksLikeThis) {
    for (const int index : {0, 1, 63})
        for (const int bits : {0, 1, 2, 3})
            for (int level = -40; level <= 40; ++level) {
                const std::int16_t seen = point_transform(level, bits, index == 0);
                const CoefficientInterval interval = coefficient_interval(seen, 10, bits, index);
                EXPECT_LE(interval.low, 10 * level - 5) << index << ' ' << bits << ' ' << level;
                EXPECT_GE(interval.high, 10 * level + 5) << index << ' ' << bits << ' ' << level;
            }
}

TEST(CoefficientIntervalTest, HoldsNoOther) {
    for (const int index : {0, 1})
        for (const int bits : {0, 1, 2})
            for (int seen = -16; seen <= 16; ++seen) {
                if (point_transform(seen, bits, index == 0) != seen) continue;
                const CoefficientInterval interval =
                    coefficient_interval(static_cast<std::int16_t>(seen), 7, bits, index);
                for (int level = -40; level <= 40; ++level) {
                    const bool inside = 7 * level > interval.low && 7 * level < interval.high;
                    EXPECT_EQ(inside, point_transform(level, bits, index == 0) == seen)
                        << index << ' ' << bits << ' ' << seen << ' ' << level;
                }
            }
}

TEST(CoefficientIntervalTest, AbsentOneMayBeAnything) {
    const CoefficientInterval interval = coefficient_interval(0, 3, ScanState::kAbsent, 5);
    EXPECT_LE(interval.low, -1024);
    EXPECT_GE(interval.high, 1024);
}

TEST(ExpectedCoefficientTest, IsTheMiddle) {
    EXPECT_EQ(expected_coefficient(6, 10, 0, 4), 60);
    EXPECT_EQ(expected_coefficient(6, 10, 1, 4), 65);    // 6 or 7
    EXPECT_EQ(expected_coefficient(-8, 10, 2, 4), -95);  // -8 .. -11
    EXPECT_EQ(expected_coefficient(-8, 10, 2, 0), -65);  // -8 .. -5
    EXPECT_EQ(expected_coefficient(0, 10, 2, 4), 0);
    EXPECT_EQ(expected_coefficient(0, 10, 2, 0), 15);  // 0 .. 3
    EXPECT_EQ(expected_coefficient(0, 10, ScanState::kAbsent, 0), 0);
}

}  // namespace
}  // namespace jpegdeblock
