// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sample_networks.h"

#include <utility>

namespace jpegdeblock::test {

Model sample_model(const NetworkDescription& network) {
    const std::int64_t cells = network.scale * network.scale;
    const std::int64_t inputs = network.temporal ? 2 * cells : cells;
    const std::int64_t channels = network.channels;
    const std::int64_t width = network.condition_width;
    const std::int64_t modulations = 2 * channels * (network.depth - 1);

    Model model;
    model.name = "sample";
    model.network = network;
    float next = -1.0f;
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        Tensor tensor = make_tensor(DataType::kF32, std::move(shape));
        for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<float>()[i] = next += 1.0f / 1024;
        model.tensors[name] = std::move(tensor);
    };
    for (int layer = 0; layer < network.depth; ++layer) {
        const std::int64_t in = layer == 0 ? inputs : channels;
        const std::int64_t out = layer == network.depth - 1 ? cells : channels;
        add("layers." + std::to_string(layer) + ".weight", {out, in, 3, 3});
        add("layers." + std::to_string(layer) + ".bias", {out});
    }
    if (network.phase_bias) add("phase_bias", {channels, 8 / network.scale, 8 / network.scale});
    if (network.conditioned) {
        add("condition.0.weight", {width, 64});
        add("condition.0.bias", {width});
        add("condition.1.weight", {modulations, width});
        add("condition.1.bias", {modulations});
    }
    return model;
}

Model with_int8(Model model) {
    float next = 0.0f;
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        Tensor tensor = make_tensor(DataType::kF32, std::move(shape));
        for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<float>()[i] = next += 1.0f / 1024;
        model.tensors[name] = std::move(tensor);
    };
    for (int layer = 0; layer < model.network.depth; ++layer) {
        const std::string name = "int8.layers." + std::to_string(layer);
        add(name + ".weight_scale", {output_channels(model.network, layer)});
        add(name + ".bias_correction", {output_channels(model.network, layer)});
        if (layer < model.network.depth - 1) add(name + ".activation_scale", {});
    }
    return model;
}

Model sample_grid() {
    NetworkDescription network;
    network.channels = 2;
    network.depth = 3;
    network.condition_width = 1;
    return sample_model(network);
}

Model sample_temporal() {
    NetworkDescription network = sample_grid().network;
    network.temporal = true;
    return sample_model(network);
}

Model sample_dncnn() {
    NetworkDescription network;
    network.architecture = Architecture::kDncnn;
    network.scale = 1;
    network.channels = 3;
    network.depth = 4;
    network.conditioned = false;
    network.phase_bias = false;
    network.skip_interval = 0;
    network.input_offset = 0;
    network.input_scale = 1.0f / 255;
    network.output_scale = -255;
    network.range = LumaRange::kLimited;
    return sample_model(network);
}

}  // namespace jpegdeblock::test
