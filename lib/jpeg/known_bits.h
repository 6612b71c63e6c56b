// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <jpegdeblock/progressive.h>

namespace jpegdeblock {

/// A ScanState in a form for loops over whole blocks.
struct KnownBits {
    alignas(
        64) std::int32_t mask[64];  ///< Of the magnitude's bits (DC: of the level's), those that are known.
    alignas(64) std::int32_t missing[64];  ///< The largest value of the bits that are not. 0 where absent.

    explicit KnownBits(const ScanState& state) {
        for (int i = 0; i < 64; ++i) {
            const int bits = state.missing_bits[static_cast<std::size_t>(i)];
            const bool absent = bits == ScanState::kAbsent;
            missing[i] = absent ? 0 : (1 << bits) - 1;
            mask[i] = absent ? 0 : ~missing[i];
        }
    }

    /// The level without what is not known of it: a scan that has not come as a whole may have told more of
    /// some blocks.
    [[gnu::always_inline]] std::int32_t level(std::int32_t coefficient, int row_index) const {
        if (row_index == 0) return coefficient & mask[0];
        const std::int32_t sign = coefficient >> 31;
        return ((((coefficient ^ sign) - sign) & mask[row_index]) ^ sign) - sign;
    }
};

}  // namespace jpegdeblock
