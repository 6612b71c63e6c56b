// SPDX-License-Identifier: LGPL-2.1-or-later
// Estimation of tables that are not the IJG's, and of the grid.
#include "jpeg/estimation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"

#include "jpeg/table_check.h"

#include "synthetic_picture.h"

namespace jpegdeblock {
namespace {

using test::synthetic_picture;

constexpr IdctMethod kMethods[] = {IdctMethod::kIslow, IdctMethod::kIfast, IdctMethod::kFloat};

QuantizationTable table_of(const std::function<double(int u, int v, double ijg)>& step) {
    const QuantizationTable ijg = ijg_luma_table(50);
    QuantizationTable table;
    for (int v = 0; v < 8; ++v)
        for (int u = 0; u < 8; ++u) {
            const auto i = static_cast<std::size_t>(8 * v + u);
            table.step[i] =
                static_cast<std::uint16_t>(std::clamp(std::lround(step(u, v, ijg.step[i])), 1l, 255l));
        }
    return table;
}

/// Shapes of tables that encoders other than libjpeg use.
struct Family {
    const char* name;
    QuantizationTable table;
};

std::vector<Family> families() {
    std::vector<Family> result;
    for (const double scale : {0.4, 1.0, 2.0}) {
        result.push_back({"flat", table_of([&](int, int, double) { return 12 * scale; })});
        result.push_back({"rising linearly", table_of([&](int u, int v, double) {
                              return scale * (8 + 3.3 * (u + v) + (u > v ? 1 : 0));
                          })});
        result.push_back({"steeper", table_of([&](int u, int v, double ijg) {
                              return scale * 0.5 * ijg * std::pow((u + v + 1) / 2.0, 0.6);
                          })});
        result.push_back({"gentler", table_of([&](int u, int v, double ijg) {
                              return scale * 1.4 * ijg * std::pow(u + v + 1, -0.45);
                          })});
        result.push_back(
            {"limited", table_of([&](int, int, double ijg) { return std::min(ijg, 20.0) * scale; })});
        result.push_back({"fine mean", table_of([&](int u, int v, double ijg) {
                              return u + v == 0 ? 4 : scale * ijg * (0.6 + 0.1 * (u + v));
                          })});
        result.push_back({"rough", table_of([&](int u, int v, double ijg) {
                              return scale * ijg * (1 + 0.15 * std::sin(2.1 * u + 1.3 * v));
                          })});
    }
    for (const int quality : {40, 75}) result.push_back({"chrominance", ijg_chroma_table(quality)});
    return result;
}

double octaves_off(std::uint16_t found, std::uint16_t step) {
    return std::abs(std::log2(static_cast<double>(found) / step));
}

/// Means of |log2| of the ratio of found to true steps.
double low_error(const QuantizationTable& found, const QuantizationTable& table) {
    double sum = 0;
    for (std::size_t v = 0; v < 4; ++v)
        for (std::size_t u = 0; u + v < 4; ++u)
            sum += octaves_off(found.step[8 * v + u], table.step[8 * v + u]);
    return sum / 10;
}

double error(const QuantizationTable& found, const QuantizationTable& table) {
    double sum = 0;
    for (std::size_t i = 0; i < 64; ++i) sum += octaves_off(found.step[i], table.step[i]);
    return sum / 64;
}

ConstPlane cropped(const LumaImage& picture, GridOffset offset) {
    return {picture.samples.data() + offset.y * picture.width + offset.x, picture.width - offset.x,
            picture.height - offset.y, picture.width};
}

template <typename Change>
LumaImage changed(LumaImage picture, Change change) {
    for (auto& sample : picture.samples)
        sample = static_cast<std::uint8_t>(std::clamp(std::lround(change(sample)), 0l, 255l));
    return picture;
}

TEST(EstimationOfTables, FindsThoseOfOtherFamilies) {
    const LumaImage picture = synthetic_picture(384, 288, 4);
    for (const IdctMethod method : kMethods)
        for (const Family& family : families()) {
            SCOPED_TRACE(std::string(family.name) + ", low steps " +
                         std::to_string(low_frequency_step(family.table)) + ", method " +
                         std::to_string(static_cast<int>(method)));
            const LumaImage decoded =
                decode_jpeg_luma(encode_grey_jpeg(picture.view(), family.table), method);
            const auto estimate = estimate_quantization(decoded.view());
            ASSERT_TRUE(estimate);
            EXPECT_EQ(estimate->quality, 0);
            EXPECT_LT(low_error(estimate->table, family.table), 0.1);
            // Of high frequencies many are zero throughout, and their steps are a guess.
            EXPECT_LT(error(estimate->table, family.table), 1.0);
        }
}

TEST(EstimationOfTables, SuddenStepsAreFound) {
    QuantizationTable table = ijg_luma_table(60);
    for (const std::size_t i : {1, 9, 16}) table.step[i] = static_cast<std::uint16_t>(table.step[i] * 3);
    const LumaImage decoded =
        decode_jpeg_luma(encode_grey_jpeg(synthetic_picture(384, 288, 4).view(), table));
    const auto estimate = estimate_quantization(decoded.view());
    ASSERT_TRUE(estimate);
    for (const std::size_t i : {1, 8, 9, 16, 2}) EXPECT_EQ(estimate->table.step[i], table.step[i]) << i;
}

TEST(EstimationOfGrid, FindsAll64Places) {
    const LumaImage picture = synthetic_picture(263, 207, 6);
    int quality = 5;
    for (int i = 0; i < 64; ++i) {
        const GridOffset offset = {i % 8, i / 8};
        const LumaImage decoded =
            decode_jpeg_luma(encode_grey_jpeg(picture.view(), quality), kMethods[i % 3]);
        const auto estimate = estimate_quantization_anywhere(cropped(decoded, offset));
        ASSERT_TRUE(estimate) << offset.x << "," << offset.y << " quality " << quality;
        EXPECT_EQ(estimate->offset, offset);
        EXPECT_EQ(estimate->quality, quality);
        quality = 5 + (quality * 7 + 11) % 86;
    }
}

TEST(EstimationOfGrid, FindsOtherTablesToo) {
    const LumaImage picture = synthetic_picture(320, 240, 8);
    for (const Family& family : families()) {
        SCOPED_TRACE(family.name);
        const LumaImage decoded = decode_jpeg_luma(encode_grey_jpeg(picture.view(), family.table));
        const auto estimate = estimate_quantization_anywhere(cropped(decoded, {3, 6}));
        ASSERT_TRUE(estimate);
        EXPECT_EQ(estimate->offset, (GridOffset{3, 6}));
        EXPECT_LT(low_error(estimate->table, family.table), 0.1);
    }
}

TEST(EstimationOfGrid, FindsNoneWhereThereIsNone) {
    std::mt19937 random(5);
    std::normal_distribution<double> noise(0.0, 3.0);
    for (unsigned seed = 0; seed < 12; ++seed) {
        const LumaImage picture = synthetic_picture(200, 150, seed);
        EXPECT_FALSE(estimate_quantization_anywhere(picture.view()));
        const auto noisy = changed(picture, [&](int sample) { return sample + noise(random); });
        EXPECT_FALSE(estimate_quantization_anywhere(noisy.view()));
        for (const int levels : {2, 4, 16, 64}) {
            const auto posterized =
                changed(picture, [&](int sample) { return sample / (256 / levels) * 250.0 / (levels - 1); });
            EXPECT_FALSE(estimate_quantization_anywhere(posterized.view())) << levels;
        }
    }
    const LumaImage flat{64, 64, std::vector<std::uint8_t>(64 * 64, 9)};
    EXPECT_FALSE(estimate_quantization_anywhere(flat.view()));
    EXPECT_FALSE(estimate_quantization_anywhere({flat.samples.data(), 1, 1, 64}));
}

/// Windows, lines and letters: the same few blocks again and again, flat but for two levels.
LumaImage screen(int width, int height, int cell) {
    std::mt19937 random(2);
    std::vector<std::vector<bool>> letters(20, std::vector<bool>(64));
    for (auto& letter : letters)
        for (std::size_t i = 0; i < 64; ++i) letter[i] = random() % 3 == 0;
    LumaImage picture{width, height,
                      std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 235)};
    std::vector<std::size_t> text(static_cast<std::size_t>((width / cell + 1) * (height / cell + 1)));
    for (auto& letter : text) letter = random() % letters.size();
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto at = static_cast<std::size_t>(y / cell * (width / cell + 1) + x / cell);
            const int u = x % cell, v = y % cell;
            if (u < 8 && v < 8 && letters[text[at]][static_cast<std::size_t>(8 * v + u)])
                picture.view().row(y)[x] = 20;
            if (y < 18) picture.view().row(y)[x] = static_cast<std::uint8_t>(60 + x / 4);
        }
    return picture;
}

TEST(EstimationOfGrid, FindsNoneOnScreens) {
    for (const int cell : {8, 9, 10, 12, 16}) {
        const LumaImage picture = screen(320, 200, cell);
        EXPECT_FALSE(estimate_quantization_anywhere(picture.view())) << cell;
        EXPECT_FALSE(estimate_quantization(picture.view(), {4, 4})) << cell;
    }
}

TEST(EstimationOfTables, FindsThatOfCompressedScreens) {
    // Black on white would be clipped, and clipped blocks tell nothing.
    const LumaImage picture =
        changed(screen(320, 200, 11), [](int sample) { return 128 + 0.6 * (sample - 128); });
    for (const int quality : {20, 50, 80}) {
        const LumaImage decoded = decode_jpeg_luma(encode_grey_jpeg(picture.view(), quality));
        const auto estimate = estimate_quantization_anywhere(decoded.view());
        ASSERT_TRUE(estimate) << quality;
        EXPECT_LT(low_error(estimate->table, ijg_luma_table(quality)), 0.1) << quality;
    }
}

TEST(EstimationOfTables, BrightnessDoesNotMatterAndContrastGivesNoCoarserTable) {
    const LumaImage picture = synthetic_picture(320, 240, 9);
    for (const int quality : {25, 50, 80}) {
        const QuantizationTable table = ijg_luma_table(quality);
        const LumaImage decoded = decode_jpeg_luma(encode_grey_jpeg(picture.view(), table));
        const auto brighter = changed(decoded, [](int sample) { return sample + 9; });
        const auto estimate = estimate_quantization(brighter.view());
        ASSERT_TRUE(estimate);
        EXPECT_LT(low_error(estimate->table, table), 0.2) << quality;
        for (const double factor : {0.6, 0.86, 1.17, 1.5}) {
            const auto other = changed(decoded, [&](int sample) { return 128 + factor * (sample - 128); });
            if (const auto of_other = estimate_quantization_anywhere(other.view())) {
                EXPECT_LT(low_frequency_step(of_other->table), 1.3 * factor * low_frequency_step(table))
                    << quality << " times " << factor;
            }
        }
    }
}

TEST(TableCheck, TellsHoldingTablesFromOthers) {
    const LumaImage picture = synthetic_picture(320, 240, 3), later = synthetic_picture(320, 240, 12);
    const auto decoded = [](const LumaImage& luma, int quality) {
        return decode_jpeg_luma(encode_grey_jpeg(luma.view(), quality));
    };
    for (const int quality : {10, 25, 50, 75, 90}) {
        const LumaImage first = decoded(picture, quality);
        const TableCheck check({quality, ijg_luma_table(quality), {}}, first.view());
        EXPECT_EQ(check.check(first.view()), TableCheck::Result::kHolds);
        EXPECT_EQ(check.check(decoded(later, quality).view()), TableCheck::Result::kHolds) << quality;
        for (const int other : {5, 12, 17, 35, 60, 85})
            EXPECT_NE(check.check(decoded(later, other).view()), TableCheck::Result::kHolds)
                << quality << " then " << other;
        EXPECT_EQ(check.check(later.view()), TableCheck::Result::kDoubtful);
        EXPECT_EQ(check.check(cropped(first, {1, 0})), TableCheck::Result::kDoubtful);
        const LumaImage flat{64, 64, std::vector<std::uint8_t>(64 * 64, 99)};
        EXPECT_EQ(check.check(flat.view()), TableCheck::Result::kSilent);
    }
    // All steps of quality 25 are twice those of quality 50.
    const TableCheck check({50, ijg_luma_table(50), {}}, decoded(picture, 50).view());
    EXPECT_EQ(check.check(decoded(later, 25).view()), TableCheck::Result::kDoubtful);
}

}  // namespace
}  // namespace jpegdeblock
