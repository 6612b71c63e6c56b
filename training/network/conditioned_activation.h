// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

namespace jpegdeblock::training {

/// relu(gain * input + shift + skip) in one pass forward and one backward; the plain operators would stream
/// each activation through memory several times, which costs a quarter of the training time of small
/// networks. input: [N, C, H, W] f32 or bf16 in any memory format (made channels-last). gain, shift:
/// [N, C] f32. skip: as input, or undefined for none. Returns [N, C, H, W] of the input's type,
/// channels-last. Computes in f32. Differentiable in all arguments.
/// scale: 0, or the activation scale that int8 inference rounds with (model.h): the result is then a whole
/// multiple of it, at most 255, and gradients pass as if it had not been rounded, but not where it was cut
/// off (the straight-through estimator: Jacob et al., 'Quantization and Training of Neural Networks for
/// Efficient Integer-Arithmetic-Only Inference', CVPR 2018).
torch::Tensor conditioned_activation(const torch::Tensor& input, const torch::Tensor& gain,
                                     const torch::Tensor& shift, const torch::Tensor& skip, float scale = 0);

/// The same by LibTorch's own operators, on any device: what conditioned_activation does where it has no
/// kernel, elsewhere than on the processor.
torch::Tensor activation_by_operators(const torch::Tensor& input, const torch::Tensor& gain,
                                      const torch::Tensor& shift, const torch::Tensor& skip, float scale = 0);

}  // namespace jpegdeblock::training
