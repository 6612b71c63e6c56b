// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/recipe.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include "learning/loss.h"
#include "learning/optimization.h"
#include "network/dncnn_description.h"

namespace jpegdeblock::training {
namespace {

torch::Tensor parameter(const Network& network, const std::string& name) {
    for (const auto& [key, value] : network.parameters())
        if (key == name) return value;
    throw std::runtime_error(name);
}

TEST(RecipeTest, StepsDivideTheLearningRate) {
    Recipe recipe = paper_recipe();
    recipe.drop_steps = 100;
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 0), 0.1);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 99, 0.3), 0.1);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 100, 0.3), 0.01);
    EXPECT_NEAR(learning_rate_at(recipe, 250, 0.9), 0.001, 1e-12);
    recipe.drop_steps = 0;
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 1000000, 0.9), 0.1);
}

TEST(RecipeTest, CosineWarmsUpAndFallsToAHundredth) {
    const Recipe recipe = default_recipe();
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 0), recipe.learning_rate / 300);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 300, 0), recipe.learning_rate);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 5000, 0.5), recipe.learning_rate * 0.505);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 5000, 1.5), recipe.learning_rate * 0.01);
}

TEST(LossTest, IsHalfTheSummedSquareOfResidualsInUnitsOf255) {
    // A network whose residual is 2.55 levels everywhere, where 5.1 would be right: 0.01 is wrong in each of
    // the 100 pixels of a patch.
    const Network network(dncnn_description(4, 3), false, 1);
    {
        torch::NoGradGuard no_gradient;
        parameter(network, "layers.2.weight").zero_();
        parameter(network, "layers.2.bias").fill_(0.01);
    }
    PatchBatch batch{2, 10, std::vector<float>(200, 100.0f), std::vector<float>(200, 105.1f), {}};
    const TensorBatch tensors = to_tensors(batch, network.description());
    const Loss half = compute_loss(LossKind::kHalfSquared, network, tensors);
    EXPECT_NEAR(half.value.item<double>(), 0.5 * 100 * 1e-4, 1e-6);
    const double relative = (2.55 * 2.55 + 0.5) / (5.1 * 5.1 + 0.5);
    EXPECT_NEAR(half.relative.item<double>(), relative, 1e-5);
    const Loss ratio = compute_loss(LossKind::kRelative, network, tensors);
    EXPECT_NEAR(ratio.value.item<double>(), relative, 1e-5);
}

TEST(LossTest, NetworksThatNeedTheTableRefusePatchesWithout) {
    const PatchBatch batch{1, 10, std::vector<float>(100), std::vector<float>(100), {}};
    NetworkDescription description;
    EXPECT_THROW(to_tensors(batch, description), Error);
    description.conditioned = false;
    EXPECT_THROW(to_tensors(batch, description), Error);
    description.phase_bias = false;
    EXPECT_NO_THROW(to_tensors(batch, description));
    description.scale = 4;
    EXPECT_THROW(to_tensors(batch, description), Error);
}

TEST(OptimizationTest, MomentumAccumulatesAndOnlyWeightsOfConvolutionsDecay) {
    const Network network(dncnn_description(4, 3), true, 1);
    const auto optimizer = make_optimizer(paper_recipe(), network);
    for (const auto& [name, value] : network.parameters()) value.mutable_grad() = torch::zeros_like(value);
    const torch::Tensor bias = parameter(network, "layers.0.bias"),
                        weight = parameter(network, "layers.1.weight"),
                        norm = parameter(network, "layers.1.norm.weight");
    const torch::Tensor weight_before = weight.detach().clone();
    bias.mutable_grad().fill_(1);
    set_learning_rate(*optimizer, 0.5);
    optimizer->step();
    EXPECT_NEAR(bias[0].item<double>(), -0.5, 1e-6);
    EXPECT_TRUE(torch::allclose(weight, weight_before * (1 - 0.5 * 1e-4), 1e-6, 0));
    EXPECT_EQ(norm[0].item<double>(), 1);
    optimizer->step();
    EXPECT_NEAR(bias[0].item<double>(), -0.5 - 0.5 * 1.9, 1e-6);
}

TEST(OptimizationTest, ClipsValuesOrTheNorm) {
    const Network network(dncnn_description(4, 3), false, 1);
    double elements = 0;
    for (const auto& [name, value] : network.parameters()) {
        value.mutable_grad() = torch::full_like(value, -3);
        elements += static_cast<double>(value.numel());
    }
    const torch::Tensor bias = parameter(network, "layers.0.bias");
    clip_gradients(paper_recipe(), network);
    EXPECT_FLOAT_EQ(bias.grad()[0].item<float>(), -0.005f);
    for (const auto& [name, value] : network.parameters()) value.mutable_grad().fill_(-3);
    clip_gradients(default_recipe(), network);
    EXPECT_NEAR(bias.grad()[0].item<double>(), -1 / std::sqrt(elements), 1e-6);
}

}  // namespace
}  // namespace jpegdeblock::training
