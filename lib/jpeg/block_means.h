// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>

#include <jpegdeblock/jpeg.h>

namespace jpegdeblock {

/// What the means of the blocks around tell of the low coefficients of a block while those are not known: the
/// best linear estimate on photographs, which it explains four tenths of (u = 1 or v = 1) to hardly anything.
class BlockMeans {
  public:
    explicit BlockMeans(const JpegComponent& component) : component_(component) {}

    /// Puts the estimate in place of each low coefficient of the block at column x and row y that is absent,
    /// or part of it where one is 0 but for bits that are missing. Its own mean, if absent, becomes that of
    /// the blocks that touch it. block: its coefficients, dequantized.
    void fill_in(int x, int y, const ScanState& state, std::int32_t* block) const;

  private:
    /// Of the block at that place, or the nearest one in the picture: its DC in levels. Nothing where it is
    /// unknown.
    std::optional<std::int32_t> mean(int x, int y) const;
    /// Of the blocks that touch it as far as they are known, or 0.
    std::int32_t mean_around(int x, int y) const;

    const JpegComponent& component_;
};

}  // namespace jpegdeblock
