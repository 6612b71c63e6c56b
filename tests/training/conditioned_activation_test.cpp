// SPDX-License-Identifier: LGPL-2.1-or-later
#include "conditioned_activation.h"

#include <gtest/gtest.h>

namespace jpegdeblock::training {
namespace {

torch::Tensor plain(const torch::Tensor& input, const torch::Tensor& gain, const torch::Tensor& shift,
                    const torch::Tensor& skip) {
    torch::Tensor sum = input * gain.view({gain.size(0), gain.size(1), 1, 1}) +
                        shift.view({shift.size(0), shift.size(1), 1, 1});
    return torch::relu(skip.defined() ? sum + skip : sum);
}

class ConditionedActivationTest : public testing::TestWithParam<std::tuple<int, bool>> {};

TEST_P(ConditionedActivationTest, EqualsThePlainOperatorsForwardAndBackward) {
    const auto [channels, with_skip] = GetParam();
    torch::manual_seed(1);
    const auto make = [&](std::vector<int64_t> shape) { return torch::randn(shape).requires_grad_(); };
    const torch::Tensor input = make({3, channels, 6, 5}), gain = make({3, channels}),
                        shift = make({3, channels});
    const torch::Tensor skip = with_skip ? make({3, channels, 6, 5}) : torch::Tensor();
    const torch::Tensor weight = torch::randn({3, channels, 6, 5});
    std::vector<torch::Tensor> arguments = {input, gain, shift};
    if (with_skip) arguments.push_back(skip);

    const torch::Tensor expected = plain(input, gain, shift, skip);
    const auto expected_gradients = torch::autograd::grad({(expected * weight).sum()}, arguments);
    const torch::Tensor actual = conditioned_activation(input, gain, shift, skip);
    const auto gradients = torch::autograd::grad({(actual * weight).sum()}, arguments);

    EXPECT_TRUE(torch::allclose(actual, expected, 1e-5, 1e-6));
    for (std::size_t i = 0; i < arguments.size(); ++i)
        EXPECT_TRUE(torch::allclose(gradients[i], expected_gradients[i], 1e-4, 1e-4)) << "argument " << i;
}

INSTANTIATE_TEST_SUITE_P(Channels, ConditionedActivationTest,
                         testing::Combine(testing::Values(1, 3, 16, 33), testing::Bool()));

}  // namespace
}  // namespace jpegdeblock::training
