// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/conditioned_activation.h"

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

TEST_P(ConditionedActivationTest, RoundsToBfloat16ButComputesInSingle) {
    const auto [channels, with_skip] = GetParam();
    torch::manual_seed(2);
    const auto make = [&](std::vector<int64_t> shape, torch::ScalarType type) {
        return torch::randn(shape).to(type).requires_grad_();
    };
    const std::vector<int64_t> image = {2, channels, 5, 7};
    const torch::Tensor gain = make({2, channels}, torch::kFloat), shift = make({2, channels}, torch::kFloat);
    const torch::Tensor input = make(image, torch::kBFloat16),
                        weight = torch::randn(image).to(torch::kBFloat16);
    const torch::Tensor skip = with_skip ? make(image, torch::kBFloat16) : torch::Tensor();
    std::vector<torch::Tensor> arguments = {input, gain, shift};
    if (with_skip) arguments.push_back(skip);

    const torch::Tensor expected =
        plain(input.to(torch::kFloat), gain, shift, with_skip ? skip.to(torch::kFloat) : skip);
    const auto expected_gradients =
        torch::autograd::grad({(expected * weight.to(torch::kFloat)).sum()}, arguments);
    const torch::Tensor actual = conditioned_activation(input, gain, shift, skip);
    const auto gradients = torch::autograd::grad({(actual * weight).sum()}, arguments);

    EXPECT_EQ(actual.scalar_type(), torch::kBFloat16);
    EXPECT_TRUE(torch::allclose(actual.to(torch::kFloat), expected, 1e-2, 1e-3));
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        EXPECT_EQ(gradients[i].scalar_type(), arguments[i].scalar_type()) << "argument " << i;
        EXPECT_TRUE(torch::allclose(gradients[i].to(torch::kFloat), expected_gradients[i].to(torch::kFloat),
                                    1e-2, 1e-3))
            << "argument " << i;
    }
}

TEST_P(ConditionedActivationTest, RoundsAsInt8DoesAndPassesGradientsStraightThrough) {
    const auto [channels, with_skip] = GetParam();
    constexpr float kScale = 1.0f / 128;  // Of which bfloat16 holds all multiples up to 255.
    for (const torch::ScalarType type : {torch::kFloat, torch::kBFloat16}) {
        torch::manual_seed(3);
        const auto make = [&](std::vector<int64_t> shape, torch::ScalarType as) {
            return (torch::randn(shape) * 1.5).to(as).requires_grad_();
        };
        const std::vector<int64_t> image = {2, channels, 6, 5};
        const torch::Tensor gain = make({2, channels}, torch::kFloat),
                            shift = make({2, channels}, torch::kFloat);
        const torch::Tensor input = make(image, type), skip = with_skip ? make(image, type) : torch::Tensor();
        const torch::Tensor weight = torch::randn(image).to(type);
        const auto as_float = [](const torch::Tensor& any) {
            return any.defined() ? any.to(torch::kFloat) : any;
        };

        const torch::Tensor sum = plain(as_float(input), gain, shift, as_float(skip));
        const torch::Tensor expected = torch::clamp(torch::round(sum / kScale), 0, 255) * kScale;
        const auto expected_gradients = torch::autograd::grad(
            {(torch::clamp(sum, 0, 254.5f * kScale) * as_float(weight)).sum()}, {input, gain, shift});
        const torch::Tensor actual = conditioned_activation(input, gain, shift, skip, kScale);
        const auto gradients = torch::autograd::grad({(actual * weight).sum()}, {input, gain, shift});

        EXPECT_GT(sum.max().item<float>(), 256 * kScale);
        EXPECT_LT((as_float(actual) - expected).abs().max().item<float>(), 1e-5f);
        EXPECT_EQ(as_float(actual).gt(0).sum().item<int64_t>(), sum.gt(0).sum().item<int64_t>());
        for (std::size_t i = 0; i < gradients.size(); ++i)
            EXPECT_TRUE(torch::allclose(as_float(gradients[i]), as_float(expected_gradients[i]), 1e-2, 1e-3))
                << "argument " << i;
    }
}

// As computed on devices that the kernel is not for.
TEST_P(ConditionedActivationTest, ByOperatorsIsTheSame) {
    const auto [channels, with_skip] = GetParam();
    for (const torch::ScalarType type : {torch::kFloat, torch::kBFloat16})
        for (const float scale : {0.0f, 1.0f / 128}) {
            torch::manual_seed(4);
            const auto make = [&](std::vector<int64_t> shape, torch::ScalarType as) {
                return (torch::randn(shape) * 1.5).to(as).requires_grad_();
            };
            const std::vector<int64_t> image = {2, channels, 6, 5};
            const torch::Tensor input = make(image, type), gain = make({2, channels}, torch::kFloat),
                                shift = make({2, channels}, torch::kFloat),
                                skip = with_skip ? make(image, type) : torch::Tensor();
            const torch::Tensor weight = torch::randn(image).to(type);
            std::vector<torch::Tensor> arguments = {input, gain, shift};
            if (with_skip) arguments.push_back(skip);
            const torch::Tensor expected = conditioned_activation(input, gain, shift, skip, scale),
                                actual = activation_by_operators(input, gain, shift, skip, scale);
            EXPECT_EQ(actual.scalar_type(), type);
            EXPECT_TRUE(torch::allclose(actual.to(torch::kFloat), expected.to(torch::kFloat), 1e-2, 1e-3));
            const auto expected_gradients = torch::autograd::grad({(expected * weight).sum()}, arguments),
                       gradients = torch::autograd::grad({(actual * weight).sum()}, arguments);
            for (std::size_t i = 0; i < arguments.size(); ++i)
                EXPECT_TRUE(torch::allclose(gradients[i].to(torch::kFloat),
                                            expected_gradients[i].to(torch::kFloat), 2e-2, 1e-2))
                    << "argument " << i;
        }
}

INSTANTIATE_TEST_SUITE_P(Channels, ConditionedActivationTest,
                         testing::Combine(testing::Values(1, 3, 16, 33), testing::Bool()));

}  // namespace
}  // namespace jpegdeblock::training
