// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/network.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cstring>

#include "../../support/drawn_pictures.h"
#include "engine/engine.h"
#include "network/dncnn_description.h"
#include "network/int8_calibration.h"

namespace jpegdeblock::training {
namespace {

torch::Tensor steps_of(const QuantizationTable& table) {
    torch::Tensor steps = torch::empty({1, 64});
    for (std::size_t i = 0; i < 64; ++i) steps.data_ptr<float>()[i] = table.step[i];
    return steps;
}

// Makes every part of the network count: weights that training would have moved away from their start.
void disturb(const Network& network) {
    torch::NoGradGuard no_gradient;
    torch::manual_seed(3);
    for (const auto& [name, value] : network.parameters()) value.add_(torch::randn_like(value) * 0.05);
    for (const auto& [name, value] : network.buffers()) value.add_(torch::rand_like(value) * 0.5);
}

float worst_difference(const Network& network, const Model& model) {
    const LumaImage picture = draw_picture(56, 40, 4);
    const QuantizationTable table = ijg_luma_table(25);
    torch::NoGradGuard no_gradient;
    const torch::Tensor luma =
        torch::from_blob(const_cast<std::uint8_t*>(picture.samples.data()), {1, 1, 40, 56}, torch::kByte)
            .to(torch::kFloat);
    const torch::Tensor expected = network.forward(luma, steps_of(table)).contiguous();
    Engine engine(std::make_shared<Model>(model), Precision::kF32, make_workers(1));
    torch::Tensor actual = torch::empty_like(expected);
    engine.run(picture.view(), {}, table, actual.data_ptr<float>(), 56);
    EXPECT_GT(expected.abs().max().item<float>(), 0.1f);
    return (actual - expected).abs().max().item<float>();
}

TEST(NetworkTest, GridNetworkEqualsTheEngine) {
    for (const int scale : {1, 2, 4}) {
        NetworkDescription description;
        description.scale = scale;
        description.channels = 12;
        description.depth = 6;
        Network network(description, false, 1);
        disturb(network);
        EXPECT_LT(worst_difference(network, network.export_model("test", {})), 5e-3f) << "scale " << scale;
    }
}

TEST(NetworkTest, LinearBlocksAreFoldedIntoTheModel) {
    NetworkDescription description;
    description.channels = 8;
    description.depth = 5;
    Network network(description, false, 1, 24);
    disturb(network);
    const Model model = network.export_model("test", {});
    EXPECT_EQ(model.tensors.count("layers.1.expand") + model.tensors.count("layers.1.project"), 0u);
    EXPECT_LT(worst_difference(network, model), 5e-3f);

    Network other(description, false, 2, 24);
    other.load(model);
    EXPECT_LT(worst_difference(other, model), 5e-3f);
}

TEST(NetworkTest, UnconditionedGridNetworkEqualsTheEngine) {
    NetworkDescription description;
    description.channels = 8;
    description.depth = 5;
    description.conditioned = false;
    description.phase_bias = false;
    description.skip_interval = 0;
    Network network(description, false, 1);
    disturb(network);
    EXPECT_LT(worst_difference(network, network.export_model("test", {})), 1e-3f);
}

TEST(NetworkTest, BatchNormalisationIsFoldedOnExport) {
    Network network(dncnn_description(8, 5), true, 1);
    disturb(network);
    network.set_training(false);
    const Model model = network.export_model("test", {});
    EXPECT_NO_THROW(validate(model, "the export"));
    EXPECT_LT(worst_difference(network, model), 1e-2f);
}

TEST(NetworkTest, IdentityBranchIsForPlainStacksAlone) {
    EXPECT_THROW(Network(NetworkDescription(), false, 1, 0, true), Error);
    EXPECT_THROW(Network(dncnn_description(8, 5), true, 1, 0, true), Error);
}

TEST(NetworkTest, IdentityBranchIsFoldedIntoTheModel) {
    for (const int expansion : {0, 24}) {
        Network network(dncnn_description(8, 7), false, 1, expansion, true);
        disturb(network);
        const Model model = network.export_model("test", {});
        EXPECT_NO_THROW(validate(model, "the export"));
        EXPECT_LT(worst_difference(network, model), 1e-3f) << expansion;

        Network other(dncnn_description(8, 7), false, 2, expansion, true);
        other.load(model);
        EXPECT_LT(worst_difference(other, model), 1e-3f) << expansion;
        // The same model without a branch, as it runs.
        Network plain(dncnn_description(8, 7), false, 2);
        plain.load(model);
        EXPECT_LT(worst_difference(plain, model), 1e-3f) << expansion;
    }
}

TEST(NetworkTest, IdentityBranchStartsNearTheIdentity) {
    const Network network(dncnn_description(8, 20), false, 1, 0, true);
    torch::NoGradGuard no_gradient;
    const torch::Tensor luma = torch::rand({1, 1, 32, 32}) * 255;
    EXPECT_EQ(network.forward(luma, {}).abs().max().item<float>(), 0.0f);
    // Each hidden layer doubles at most; without the branch 20 layers of a third of He's weights leave
    // nothing.
    const Model model = network.export_model("test", {});
    const Tensor& weight = model.tensor("layers.9.weight");
    for (int o = 0; o < 8; ++o) EXPECT_NEAR(weight.as<float>()[(o * 8 + o) * 9 + 4], 1.0f, 0.3f);
}

TEST(NetworkTest, IdentityBranchStaysCloseInBfloat16) {
    Network network(dncnn_description(16, 12), false, 1, 0, true);
    {
        torch::NoGradGuard no_gradient;
        torch::manual_seed(3);
        for (const auto& [name, value] : network.parameters()) value.add_(torch::randn_like(value) * 0.01);
    }
    torch::NoGradGuard no_gradient;
    const torch::Tensor luma = torch::rand({2, 1, 32, 32}) * 255;
    const torch::Tensor f32 = network.forward(luma, {});
    network.set_bfloat16(true);
    const torch::Tensor bf16 = network.forward(luma, {});
    EXPECT_LT((f32 - bf16).abs().max().item<float>(), 0.05f * f32.abs().max().item<float>());
    EXPECT_GT((f32 - bf16).abs().max().item<float>(), 0);
}

TEST(NetworkTest, Bfloat16StaysClose) {
    NetworkDescription description;
    description.channels = 16;
    description.depth = 6;
    Network network(description, false, 1);
    disturb(network);
    torch::NoGradGuard no_gradient;
    const torch::Tensor luma = torch::rand({2, 1, 32, 32}) * 255, steps = torch::full({2, 64}, 20.0f);
    const torch::Tensor f32 = network.forward(luma, steps);
    network.set_bfloat16(true);
    const torch::Tensor bf16 = network.forward(luma, steps);
    EXPECT_LT((f32 - bf16).abs().max().item<float>(), 0.05f * f32.abs().max().item<float>());
    EXPECT_GT((f32 - bf16).abs().max().item<float>(), 0);
}

void expect_rounding_as_the_reference(Network network) {
    const Model model = network.export_model("test", {});
    const QuantizationTable table = ijg_luma_table(20);
    LumaImage picture = draw_picture(64, 48, 5);
    const torch::Tensor luma =
        torch::from_blob(picture.samples.data(), {1, 1, 48, 64}, torch::kByte).to(torch::kFloat);
    Int8Parameters int8 = calibrate_int8(model, {{table, luma}});
    for (torch::Tensor& correction : int8.bias_correction) correction.zero_();  // What training does without.

    torch::NoGradGuard no_gradient;
    const torch::Tensor reference = evaluate_layers(model, table, {luma}, &int8);
    const auto distance = [&] {
        return (network.forward(luma, steps_of(table)) - reference).square().mean().item<float>();
    };
    const float unrounded = distance();
    network.set_activation_scales(int8.activation_scale);
    // What is left is that floats fall to the other side of a half here and there.
    EXPECT_LT(distance(), 0.05f * unrounded);
    network.set_activation_scales({});
    EXPECT_EQ(distance(), unrounded);
}

TEST(NetworkTest, TrainingForInt8RoundsActivationsAsTheReferenceDoes) {
    NetworkDescription description;
    description.channels = 16;
    description.depth = 6;
    Network grid(description, false, 1), identity_branch(dncnn_description(16, 6), false, 1, 0, true);
    disturb(grid);
    disturb(identity_branch);
    expect_rounding_as_the_reference(grid);
    expect_rounding_as_the_reference(identity_branch);
}

TEST(NetworkTest, ActivationScalesThatDoNotFitAreRefused) {
    NetworkDescription description;
    description.channels = 8;
    description.depth = 4;
    Network network(description, false, 1);
    EXPECT_THROW(network.set_activation_scales({0.1, 0.1}), Error);
    EXPECT_NO_THROW(network.set_activation_scales({0.1, 0.1, 0.1}));
    Network normalized(dncnn_description(8, 4), true, 1);
    EXPECT_THROW(normalized.set_activation_scales({0.1, 0.1, 0.1}), Error);
}

TEST(NetworkTest, LoadRestoresAnExportAndRefusesAnotherShape) {
    NetworkDescription description;
    description.channels = 8;
    description.depth = 4;
    Network network(description, false, 1), other(description, false, 2);
    const Model model = network.export_model("test", {});
    other.load(model);
    for (std::size_t i = 0; i < network.parameters().size(); ++i)
        EXPECT_TRUE(torch::equal(network.parameters()[i].second, other.parameters()[i].second));
    description.depth = 5;
    Network deeper(description, false, 1);
    EXPECT_THROW(deeper.load(model), Error);
}

}  // namespace
}  // namespace jpegdeblock::training
