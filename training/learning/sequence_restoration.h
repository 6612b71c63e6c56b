// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include "learning/loss.h"
#include "network/network.h"

namespace jpegdeblock::training {

struct RestoredSequences {
    torch::Tensor residuals;  ///< In levels.
    torch::Tensor history;    ///< What the network was shown (Network::forward); 0 in first frames.
};

/// Restores sequences frame by frame as the elements do, with their own motion search: what was restored of
/// the frame before is moved to where its blocks are now, projected onto the frame's quantization intervals
/// and shown to the network, which must be temporal. batch: of several frames, whole blocks. All of the
/// result is [N, 1, H, W] in the order of the batch. Differentiable through all frames; rounding passes
/// gradients, and the motion, which is searched on the processor, has none.
RestoredSequences restore_sequences(const Network& network, const TensorBatch& batch);

/// The planes' coefficients clamped to the intervals that `decoded` was quantized from, and back; all
/// [N, 1, H, W] in levels, steps [N, 64]: the projection of restore/projection.h without its rounding.
torch::Tensor project(const torch::Tensor& planes, const torch::Tensor& decoded, const torch::Tensor& steps);

}  // namespace jpegdeblock::training
