// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/quantization.h>

#include <cstdint>
#include <vector>

namespace jpegdeblock::training {

/// Coincident patches of compressed and pristine luma, in levels. Patches may be sequences, whose frames
/// follow each other in time.
struct PatchBatch {
    int count = 0;                  ///< Patches.
    int side = 0;                   ///< Pixels a side.
    std::vector<float> compressed;  ///< [frames, count, side, side].
    std::vector<float> pristine;    ///< As compressed.
    /// One for each frame of each patch, [frames, count]; the side is then a multiple of 8 and each patch
    /// starts at a corner of the JPEG grid. Empty: table and grid are unknown, as only networks that are told
    /// neither can be trained with.
    std::vector<QuantizationTable> tables = {};
    int frames = 1;  ///< Of each patch.
};

/// Gives training patches: one endless sequence of them, cut into batches. Patch i of batch n is the
/// sequence's number n * count + i, a function of that number and of the source's settings other than the
/// batch's size. So a resumed training sees what an uninterrupted one would have, and batches 2n and 2n + 1
/// together hold what batch n of a source with twice the count does.
class PatchSource {
  public:
    virtual ~PatchSource() = default;
    /// Makes batch `index`. Thread safe.
    virtual PatchBatch make_batch(std::uint64_t index) const = 0;
};

}  // namespace jpegdeblock::training
