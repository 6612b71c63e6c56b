// SPDX-License-Identifier: LGPL-2.1-or-later
#include "test_models.h"

#include <glib.h>

#include <cmath>
#include <memory>
#include <random>
#include <vector>

namespace jpegdeblock_test {
namespace {

using jpegdeblock::DataType;
using jpegdeblock::Model;
using jpegdeblock::Tensor;

std::unique_ptr<TemporaryFolder> installed;

Tensor random_tensor(std::vector<std::int64_t> shape, double deviation, std::mt19937& generator) {
    Tensor tensor = jpegdeblock::make_tensor(DataType::kF32, std::move(shape));
    std::normal_distribution<float> normal(0.0f, static_cast<float>(deviation));
    float* value = tensor.as<float>();
    for (std::int64_t i = 0; i < tensor.elements(); ++i) {
        value[i] = normal(generator);
    }
    return tensor;
}

}  // namespace

Model random_model(const std::string& name, std::uint32_t seed, int channels, int depth, bool temporal) {
    std::mt19937 generator(seed);
    Model model;
    model.name = name;
    model.network.channels = channels;
    model.network.depth = depth;
    model.network.temporal = temporal;
    model.network.skip_interval = 0;
    model.network.condition_width = 8;
    const jpegdeblock::NetworkDescription& network = model.network;
    for (int layer = 0; layer < network.depth; ++layer) {
        const int in = input_channels(network, layer);
        const int out = output_channels(network, layer);
        const double gain = layer == network.depth - 1 ? 0.1 : 1.0;
        const std::string prefix = "layers." + std::to_string(layer) + ".";
        model.tensors[prefix + "weight"] =
            random_tensor({out, in, 3, 3}, gain * std::sqrt(2.0 / (9.0 * in)), generator);
        model.tensors[prefix + "bias"] = random_tensor({out}, 0.02, generator);
    }
    const int period = 8 / network.scale;
    model.tensors["phase_bias"] = random_tensor({network.channels, period, period}, 0.1, generator);
    const int conditioned = 2 * network.channels * (network.depth - 1);
    model.tensors["condition.0.weight"] = random_tensor({network.condition_width, 64}, 0.05, generator);
    model.tensors["condition.0.bias"] = random_tensor({network.condition_width}, 0.05, generator);
    model.tensors["condition.1.weight"] =
        random_tensor({conditioned, network.condition_width}, 0.05, generator);
    model.tensors["condition.1.bias"] = random_tensor({conditioned}, 0.05, generator);
    return model;
}

void install_test_models() {
    installed = std::make_unique<TemporaryFolder>();
    std::uint32_t seed = 1;
    for (const char* name : {"balanced", "other", "chroma"}) {
        save_model(test_model(name), random_model(name, seed++));
    }
    save_model(test_model("temporal"), random_model("temporal", seed, 8, 3, true));
    g_setenv("JPEGDEBLOCK_MODEL_PATH", installed->file("").c_str(), TRUE);
}

std::string test_model(const std::string& name) {
    return installed->file(name + ".safetensors");
}

}  // namespace jpegdeblock_test
