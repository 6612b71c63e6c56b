// SPDX-License-Identifier: LGPL-2.1-or-later
#include "import/dncnn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>
#include <torch/torch.h>

#include <fstream>

#include "../../support/temporary_folder.h"
#include "import/state_dict.h"
#include "network/network.h"

namespace jpegdeblock::training {
namespace {

using testing::HasSubstr;

constexpr double kEpsilon = 1e-4;

/// A DnCNN in PyTorch's own modules, with random weights and statistics.
torch::nn::Sequential foreign_network(int channels, int depth, bool norm, bool bias) {
    torch::manual_seed(5);
    torch::nn::Sequential network;
    for (int layer = 0; layer < depth; ++layer) {
        const bool last = layer == depth - 1;
        network->push_back(
            torch::nn::Conv2d(torch::nn::Conv2dOptions(layer == 0 ? 1 : channels, last ? 1 : channels, 3)
                                  .padding(1)
                                  .bias(bias)));
        if (norm && layer > 0 && !last) {
            torch::nn::BatchNorm2d module(torch::nn::BatchNorm2dOptions(channels).eps(kEpsilon));
            torch::NoGradGuard no_gradient;
            module->weight.uniform_(0.5, 1.5);
            module->bias.uniform_(-0.2, 0.2);
            module->running_mean.uniform_(-0.2, 0.2);
            module->running_var.uniform_(0.2, 0.6);
            network->push_back(module);
        }
        if (!last) network->push_back(torch::nn::ReLU());
    }
    network->eval();
    return network;
}

/// Its state_dict as LibTorch writes it, read back.
std::map<std::string, Tensor> saved(const torch::nn::Sequential& network, const std::string& prefix) {
    const test::TemporaryFolder folder;
    c10::Dict<std::string, torch::Tensor> dictionary;
    for (const auto& item : network->named_parameters()) dictionary.insert(prefix + item.key(), item.value());
    for (const auto& item : network->named_buffers()) dictionary.insert(prefix + item.key(), item.value());
    const std::vector<char> bytes = torch::pickle_save(dictionary);
    std::ofstream(folder.file("w.pth"), std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return read_state_dict(folder.file("w.pth"));
}

void expect_restores_alike(const torch::nn::Sequential& foreign, const Model& model) {
    torch::NoGradGuard no_gradient;
    validate(model, "the import");
    const torch::Tensor luma = torch::rand({1, 1, 24, 32}) * 255;
    const torch::Tensor expected = luma - foreign.ptr()->forward(luma / 255) * 255;
    Network network(model.network, false, 1);
    network.load(model);
    const torch::Tensor restored = luma + network.forward(luma, {});
    EXPECT_GT((expected - luma).abs().max().item<float>(), 1);
    EXPECT_LT((expected - restored).abs().max().item<float>(), 0.01);
}

std::string failure(const std::map<std::string, Tensor>& tensors) {
    try {
        import_dncnn(tensors, {});
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
        return error.what();
    }
    return "no error";
}

TEST(DncnnImportTest, RestoresWhatTheForeignNetworkRestores) {
    const auto network = foreign_network(8, 5, false, true);
    const Model model = import_dncnn(saved(network, "model."), {});
    EXPECT_EQ(model.network.depth, 5);
    EXPECT_EQ(model.network.channels, 8);
    EXPECT_EQ(model.network.range, LumaRange::kFull);
    expect_restores_alike(network, model);
}

TEST(DncnnImportTest, FoldsBatchNormalisationAndNeedsNoBiases) {
    for (const bool bias : {false, true}) {
        const auto network = foreign_network(6, 4, true, bias);
        expect_restores_alike(network,
                              import_dncnn(saved(network, "module.dncnn."), {.norm_epsilon = kEpsilon}));
    }
}

TEST(DncnnImportTest, TheSignAndTheRangeCanBeChosen) {
    const auto tensors = saved(foreign_network(4, 3, false, true), "model.");
    const Model subtracted = import_dncnn(tensors, {});
    const Model added = import_dncnn(tensors, {.output_is_added = true, .range = LumaRange::kLimited});
    EXPECT_EQ(added.network.range, LumaRange::kLimited);
    EXPECT_EQ(added.tensor("layers.2.weight").as<float>()[5],
              -subtracted.tensor("layers.2.weight").as<float>()[5]);
    EXPECT_EQ(added.tensor("layers.2.bias").as<float>()[0],
              -subtracted.tensor("layers.2.bias").as<float>()[0]);
    EXPECT_EQ(added.tensor("layers.1.weight").as<float>()[5],
              subtracted.tensor("layers.1.weight").as<float>()[5]);
}

TEST(DncnnImportTest, RefusesOtherNetworks) {
    const auto good = saved(foreign_network(4, 4, true, true), "model.");
    ASSERT_EQ(failure(good), "no error");

    auto tensors = good;
    tensors["model.0.weight"] = make_tensor(DataType::kF32, {4, 3, 3, 3});  // Colour.
    EXPECT_THAT(failure(tensors), HasSubstr("[4, 3, 3, 3]"));

    tensors = good;
    tensors["model.2.weight"] = make_tensor(DataType::kF32, {4, 4, 5, 5});
    EXPECT_THAT(failure(tensors), HasSubstr("layer 2"));

    tensors = good;
    tensors.erase("model.3.running_var");
    EXPECT_THAT(failure(tensors), HasSubstr("running_var"));

    tensors = good;
    tensors["model.2.bias"] = make_tensor(DataType::kF32, {5});
    EXPECT_THAT(failure(tensors), HasSubstr("layer 2"));

    tensors = good;
    tensors["head.0.weight"] = tensors.at("model.0.weight");
    EXPECT_THAT(failure(tensors), HasSubstr("model.0"));

    tensors = good;
    tensors["model.body.weight"] = tensors.at("model.0.weight");
    EXPECT_THAT(failure(tensors), HasSubstr("model.body.weight"));

    EXPECT_THAT(failure({{"model.0.weight", make_tensor(DataType::kF32, {1, 1, 3, 3})}}),
                HasSubstr("1 convolutions"));
    EXPECT_THAT(failure({{"fc.0.weight", make_tensor(DataType::kF32, {4, 4})}}), HasSubstr("layer 0"));
    EXPECT_THAT(failure({{"fc", make_tensor(DataType::kF32, {4, 4})}}), HasSubstr("'fc'"));
}

}  // namespace
}  // namespace jpegdeblock::training
