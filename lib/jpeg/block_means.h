// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <jpegdeblock/jpeg_coefficients.h>

namespace jpegdeblock {

/// What the means of the blocks around tell of the low coefficients of a block while those are not known: the
/// best linear estimate on photographs, which it explains four tenths of (u = 1 or v = 1) to hardly anything.
class BlockMeans {
  public:
    explicit BlockMeans(const JpegComponent& component) : component_(component) {}

    /// Puts the estimate in place of each low coefficient of the block at column x and row y that is absent,
    /// or 0 but for two or more bits that are missing. block: its coefficients, dequantized; DC must be known.
    void fill_in(int x, int y, const ScanState& state, std::int32_t* block) const;

  private:
    /// Of the block at that place, or the nearest one in the picture, in levels; `centre` where it is
    /// unknown.
    std::int32_t mean(int x, int y, std::int32_t centre) const;

    const JpegComponent& component_;
};

}  // namespace jpegdeblock
