// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/muon.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace jpegdeblock::training {
namespace {

using torch::Tensor;

std::vector<Tensor> joined(std::vector<Tensor> first, const std::vector<Tensor>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// a * b, [rows, inner] by [inner, columns] or, transposed, [columns, inner]. On the processor by oneDNN,
/// because the BLAS that LibTorch finds may be the reference implementation, which takes longer than the
/// whole network.
Tensor product(const Tensor& a, const Tensor& b, bool transposed) {
    if (!a.is_cpu()) return torch::mm(a, transposed ? b.t() : b);
    const int64_t rows = a.size(0), inner = a.size(1), columns = b.size(transposed ? 0 : 1);
    Tensor result = torch::empty({rows, columns});
    const auto status = dnnl::sgemm('N', transposed ? 'T' : 'N', rows, columns, inner, 1.0f,
                                    a.data_ptr<float>(), inner, b.data_ptr<float>(),
                                    transposed ? inner : columns, 0.0f, result.data_ptr<float>(), columns);
    TORCH_CHECK(status == dnnl::status::success, "oneDNN cannot multiply matrices of ", rows, "x", inner, "x",
                columns);
    return result;
}

/// The key of a parameter's state in an optimizer: LibTorch 2 takes the address, 1 writes it out.
template <typename Key>
Key state_key(torch::TensorImpl* parameter) {
    if constexpr (std::is_same_v<Key, std::string>) {
        std::ostringstream address;
        address << parameter;
        return address.str();
    } else {
        return parameter;
    }
}

}  // namespace

Tensor orthogonalize(const Tensor& matrix) {
    constexpr int kIterations = 5;
    constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;  // Jordan et al.
    Tensor x = (matrix / (matrix.norm() + 1e-7)).contiguous();
    for (int i = 0; i < kIterations; ++i) {
        const Tensor square = product(x, x, true);
        x = kA * x + product(kB * square + kC * product(square, square, false), x, false);
    }
    return x;
}

Muon::Muon(std::vector<Tensor> matrices, const std::vector<Tensor>& others, double learning_rate,
           double momentum)
    : Adam(joined(matrices, others), torch::optim::AdamOptions(learning_rate)),
      matrices_(std::move(matrices)),
      momentum_(momentum) {}

Tensor Muon::step(LossClosure closure) {
    torch::NoGradGuard no_gradient;
    const double learning_rate = param_groups()[0].options().get_lr();
    for (Tensor& matrix : matrices_) {
        if (!matrix.grad().defined()) continue;
        step_matrix(matrix, learning_rate);
        matrix.mutable_grad() = Tensor();  // Adam passes over it.
    }
    return Adam::step(std::move(closure));
}

void Muon::step_matrix(Tensor& parameter, double learning_rate) {
    // Kept in Adam's state, which knows how to be saved.
    auto& state = state_[state_key<decltype(state_)::key_type>(parameter.unsafeGetTensorImpl())];
    if (state == nullptr) {
        auto fresh = std::make_unique<torch::optim::AdamParamState>();
        fresh->exp_avg(torch::zeros_like(parameter));
        fresh->exp_avg_sq(torch::zeros({1}));
        state = std::move(fresh);
    }
    auto& own = static_cast<torch::optim::AdamParamState&>(*state);
    own.step(own.step() + 1);
    Tensor& average = own.exp_avg();
    average.lerp_(parameter.grad(), 1 - momentum_);
    const Tensor nesterov = parameter.grad().lerp(average, momentum_);
    const Tensor matrix = nesterov.reshape({parameter.size(0), -1});
    const double size = 0.2 * std::sqrt(static_cast<double>(std::max(matrix.size(0), matrix.size(1))));
    parameter.add_(orthogonalize(matrix).view(parameter.sizes()), -learning_rate * size);
}

}  // namespace jpegdeblock::training
