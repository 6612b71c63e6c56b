// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/growth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "network/network.h"

namespace jpegdeblock::training {
namespace {

NetworkDescription grid(int channels, int depth) {
    NetworkDescription description;
    description.channels = channels;
    description.depth = depth;
    return description;
}

NetworkDescription dncnn(int channels, int depth) {
    NetworkDescription description = grid(channels, depth);
    description.architecture = Architecture::kDncnn;
    description.scale = 1;
    description.conditioned = false;
    description.phase_bias = false;
    description.skip_interval = 0;
    return description;
}

// With weights that training would have moved away from their start.
Model trained(const NetworkDescription& description) {
    Network network(description, false, 1);
    torch::NoGradGuard no_gradient;
    torch::manual_seed(2);
    for (const auto& [name, value] : network.parameters()) value.add_(torch::randn_like(value) * 0.05);
    return network.export_model("small", {});
}

torch::Tensor residual(const Model& model) {
    Network network(model.network, false, 3);
    network.load(model);
    torch::NoGradGuard no_gradient;
    torch::manual_seed(4);
    return network.forward(torch::rand({1, 1, 40, 48}) * 255, torch::full({1, 64}, 17.0f));
}

torch::Tensor noise_of_history() {
    torch::manual_seed(6);
    return torch::rand({1, 1, 40, 48}) - 0.5;
}

void expect_same_function(const NetworkDescription& small, const NetworkDescription& large) {
    const Model before = trained(small), after = grow(before, large, 5);
    EXPECT_NO_THROW(validate(after, "the grown model"));
    const torch::Tensor expected = residual(before);
    EXPECT_GT(expected.abs().max().item<float>(), 0.1f);
    EXPECT_LT((residual(after) - expected).abs().max().item<float>(),
              1e-4f * expected.abs().max().item<float>());
}

TEST(NetworkGrowthTest, RefusesWhatDoesNotFit) {
    const Model model = trained(grid(8, 6));
    NetworkDescription other_scale = grid(8, 6), no_skips = grid(16, 6);
    other_scale.scale = 1;
    no_skips.skip_interval = 0;
    for (const NetworkDescription& description :
         {grid(4, 6), grid(8, 4), grid(8, 7), other_scale, no_skips, dncnn(8, 6)})
        try {
            grow(model, description, 1);
            FAIL() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
            EXPECT_THAT(error.what(), testing::HasSubstr("'small'"));
        }
    // A skip ends in hidden layers 2, 4, ...: nothing can be added after layer 3.
    EXPECT_THROW(grow(trained(grid(8, 5)), grid(8, 7), 1), Error);
}

TEST(NetworkGrowthTest, WiderGridNetworkComputesTheSame) {
    NetworkDescription large = grid(24, 6);
    large.condition_width = 80;
    expect_same_function(grid(8, 6), large);
}

TEST(NetworkGrowthTest, DeeperGridNetworkComputesTheSame) {
    expect_same_function(grid(8, 6), grid(8, 10));
}

TEST(NetworkGrowthTest, WiderAndDeeperDncnnComputesTheSame) {
    expect_same_function(dncnn(6, 4), dncnn(16, 9));
}

// The weights beside the identity of a network that was grown.
NamedTensors beside_identity(const Model& small, const NetworkDescription& large) {
    Network network(large, false, 1, 0, true);
    network.load(grow(small, large, 5, true));
    torch::NoGradGuard no_gradient;
    torch::manual_seed(4);
    const torch::Tensor expected = residual(small);
    torch::manual_seed(4);
    const torch::Tensor actual = network.forward(torch::rand({1, 1, 40, 48}) * 255, {});
    EXPECT_LT((actual - expected).abs().max().item<float>(), 1e-4f * expected.abs().max().item<float>());
    return network.parameters();
}

TEST(NetworkGrowthTest, NewLayersBesideAnIdentityBranchStartAtNothing) {
    const std::set<std::string> added = {"layers.3.weight", "layers.5.weight", "layers.7.weight"};
    for (const auto& [name, value] : beside_identity(trained(dncnn(8, 4)), dncnn(8, 9))) {
        if (!added.contains(name)) continue;
        EXPECT_EQ(value.abs().max().item<float>(), 0.0f) << name;
    }
}

TEST(NetworkGrowthTest, NewChannelsBesideAnIdentityBranchStartNearTheIdentity) {
    for (const auto& [name, value] : beside_identity(trained(dncnn(6, 4)), dncnn(16, 9))) {
        if (!name.ends_with(".weight") || name == "layers.0.weight" || name == "layers.8.weight") continue;
        const torch::Tensor added = value.slice(0, 6, 16);
        EXPECT_LT(added.abs().max().item<float>(), 0.3f) << name;
        EXPECT_NEAR(added.std().item<float>(), std::sqrt(2.0 / (9 * 16)) / 3, 0.01) << name;
    }
}

TEST(NetworkGrowthTest, NewPartsLearn) {
    const NetworkDescription large = grid(16, 8);
    Network network(large, false, 1);
    network.load(grow(trained(grid(8, 6)), large, 5));
    network.forward(torch::rand({1, 1, 32, 32}) * 255, torch::full({1, 64}, 17.0f)).pow(2).mean().backward();
    for (const auto& [name, value] : network.parameters()) {
        if (name != "layers.6.weight" && name != "layers.7.weight") continue;
        EXPECT_GT(value.grad().slice(1, 8, 16).abs().max().item<float>(), 0) << name;
    }
}

TEST(NetworkGrowthTest, ATemporalNetworkBeginsWithoutRegardToTheHistory) {
    NetworkDescription temporal = grid(8, 4);
    temporal.temporal = true;
    expect_same_function(grid(8, 4), temporal);
    const Model grown = grow(trained(grid(8, 4)), temporal, 5);
    Network network(temporal, false, 3);
    network.load(grown);
    torch::NoGradGuard no_gradient;
    const torch::Tensor luma = torch::rand({1, 1, 40, 48}) * 255, steps = torch::full({1, 64}, 17.0f);
    EXPECT_TRUE(torch::equal(network.forward(luma, steps, noise_of_history()), network.forward(luma, steps)));
    EXPECT_THROW(grow(grown, grid(8, 4), 5), Error);
}

}  // namespace
}  // namespace jpegdeblock::training
