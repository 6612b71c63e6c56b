// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/tensor_conversion.h"

#include <cstring>

namespace jpegdeblock::training {

jpegdeblock::Tensor to_library_tensor(const torch::Tensor& tensor) {
    const torch::Tensor source = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
    jpegdeblock::Tensor result = make_tensor(DataType::kF32, {source.sizes().begin(), source.sizes().end()});
    std::memcpy(result.data.data(), source.data_ptr<float>(), result.data.size());
    return result;
}

torch::Tensor to_torch_tensor(const jpegdeblock::Tensor& tensor) {
    return torch::from_blob(const_cast<float*>(tensor.as<float>()), tensor.shape, torch::kFloat).clone();
}

}  // namespace jpegdeblock::training
