// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstring>
#include <string>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "engine/workers.h"
#include "jpeg/block_means.h"
#include "jpeg/islow_dct.h"
#include "jpeg/known_bits.h"
#include "jpeg/reconstruction.h"
#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

/// A component's coefficients, dequantized.
struct Dequantizer {
    std::int32_t step[64];

    explicit Dequantizer(const JpegComponent& component) {
        std::copy(component.table.step.begin(), component.table.step.end(), step);
    }

    [[gnu::always_inline]] void run(const std::int16_t* coefficients, int, int, std::int32_t* block) const {
        // libjpeg-turbo's vector code multiplies in 16 bits: what only damaged files hold wraps around.
        for (int i = 0; i < 64; ++i) block[i] = static_cast<std::int16_t>(coefficients[i] * step[i]);
    }
};

/// As Dequantizer, where bits are missing: expected_coefficient of each, or, if wanted, what the blocks
/// around tell of it.
struct PartialDequantizer {
    Dequantizer whole;
    KnownBits known;
    const ScanState* smoothed;  // Null: what the blocks around tell is of no use.
    BlockMeans means;

    PartialDequantizer(const JpegComponent& component, const ScanState& state, bool smooth)
        : whole(component), known(state), smoothed(smooth ? &state : nullptr), means(component) {}

    [[gnu::always_inline]] void run(const std::int16_t* coefficients, int x, int y,
                                    std::int32_t* block) const {
        for (int i = 0; i < 64; ++i) {
            const std::int32_t level = known.level(coefficients[i], i);
            const std::int32_t side = i == 0 ? 1 : (level > 0) - (level < 0);
            // Unsigned, as what only damaged files hold may overflow.
            const auto twice = static_cast<std::uint32_t>(2 * level + side * known.missing[i]) *
                               static_cast<std::uint32_t>(whole.step[i]);
            const bool negative = static_cast<std::int32_t>(twice) < 0;
            const std::uint32_t magnitude = ((negative ? 0 - twice : twice) + 1) >> 1;
            block[i] = static_cast<std::int16_t>(negative ? 0 - magnitude : magnitude);
        }
        if (smoothed) means.fill_in(x, y, *smoothed, block);
    }
};

/// Transforms a block of coefficients into samples, rows adjacent.
[[gnu::always_inline]] inline void transform(std::int32_t* block, std::uint8_t* samples) {
    inverse_islow_8x8_of_any(block, block);
    for (int i = 0; i < 64; ++i) {
        std::int32_t value = block[i] + 128;
        value = value > 0 ? value : 0;
        value = value < 255 ? value : 255;
        samples[i] = static_cast<std::uint8_t>(value);
    }
}

/// Blocks first .. last-1 of row y of a component's blocks, of which `samples` shows what there is from the
/// block (left_block, top_block) on.
struct Part {
    const std::int16_t* blocks;  ///< The whole row's.
    int y, first, last;
    int left_block, top_block;
    Plane samples;
};

template <typename Dequantize>
[[gnu::always_inline]] inline void decode_with(const Part& part, const Dequantize& dequantizer) {
    const int top = 8 * (part.y - part.top_block), rows = std::min(8, part.samples.height - top);
    for (int x = part.first; x < part.last; ++x) {
        std::int32_t block[64];
        dequantizer.run(part.blocks + 64 * x, x, part.y, block);
        std::uint8_t samples[64];
        transform(block, samples);
        const int left = 8 * (x - part.left_block), columns = std::min(8, part.samples.width - left);
        for (int y = 0; y < rows; ++y)
            std::memcpy(part.samples.row(top + y) + left, samples + 8 * y, static_cast<std::size_t>(columns));
    }
}

JPEGDEBLOCK_TARGET_CLONES
void decode_whole(const Part& part, const Dequantizer& dequantizer) {
    decode_with(part, dequantizer);
}

JPEGDEBLOCK_TARGET_CLONES
void decode_partial(const Part& part, const PartialDequantizer& dequantizer) {
    decode_with(part, dequantizer);
}

/// Blocks of which equally much is known.
void decode_alike(const JpegComponent& component, const ScanState& state, bool smooth, const Part& part) {
    if (state.complete()) {
        decode_whole(part, Dequantizer(component));
    } else {
        decode_partial(part, PartialDequantizer(component, state, smooth));
    }
}

void check_size(const JpegComponent& component, Plane samples) {
    if (samples.width > 8 * component.blocks_wide || samples.height > 8 * component.blocks_high)
        throw Error(ErrorCode::kInvalidArgument,
                    "A plane of " + std::to_string(samples.width) + "x" + std::to_string(samples.height) +
                        " samples is wanted of a component of " + std::to_string(component.blocks_wide) +
                        "x" + std::to_string(component.blocks_high) +
                        " blocks; expected at most 8x8 for each.");
}

}  // namespace

void decode_component(const JpegComponent& component, Plane samples) {
    check_size(component, samples);
    decode_blocks(component, 0, 0, samples);
}

void decode_component(const JpegComponent& component, Plane samples, Workers& workers) {
    check_size(component, samples);
    Stage stage;
    stage.tasks = (samples.height + 7) / 8;
    stage.work = [&](int row, int) { decode_component(component, row, row + 1, samples); };
    workers.run({&stage, 1});
}

void decode_component(const JpegComponent& component, int first_block_row, int last_block_row,
                      Plane samples) {
    const int top = 8 * first_block_row;
    decode_blocks(component, 0, first_block_row,
                  {samples.row(top), samples.width, std::min(samples.height, 8 * last_block_row) - top,
                   samples.stride});
}

void decode_blocks(const JpegComponent& component, int left_block, int top_block, Plane samples,
                   bool smooth) {
    const int right_block = left_block + (samples.width + 7) / 8;
    for (int y = top_block; 8 * (y - top_block) < samples.height; ++y) {
        Part part{component.block_rows[static_cast<std::size_t>(y)],
                  y,
                  left_block,
                  left_block,
                  left_block,
                  top_block,
                  samples};
        while (part.first < right_block) {
            const ScanState& state = component.state_at(part.first, y);
            part.last = right_block;
            if (!component.states.empty())
                for (part.last = part.first + 1; part.last < right_block; ++part.last)
                    if (&component.state_at(part.last, y) != &state) break;
            decode_alike(component, state, smooth, part);
            part.first = part.last;
        }
    }
}

}  // namespace jpegdeblock
