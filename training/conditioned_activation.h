// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

namespace jpegdeblock::training {

/// relu(gain * input + shift + skip) in one pass forward and one backward; the plain operators would stream
/// each activation through memory several times, which costs a quarter of the training time of small
/// networks. input: [N, C, H, W] f32 or bf16 in any memory format (made channels-last). gain, shift:
/// [N, C] f32. skip: as input, or undefined for none. Returns [N, C, H, W] of the input's type,
/// channels-last. Computes in f32. Differentiable in all arguments.
torch::Tensor conditioned_activation(const torch::Tensor& input, const torch::Tensor& gain,
                                     const torch::Tensor& shift, const torch::Tensor& skip);

}  // namespace jpegdeblock::training
