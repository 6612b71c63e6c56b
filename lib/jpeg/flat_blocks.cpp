// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/flat_blocks.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <vector>

#include "jpeg/comb.h"
#include "jpeg/ijg_tables.h"
#include "jpeg/table_fit.h"

namespace jpegdeblock {
namespace {

/// Samples with more values than this of other coefficients tell by these.
constexpr std::size_t kMostLowValues = 1000;

/// Blocks that are neither flat nor have a coefficient that is certainly none of rounding do not come out of
/// a decoder unless steps are fine; gradients that were never compressed are made of them.
constexpr int kFlatForEachUneven = 50;

/// What the evidence from the levels must exceed: three levels at a quality of 8, where one in twelve is a
/// multiple; twelve at a quality of 50.
constexpr float kLeastFromLevels = 6.5f;

/// The same with what the grid tells.
constexpr float kLeast = 11.0f;

/// A picture's own edges between flat areas lie on lines of the grid by chance in one of eight cases.
constexpr float kForEachLine = 2.0f;
constexpr int kEnoughLines = 4;

/// The part of the plane that is searched for lines, in blocks.
constexpr int kMostBlocks = 128;

using Levels = std::bitset<256>;

/// What decoders make of a mean that lies between two levels.
enum Rounding { kHalfUp, kHalfDown, kHalfToEven, kDown, kRoundings };
constexpr std::array<Rounding, kRoundings> kAllRoundings = {kHalfUp, kHalfDown, kHalfToEven, kDown};

Decoder decoder_of(Rounding rounding) {
    return rounding == kDown ? kFast : kAccurate;
}

/// The levels that flat blocks may have when the mean's step is this.
Levels multiples(int step, Rounding rounding) {
    Levels levels;
    for (int k = -1024 / step; k <= 1024 / step; ++k) {
        const double level = 128 + k * step / 8.0;
        const std::array<double, kRoundings> rounded = {std::floor(level + 0.5), std::ceil(level - 0.5),
                                                        std::nearbyint(level), std::floor(level)};
        const double seen = rounded[rounding];
        if (seen > 0 && seen < 255) levels.set(static_cast<std::size_t>(seen));
    }
    return levels;
}

/// The logarithm of the likelihood ratio of "flat blocks have these levels alone" and "any".
float evidence(const Levels& allowed, const Levels& seen) {
    constexpr float kInRange = 254.0f;
    const float peak = std::log(kInRange / static_cast<float>(allowed.count()));
    // Like nearness to zero elsewhere, a level of 128 speaks for nothing: it is a multiple of every step.
    Levels counted = seen;
    counted.reset(128);
    return peak * static_cast<float>((counted & allowed).count()) +
           kLeastEvidence * static_cast<float>((counted & ~allowed).count());
}

float evidence_of_others(const QuantizationTable& table, Decoder decoder, const CoefficientSample& sample) {
    float sum = 0;
    for (const std::size_t low : kLowFrequency)
        if (!sample.coefficients[low].empty())
            sum += independent_evidence(comb_of(table.step[low], static_cast<int>(low), decoder),
                                        sample.coefficients[low]);
    return sum;
}

/// A block's level; nothing if it is not flat.
std::optional<std::uint8_t> flat_level(ConstPlane luma, int left, int top) {
    const std::uint8_t level = luma.row(top)[left];
    for (int y = top; y < top + 8; ++y) {
        const std::uint8_t* row = luma.row(y) + left;
        if (std::any_of(row, row + 8, [level](std::uint8_t sample) { return sample != level; }))
            return std::nullopt;
    }
    return level;
}

/// The lines of the grid, of both directions, at which two flat blocks of different levels meet.
int count_lines(ConstPlane luma, GridOffset offset) {
    const int left = (8 - offset.x) % 8, top = (8 - offset.y) % 8;
    const int columns = std::min(std::max(0, luma.width - left) / 8, kMostBlocks);
    const int rows = std::min(std::max(0, luma.height - top) / 8, kMostBlocks);
    std::bitset<kMostBlocks> vertical, horizontal;
    std::array<std::optional<std::uint8_t>, kMostBlocks> above;
    for (int row = 0; row < rows; ++row) {
        std::optional<std::uint8_t> before;
        for (int column = 0; column < columns; ++column) {
            const auto x = static_cast<std::size_t>(column), y = static_cast<std::size_t>(row);
            const auto level = flat_level(luma, left + 8 * column, top + 8 * row);
            if (level && before && *level != *before) vertical.set(x);
            if (level && above[x] && *level != *above[x]) horizontal.set(y);
            before = above[x] = level;
        }
        if (vertical.count() + horizontal.count() >= kEnoughLines) break;
    }
    return static_cast<int>(vertical.count() + horizontal.count());
}

}  // namespace

std::optional<int> quality_of_flat_blocks(const CoefficientSample& sample, ConstPlane luma,
                                          GridOffset offset) {
    if (sample.flat_levels.count() < 2 || sample.low_values > kMostLowValues ||
        sample.uneven_blocks * kFlatForEachUneven > sample.flat_blocks)
        return std::nullopt;
    static const auto allowed = [] {
        std::array<std::array<Levels, kQualities>, kRoundings> all;
        for (const Rounding rounding : kAllRoundings)
            for (std::size_t i = 0; i < kQualities; ++i)
                all[rounding][i] = multiples(ijg_luma_tables()[i].step[0], rounding);
        return all;
    }();
    int quality = 0;
    float best = kLeastFromLevels;
    for (const Rounding rounding : kAllRoundings)
        for (std::size_t i = 0; i < kQualities; ++i) {
            const float of_levels = evidence(allowed[rounding][i], sample.flat_levels);
            if (of_levels <= kLeastFromLevels) continue;
            const float all =
                of_levels + evidence_of_others(ijg_luma_tables()[i], decoder_of(rounding), sample);
            // Where the mean's step is that of several qualities, the best of them does least.
            if (all < best) continue;
            best = all;
            quality = static_cast<int>(i) + 1;
        }
    if (quality == 0) return std::nullopt;
    const int lines = count_lines(luma, offset);
    if (lines == 0 || best + kForEachLine * static_cast<float>(std::min(lines, kEnoughLines)) <= kLeast)
        return std::nullopt;
    return quality;
}

}  // namespace jpegdeblock
