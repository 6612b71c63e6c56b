// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>
#include "model/safetensors.h"

namespace jpegdeblock::training {

/// A copy of LibTorch's tensor, of any type and layout, as the library's: f32 in row-major order.
jpegdeblock::Tensor to_library_tensor(const torch::Tensor& tensor);

/// A copy of the library's f32 tensor as LibTorch's.
torch::Tensor to_torch_tensor(const jpegdeblock::Tensor& tensor);

}  // namespace jpegdeblock::training
