// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

#include "grid/block_grid.h"
#include "temporal/motion_field.h"

namespace jpegdeblock::training {

/// How the blocks of a plane moved; no blocks: nothing was followed.
struct BlockMotion {
    MotionField motion;
    BlockMap ages;  ///< 0: the block is lost.
};

/// Says that warp() of `before` along the motion gave `moved`, so that gradients of what is made of `moved`
/// reach `before`: those of a lost block end here. before: [N, 1, H, W] f32, whole blocks from (0, 0) on;
/// moved: as it, in bytes; motions: one of each plane. Returns `moved` as f32.
torch::Tensor moved_frame(const torch::Tensor& before, std::vector<BlockMotion> motions,
                          const torch::Tensor& moved);

}  // namespace jpegdeblock::training
