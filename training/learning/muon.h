// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace jpegdeblock::training {

/// Muon (Jordan et al., 'Muon: An optimizer for hidden layers in neural networks', 2024): the momentum of a
/// matrix of weights is replaced by the nearest semi-orthogonal matrix, so that all directions are learnt
/// equally fast. Convolutions count as matrices [out, in * 9]; everything else is left to Adam. Steps have
/// the size that Adam's have (Liu et al., 'Muon is Scalable for LLM Training', 2025, section 2.2), so that
/// one learning rate serves both.
class Muon : public torch::optim::Adam {
  public:
    /// matrices: parameters whose first dimension is that of a matrix' rows; others: Adam's.
    Muon(std::vector<torch::Tensor> matrices, const std::vector<torch::Tensor>& others, double learning_rate,
         double momentum);
    torch::Tensor step(LossClosure closure = nullptr) override;

  private:
    void step_matrix(torch::Tensor& parameter, double learning_rate);

    std::vector<torch::Tensor> matrices_;
    double momentum_;
};

/// The semi-orthogonal matrix nearest to `matrix`, roughly: singular values come out within about 0.7..1.2.
torch::Tensor orthogonalize(const torch::Tensor& matrix);

}  // namespace jpegdeblock::training
