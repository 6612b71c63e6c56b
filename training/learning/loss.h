// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include "learning/recipe.h"
#include "network/network.h"
#include "patches/patch_source.h"

namespace jpegdeblock::training {

/// A batch as tensors in levels, [N, 1, H, W], which borrow the batch's memory; steps: [N, 64], undefined
/// where the batch has no tables. N: all patches of the first frame, then all of the second, ...
struct TensorBatch {
    torch::Tensor compressed, pristine, steps;
    int frames = 1;
};

/// Throws Error(kInvalidArgument) when the network needs table or grid and the batch has none, or sides do
/// not suit.
TensorBatch to_tensors(const PatchBatch& batch, const NetworkDescription& network);

/// Frame `frame` of each patch.
TensorBatch frame_of(const TensorBatch& batch, int frame);

/// A copy on another device; the batch itself on the processor.
TensorBatch to_device(const TensorBatch& batch, const torch::Device& device);

struct Loss {
    torch::Tensor value;  ///< What is minimised.
    /// Mean over patches of the squared error relative to that of the JPEG: compares across recipes. From 2
    /// on a patch counts by its logarithm.
    torch::Tensor relative;
};

/// Of what a network adds to batch.compressed, in levels; all patches count alike.
Loss loss_of(LossKind kind, const torch::Tensor& residual, const TensorBatch& batch);

/// Of patches of one frame, or of sequences (sequence_restoration.h).
Loss compute_loss(LossKind kind, const Network& network, const TensorBatch& batch);

}  // namespace jpegdeblock::training
