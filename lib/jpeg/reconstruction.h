// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/plane.h>

namespace jpegdeblock {

/// Reconstructs the samples of a component, bit for bit as libjpeg-turbo's islow inverse DCT does (for
/// coefficients that an encoder could have written), without upsampling. Where scans are missing yet, from
/// each coefficient's expected value (see expected_coefficient), low ones of which nothing is known but 0
/// from what the means of the blocks around suggest. samples: the top left part of the component that is
/// wanted; at most 8 * blocks_wide x 8 * blocks_high, else Error(kInvalidArgument).
void decode_component(const JpegComponent& component, Plane samples);

/// As above, only the rows of blocks first_block_row .. last_block_row-1. Thread safe for distinct rows.
void decode_component(const JpegComponent& component, int first_block_row, int last_block_row, Plane samples);

/// As the first, by these workers (see make_workers).
void decode_component(const JpegComponent& component, Plane samples, Workers& workers);

/// As decode_component, for what `samples` shows of the component from its block (left_block, top_block) on:
/// at most up to the component's last block. smooth: false leaves out what the means of the blocks around
/// suggest.
void decode_blocks(const JpegComponent& component, int left_block, int top_block, Plane samples,
                   bool smooth = true);

/// So many blocks away those lie that the samples of a block depend on while scans are missing.
constexpr int kMeansReach = 2;

}  // namespace jpegdeblock
