// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/muon.h"

#include <gtest/gtest.h>

#include <sstream>

namespace jpegdeblock::training {
namespace {

TEST(MuonTest, OrthogonalizeEvensOutSingularValues) {
    torch::manual_seed(1);
    const torch::Tensor matrix = torch::randn({16, 144});
    const torch::Tensor result = orthogonalize(matrix);
    const torch::Tensor values = std::get<1>(torch::svd(result));
    EXPECT_GT(values.min().item<float>(), 0.6f);
    EXPECT_LT(values.max().item<float>(), 1.3f);
    // The singular vectors stay: matrix * result^T is symmetric.
    const torch::Tensor product = torch::mm(matrix, result.t());
    EXPECT_LT((product - product.t()).abs().max().item<float>(), 1e-3f * product.abs().max().item<float>());
}

TEST(MuonTest, ZeroGradientMovesNothing) {
    EXPECT_EQ(orthogonalize(torch::zeros({4, 36})).abs().max().item<float>(), 0.0f);
}

TEST(MuonTest, FindsTheMinimumOfMatricesAndOthers) {
    torch::manual_seed(2);
    torch::Tensor hidden = torch::randn({4, 4, 3, 3}).requires_grad_(),
                  bias = torch::randn({4}).requires_grad_();
    Muon optimizer({hidden}, {bias}, 0.1, 0.9);
    for (int i = 0; i < 400; ++i) {
        static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options())
            .set_lr(0.1 * (1 - i / 400.0));
        optimizer.zero_grad();
        ((hidden - 1).pow(2).sum() + (bias - 2).pow(2).sum()).backward();
        optimizer.step();
    }
    EXPECT_LT((hidden - 1).abs().max().item<float>(), 0.05f);
    EXPECT_LT((bias - 2).abs().max().item<float>(), 0.05f);
}

TEST(MuonTest, SavedStateContinuesAlike) {
    torch::manual_seed(3);
    torch::Tensor first = torch::randn({4, 4, 3, 3}), second = first.clone();
    first.requires_grad_();
    second.requires_grad_();
    Muon one({first}, {}, 0.01, 0.9), other({second}, {}, 0.01, 0.9);
    const auto step = [](Muon& optimizer, torch::Tensor& weight) {
        optimizer.zero_grad();
        weight.pow(4).sum().backward();
        optimizer.step();
    };
    step(one, first);
    step(one, first);
    std::stringstream saved;
    torch::save(static_cast<torch::optim::Optimizer&>(one), saved);
    {
        torch::NoGradGuard no_gradient;
        second.copy_(first);
    }
    torch::load(static_cast<torch::optim::Optimizer&>(other), saved);
    step(one, first);
    step(other, second);
    EXPECT_TRUE(torch::equal(first, second));
}

}  // namespace
}  // namespace jpegdeblock::training
