// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/block_sampling.h"

#include "jpeg/target_clones.h"

// Distributions build with -O2, where GCC 12 leaves most loops as they are.
#if defined(__OPTIMIZE__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace jpegdeblock {
namespace {

JPEGDEBLOCK_TARGET_CLONES
void transform(BlockColumns& tile) {
    forward_dct_columns(tile);
    transpose_blocks(tile);
    forward_dct_columns(tile);
}

}  // namespace

void transform_blocks(BlockColumns& tile) {
    transform(tile);
}

}  // namespace jpegdeblock
