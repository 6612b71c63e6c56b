// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/jpeg_coefficients.h>
#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// As decode_component, for what `samples` shows of the component from its block (left_block, top_block) on:
/// at most up to the component's last block. smooth: false leaves out what the means of the blocks around
/// suggest.
void decode_blocks(const JpegComponent& component, int left_block, int top_block, Plane samples,
                   bool smooth = true);

/// So many blocks away those lie that the samples of a block depend on while scans are missing.
constexpr int kMeansReach = 2;

}  // namespace jpegdeblock
