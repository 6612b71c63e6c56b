// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/coefficient_sample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "jpeg/block_columns.h"
#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

constexpr std::int64_t kMostBlocks = 1024;
constexpr std::size_t kEnoughCoefficients = 6000;
constexpr int kTileBlocks = kTileWidth / 8;

/// The rounding of samples gives a coefficient that is zero in the JPEG a standard deviation of sqrt(1/12).
constexpr float kCertainlyNotZero = 1.5f;

/// Copies a block into a tile. False if it holds clipped samples.
bool load_block(const std::uint8_t* samples, std::ptrdiff_t stride, float* to) {
    int lowest = 255, highest = 0;
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const int sample = samples[y * stride + x];
            lowest = std::min(lowest, sample);
            highest = std::max(highest, sample);
            to[y * kTileWidth + x] = static_cast<float>(sample);
        }
    return lowest > 0 && highest < 255;
}

JPEGDEBLOCK_TARGET_CLONES
void transform(BlockColumns& tile) {
    forward_dct_columns(tile);
    transpose_blocks(tile);
    forward_dct_columns(tile);
}

/// Returns the number of coefficients found.
std::size_t collect(BlockColumns& tile, int blocks, CoefficientSample& sample) {
    transform(tile);
    std::size_t found = 0;
    std::array<bool, kTileBlocks> detailed{};
    for (std::size_t i = 0; i < kSampledFrequencies; ++i) {
        const std::size_t v = kSampledFrequency[i] / 8, u = kSampledFrequency[i] % 8;
        for (std::size_t block = 0; block < static_cast<std::size_t>(blocks); ++block) {
            const float coefficient = tile.row[u][8 * block + v];  // Transposed, see BlockColumns.
            if (std::abs(coefficient) < kCertainlyNotZero) continue;
            sample.coefficients[i].push_back(coefficient);
            detailed[block] = true;
            ++found;
        }
    }
    sample.detailed_blocks += static_cast<int>(std::count(detailed.begin(), detailed.end(), true));
    return found;
}

/// A step that visits all of 0 .. count-1 when taken again and again modulo count, any run of them spread
/// evenly: near the golden section, and coprime.
std::int64_t spreading_step(std::int64_t count) {
    std::int64_t step = std::max<std::int64_t>(1, count * 618 / 1000);
    while (std::gcd(step, count) != 1) ++step;
    return step;
}

}  // namespace

CoefficientSample sample_coefficients(ConstPlane luma, GridOffset offset) {
    const int left = (8 - offset.x) % 8, top = (8 - offset.y) % 8;
    const int columns = std::max(0, luma.width - left) / 8, rows = std::max(0, luma.height - top) / 8;
    const std::int64_t blocks = static_cast<std::int64_t>(columns) * rows;
    const std::int64_t most = std::min(blocks, kMostBlocks);
    const std::int64_t step = spreading_step(blocks);
    CoefficientSample sample;
    for (auto& coefficients : sample.coefficients) coefficients.reserve(static_cast<std::size_t>(most));
    BlockColumns tile{};
    int loaded = 0;
    std::size_t found = 0;
    for (std::int64_t i = 0; i < most && found < kEnoughCoefficients; ++i) {
        const std::int64_t block = i * step % blocks;
        const std::uint8_t* samples =
            luma.row(top + 8 * static_cast<int>(block / columns)) + left + 8 * (block % columns);
        if (load_block(samples, luma.stride, &tile.row[0][8 * loaded])) ++loaded;
        if (loaded == kTileBlocks || i + 1 == most) {
            found += collect(tile, loaded, sample);
            loaded = 0;
        }
    }
    return sample;
}

}  // namespace jpegdeblock
