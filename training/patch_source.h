// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/quantization.h>

#include <cstdint>
#include <vector>

namespace jpegdeblock::training {

/// Coincident patches of compressed and pristine luma.
struct PatchBatch {
    int count = 0;  ///< Patches.
    int side = 0;   ///< Pixels a side, a multiple of 8; each patch starts at a corner of the JPEG grid.
    std::vector<std::uint8_t> compressed;   ///< [count, side, side].
    std::vector<std::uint8_t> pristine;     ///< As compressed.
    std::vector<QuantizationTable> tables;  ///< One a patch.
};

/// Gives training patches. Batch n is a function of the source's settings and n alone, so that a resumed
/// training sees what an uninterrupted one would have.
class PatchSource {
  public:
    virtual ~PatchSource() = default;
    /// Makes batch `index`. Thread safe.
    virtual PatchBatch make_batch(std::uint64_t index) const = 0;
};

}  // namespace jpegdeblock::training
