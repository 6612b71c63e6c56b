// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/coefficient_sample.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <utility>

#include "jpeg/block_sampling.h"

namespace jpegdeblock {
namespace {

/// The rounding of samples gives a coefficient that is zero in the JPEG a standard deviation of sqrt(1/12).
constexpr float kCertainlyNotZero = 1.5f;

/// A single sample that differs from all others by one gives some coefficient of 1/8 and more.
constexpr float kFlat = 0.06f;

/// A block has detail with so many coefficients this large.
constexpr int kDetailed = 5;
constexpr float kLarge = 4.0f;

constexpr std::array<bool, 64> kIsLow = [] {
    std::array<bool, 64> is_low{};
    for (const std::size_t low : kLowFrequency) is_low[low] = true;
    return is_low;
}();

/// Values nearer to each other than this, but for the sign, are taken for equal.
constexpr float kPerLevel = 8.0f;

class Collector {
  public:
    /// Adds the coefficients of the tile's first blocks.
    void add(const BlockColumns& tile, int blocks) {
        std::array<int, kTileBlocks> found{}, large{};
        std::array<float, kTileBlocks> largest{};
        const auto count = static_cast<std::size_t>(blocks);
        for (std::size_t i = 1; i < 64; ++i)
            for (std::size_t block = 0; block < count; ++block) {
                const float size = std::abs(at(tile, i, block));
                found[block] += size >= kCertainlyNotZero;
                large[block] += size >= kLarge;
                largest[block] = std::max(largest[block], size);
            }
        for (std::size_t i = 0; i < 64; ++i)
            for (std::size_t block = 0; block < count; ++block) {
                const float coefficient = at(tile, i, block) - (i == 0 ? 8 * 128 : 0);
                if (std::abs(coefficient) >= kCertainlyNotZero && (kIsLow[i] || large[block] >= kDetailed))
                    add(i, coefficient);
            }
        for (std::size_t block = 0; block < count; ++block) {
            if (found[block] > 0) {
                ++sample.detailed_blocks;
            } else if (largest[block] < kFlat) {
                ++sample.flat_blocks;
                sample.flat_levels.set(static_cast<std::size_t>(std::lrint(at(tile, 0, block) / 8.0f)));
            } else {
                ++sample.uneven_blocks;
            }
        }
        sample.low_values = 0;
        for (const std::size_t low : kLowFrequency) sample.low_values += sample.coefficients[low].size();
    }

    CoefficientSample sample;

  private:
    static float at(const BlockColumns& tile, std::size_t coefficient, std::size_t block) {
        return tile.row[coefficient % 8][8 * block + coefficient / 8];  // Transposed, see BlockColumns.
    }

    void add(std::size_t coefficient, float value) {
        // An 8x8 block of 8-bit samples has no larger coefficient than 1024.
        const auto rounded = static_cast<std::size_t>(std::min(std::abs(value), 1024.0f) * kPerLevel);
        if (seen_[coefficient][rounded]) return;
        seen_[coefficient].set(rounded);
        sample.coefficients[coefficient].push_back(value);
    }

    std::array<std::bitset<8 * 1024 + 1>, 64> seen_;
};

}  // namespace

CoefficientSample sample_coefficients(ConstPlane luma, GridOffset offset, const SampleSize& size) {
    Collector collector;
    visit_blocks(luma, offset, size.blocks, [&](const BlockColumns& tile, int blocks) {
        collector.add(tile, blocks);
        return collector.sample.low_values < size.low_values;
    });
    return std::move(collector.sample);
}

}  // namespace jpegdeblock
