// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/projection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../jpeg/direct_dct.h"

namespace jpegdeblock {
namespace {

using Block = std::array<double, 64>;

/// A plane with its residual in memory with room around the samples, filled with noise of a seed.
struct Case {
    int width, height;
    GridOffset offset;
    float strength;
    QuantizationTable table;
    std::ptrdiff_t stride, residual_stride;
    std::vector<std::uint8_t> samples;
    std::vector<float> residual;

    Case(int width_, int height_, GridOffset offset_, float strength_, unsigned seed, int padding = 0)
        : width(width_),
          height(height_),
          offset(offset_),
          strength(strength_),
          stride(width_ + padding),
          residual_stride(width_ + 2 * padding) {
        std::mt19937 random(seed);
        samples.resize(static_cast<std::size_t>(stride * height));
        residual.resize(static_cast<std::size_t>(residual_stride * height));
        // Some blocks' worth of extremes, so that results saturate.
        for (auto& sample : samples)
            sample =
                static_cast<std::uint8_t>(std::clamp<int>(static_cast<int>(random() % 300) - 20, 0, 255));
        std::normal_distribution<float> level(0.0f, 12.0f);
        for (float& value : residual) value = level(random);
        for (auto& step : table.step) step = static_cast<std::uint16_t>(1 + random() % 60);
    }

    ConstPlane plane() const { return {samples.data(), width, height, stride}; }
    double decoded_at(int x, int y) const {
        return plane().row(std::clamp(y, 0, height - 1))[std::clamp(x, 0, width - 1)];
    }
    double residual_at(int x, int y) const {
        return residual[static_cast<std::size_t>(std::clamp(y, 0, height - 1) * residual_stride +
                                                 std::clamp(x, 0, width - 1))];
    }
    std::vector<std::uint8_t> run(bool bounded) const {
        std::vector<std::uint8_t> restored(samples.size(), 77);
        add_residual(plane(), offset, table, residual.data(), residual_stride, strength, bounded, 0,
                     block_rows(height, offset), {restored.data(), width, height, stride});
        return restored;
    }
};

/// The documented result of one block before rounding. `tied`: a coefficient lies so close to the middle
/// between two multiples of its step that single precision may choose either.
Block expected_block(const Case& c, int left, int top, bool& tied) {
    Block decoded, sum;
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            decoded[8 * y + x] = c.decoded_at(left + x, top + y) - 128;
            sum[8 * y + x] = decoded[8 * y + x] + c.strength * c.residual_at(left + x, top + y);
        }
    const bool whole = left >= 0 && top >= 0 && left + 8 <= c.width && top + 8 <= c.height;
    const Block coefficients = test::direct_forward_dct(decoded);
    Block projected = test::direct_forward_dct(sum);
    tied = false;
    for (int i = 0; i < 64; ++i) {
        const double step = c.table.step[i], ratio = coefficients[i] / step;
        const double centre = whole ? step * std::round(ratio) : coefficients[i];
        tied = tied || (whole && std::abs(std::abs(ratio - std::trunc(ratio)) - 0.5) < 5e-4);
        projected[i] = std::clamp(projected[i], centre - step / 2, centre + step / 2);
    }
    Block samples = test::direct_inverse_dct(projected);
    for (double& sample : samples) sample = std::clamp(sample + 128, 0.0, 255.0);
    return samples;
}

void expect_as_documented(const Case& c, const std::vector<std::uint8_t>& restored) {
    int blocks = 0, compared = 0;
    for (int top = -c.offset.y; top < c.height; top += 8)
        for (int left = -c.offset.x; left < c.width; left += 8) {
            bool tied;
            const Block expected = expected_block(c, left, top, tied);
            ++blocks;
            if (tied) continue;
            ++compared;
            for (int y = std::max(top, 0); y < std::min(top + 8, c.height); ++y)
                for (int x = std::max(left, 0); x < std::min(left + 8, c.width); ++x)
                    ASSERT_NEAR(restored[static_cast<std::size_t>(y * c.stride + x)],
                                expected[8 * (y - top) + x - left], 0.502)
                        << c.width << "x" << c.height << " offset " << c.offset.x << "," << c.offset.y
                        << " at " << x << "," << y;
        }
    if (blocks >= 10) {
        EXPECT_GE(2 * compared, blocks);
    }
}

TEST(Projection, CountsRowsOfBlocks) {
    EXPECT_EQ(block_rows(1, {0, 0}), 1);
    EXPECT_EQ(block_rows(8, {0, 0}), 1);
    EXPECT_EQ(block_rows(9, {0, 0}), 2);
    EXPECT_EQ(block_rows(1, {0, 7}), 1);
    EXPECT_EQ(block_rows(2, {0, 7}), 2);
    EXPECT_EQ(block_rows(8, {3, 1}), 2);
}

TEST(Projection, HistoryIsProjectedAsSumsAre) {
    unsigned seed = 900;
    for (const GridOffset offset : {GridOffset{0, 0}, GridOffset{3, 5}, GridOffset{7, 1}})
        for (const int width : {9, 64, 71, 150}) {
            Case c(width, 27, offset, 1.0f, ++seed);
            std::vector<std::uint8_t> moved(c.samples.size());
            for (int y = 0; y < c.height; ++y)
                for (int x = 0; x < width; ++x) {
                    const auto at = static_cast<std::size_t>(y * c.stride + x);
                    float& residual = c.residual[static_cast<std::size_t>(y * c.residual_stride + x)];
                    moved[at] = static_cast<std::uint8_t>(
                        std::clamp(c.samples[at] + std::round(residual), 0.0f, 255.0f));
                    residual = static_cast<float>(moved[at]) - static_cast<float>(c.samples[at]);
                }
            const int columns = (width + offset.x + 7) / 8, rows = block_rows(c.height, offset);
            std::vector<float> share;
            for (int i = 0; i < columns * rows; ++i) share.push_back(static_cast<float>(i % 3) / 2);
            std::vector<std::int8_t> lighter(share.size(), 7);
            std::vector<std::uint8_t> projected(moved.size(), 77), shown(moved.size(), 77);
            const auto plane = [&](std::vector<std::uint8_t>& samples) {
                return Plane{samples.data(), width, c.height, c.stride};
            };
            project_history(c.plane(), offset, c.table, plane(moved), share.data(), 0, rows,
                            {plane(projected), plane(shown), lighter.data()});
            EXPECT_EQ(projected, c.run(true)) << width;
            std::vector<std::uint8_t> in_place = moved, shown_in_place(moved.size(), 77);
            project_history(c.plane(), offset, c.table, plane(in_place), share.data(), 0, rows,
                            {plane(in_place), plane(shown_in_place), lighter.data()});
            EXPECT_EQ(shown_in_place, shown) << width;
            for (int y = 0; y < c.height; ++y)
                for (int x = 0; x < width; ++x)
                    ASSERT_EQ(plane(in_place).row(y)[x], plane(projected).row(y)[x]) << x << ", " << y;
            const float unit = low_frequency_step(c.table);
            for (int y = 0; y < c.height; ++y)
                for (int x = 0; x < width; ++x) {
                    const auto at = static_cast<std::size_t>(y * c.stride + x);
                    const int block = (y + offset.y) / 8 * columns + (x + offset.x) / 8;
                    // The projected sample is known to half a level, unless it was cut off.
                    if (projected[at] == 0 || projected[at] == 255) continue;
                    const float weight = 128 * share[static_cast<std::size_t>(block)] / unit;
                    const float expected = std::clamp(
                        weight * static_cast<float>(projected[at] - c.samples[at]), -127.0f, 127.0f);
                    ASSERT_NEAR(shown[at] - 128.0f, expected, 0.5f * weight + 0.52f) << x << ", " << y;
                }
        }
}

TEST(Projection, TellsBlocksThatWereLighterOrDarker) {
    constexpr int kWidth = 48;
    QuantizationTable table;
    table.step.fill(16);  // A mean is known to within a level.
    const std::vector<std::uint8_t> decoded(std::size_t{8} * kWidth, 128);
    std::vector<std::uint8_t> moved = decoded, shown = decoded;
    const std::array<int, 6> change = {0, 3, 5, -5, 5, -3};
    for (std::size_t i = 0; i < moved.size(); ++i)
        moved[i] = static_cast<std::uint8_t>(128 + change[i % kWidth / 8]);
    const std::array<float, 6> share = {1, 1, 1, 0.5f, 0, 1};
    std::array<std::int8_t, 6> lighter{};
    const auto plane = [](auto& samples) { return Plane{samples.data(), kWidth, 8, kWidth}; };
    project_history({decoded.data(), kWidth, 8, kWidth}, {}, table, plane(moved), share.data(), 0, 1,
                    {plane(moved), plane(shown), lighter.data()});
    EXPECT_EQ(lighter, (std::array<std::int8_t, 6>{0, 0, 1, -1, 0, 0}));
}

TEST(Projection, MatchesReferenceAtManySizes) {
    unsigned seed = 1;
    for (const int width : {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 71, 128, 150})
        for (const int height : {1, 5, 8, 11, 16, 19}) {
            const Case c(width, height, {}, 1.0f, ++seed);
            expect_as_documented(c, c.run(true));
        }
}

TEST(Projection, MatchesReferenceInBlocksThatTheEdgeCuts) {
    // No multiples, no ties: every sample is compared.
    for (int size = 1; size < 8; ++size) {
        const Case c(size, size, {}, 1.0f, static_cast<unsigned>(size));
        expect_as_documented(c, c.run(true));
    }
}

TEST(Projection, MatchesReferenceAtAllOffsets) {
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const Case c(83, 21, {x, y}, 1.0f, static_cast<unsigned>(100 + 8 * y + x));
            expect_as_documented(c, c.run(true));
        }
}

TEST(Projection, MatchesReferenceAtAllStrengths) {
    for (const float strength : {0.0f, 0.1f, 0.5f, 1.5f, 2.0f}) {
        const Case c(90, 40, {2, 5}, strength, 7);
        expect_as_documented(c, c.run(true));
    }
}

TEST(Projection, UnboundedIsTheRoundedSum) {
    for (const float strength : {0.0f, 0.7f, 2.0f}) {
        const Case c(75, 30, {3, 1}, strength, 8, 5);
        const auto restored = c.run(false);
        for (int y = 0; y < c.height; ++y)
            for (int x = 0; x < c.width; ++x)
                EXPECT_NEAR(restored[static_cast<std::size_t>(y * c.stride + x)],
                            std::clamp(c.decoded_at(x, y) + strength * c.residual_at(x, y), 0.0, 255.0),
                            0.5001);
    }
}

TEST(Projection, ZeroStrengthLeavesWholeAndCutBlocksOfMultiples) {
    // Steps of 1 move no coefficient by more than half a level: rounding restores every sample of smooth
    // blocks.
    Case c(37, 20, {1, 3}, 0.0f, 9);
    std::fill(c.samples.begin(), c.samples.end(), std::uint8_t{90});
    c.table = QuantizationTable();
    EXPECT_EQ(c.run(true), std::vector<std::uint8_t>(c.samples.size(), 90));
}

TEST(Projection, WritesNothingOutsideThePlane) {
    const Case c(29, 13, {4, 6}, 1.0f, 10, 9);
    for (const bool bounded : {true, false}) {
        const auto restored = c.run(bounded);
        for (int y = 0; y < c.height; ++y)
            for (std::ptrdiff_t x = c.width; x < c.stride; ++x)
                EXPECT_EQ(restored[static_cast<std::size_t>(y * c.stride + x)], 77);
    }
}

TEST(Projection, WorksInPlace) {
    for (const bool bounded : {true, false}) {
        const Case c(139, 45, {3, 6}, 1.3f, 11, 3);
        const auto expected = c.run(bounded);
        std::vector<std::uint8_t> samples = c.samples;
        const Plane plane = {samples.data(), c.width, c.height, c.stride};
        add_residual(plane, c.offset, c.table, c.residual.data(), c.residual_stride, c.strength, bounded, 0,
                     block_rows(c.height, c.offset), plane);
        for (int y = 0; y < c.height; ++y)
            for (int x = 0; x < c.width; ++x)
                ASSERT_EQ(plane.row(y)[x], expected[static_cast<std::size_t>(y * c.stride + x)]);
    }
}

TEST(Projection, RowsOfBlocksOneByOneGiveTheSame) {
    const Case c(70, 45, {2, 5}, 1.0f, 12);
    const auto expected = c.run(true);
    std::vector<std::uint8_t> restored(c.samples.size());
    for (int row = block_rows(c.height, c.offset) - 1; row >= 0; --row)
        add_residual(c.plane(), c.offset, c.table, c.residual.data(), c.residual_stride, c.strength, true,
                     row, row + 1, {restored.data(), c.width, c.height, c.stride});
    EXPECT_EQ(restored, expected);
}

TEST(Projection, LargeStepsDoNotOverflow) {
    Case c(24, 16, {}, 1.0f, 13);
    c.table.step.fill(65535);
    expect_as_documented(c, c.run(true));
}

TEST(Projection, SurvivesResidualsThatAreNotNumbers) {
    for (const bool bounded : {true, false}) {
        Case c(80, 16, {}, 1.0f, 14);
        c.residual[100] = std::numeric_limits<float>::quiet_NaN();
        c.residual[200] = std::numeric_limits<float>::infinity();
        c.residual[300] = -std::numeric_limits<float>::infinity();
        const auto restored = c.run(bounded);
        // Blocks without them are untouched by them.
        Case clean = c;
        clean.residual[100] = clean.residual[200] = clean.residual[300] = 0.0f;
        EXPECT_EQ(restored[79 + 80 * 15], clean.run(bounded)[79 + 80 * 15]);
    }
}

}  // namespace
}  // namespace jpegdeblock
