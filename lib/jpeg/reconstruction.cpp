// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstring>
#include <string>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg_coefficients.h>

#include "jpeg/islow_dct.h"
#include "jpeg/target_clones.h"

namespace jpegdeblock {
namespace {

/// The samples of a block, rows adjacent.
[[gnu::always_inline]] inline void decode_block(const std::int16_t* coefficients, const std::int32_t* steps,
                                                std::uint8_t* samples) {
    std::int32_t block[64];
    // libjpeg-turbo's vector code multiplies in 16 bits: what only damaged files hold wraps around.
    for (int i = 0; i < 64; ++i) block[i] = static_cast<std::int16_t>(coefficients[i] * steps[i]);
    inverse_islow_8x8_of_any(block, block);
    for (int i = 0; i < 64; ++i) {
        std::int32_t value = block[i] + 128;
        value = value > 0 ? value : 0;
        value = value < 255 ? value : 255;
        samples[i] = static_cast<std::uint8_t>(value);
    }
}

/// A row of blocks, of which `plane` shows `rows` rows from its row `top` on.
JPEGDEBLOCK_TARGET_CLONES
void decode_row(const std::int16_t* blocks, const std::int32_t* steps, int top, int rows,
                const Plane& plane) {
    for (int left = 0; left < plane.width; left += 8) {
        std::uint8_t samples[64];
        decode_block(blocks + 8 * left, steps, samples);
        const int columns = std::min(8, plane.width - left);
        for (int y = 0; y < rows; ++y)
            std::memcpy(plane.row(top + y) + left, samples + 8 * y, static_cast<std::size_t>(columns));
    }
}

}  // namespace

void decode_component(const JpegComponent& component, Plane samples) {
    if (samples.width > 8 * component.blocks_wide || samples.height > 8 * component.blocks_high)
        throw Error(ErrorCode::kInvalidArgument,
                    "A plane of " + std::to_string(samples.width) + "x" + std::to_string(samples.height) +
                        " samples is wanted of a component of " + std::to_string(component.blocks_wide) +
                        "x" + std::to_string(component.blocks_high) +
                        " blocks; expected at most 8x8 for each.");
    decode_component(component, 0, (samples.height + 7) / 8, samples);
}

void decode_component(const JpegComponent& component, int first_block_row, int last_block_row,
                      Plane samples) {
    std::int32_t steps[64];
    std::copy(component.table.step.begin(), component.table.step.end(), steps);
    for (int y = first_block_row; y < last_block_row; ++y)
        decode_row(component.block_rows[static_cast<std::size_t>(y)], steps, 8 * y,
                   std::min(8, samples.height - 8 * y), samples);
}

}  // namespace jpegdeblock
