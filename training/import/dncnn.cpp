// SPDX-License-Identifier: LGPL-2.1-or-later
#include "import/dncnn.h"

#include <jpegdeblock/error.h>

#include <cmath>
#include <optional>
#include <vector>

#include "network/dncnn_description.h"

namespace jpegdeblock::training {
namespace {

using Module = std::map<std::string, Tensor>;

Error invalid(const std::string& problem) {
    return Error(ErrorCode::kInvalidFile,
                 problem +
                     "; expected a DnCNN: 3x3 convolutions from 1 channel over equally many in each layer "
                     "to 1 channel, with or without batch normalisation between them");
}

std::string shape_of(const Tensor& tensor) {
    std::string text = "[";
    for (const std::int64_t size : tensor.shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

/// The tensors by module, in order of the modules' numbers.
std::map<int, Module> modules_of(const std::map<std::string, Tensor>& tensors) {
    std::map<int, Module> modules;
    std::optional<std::string> common_prefix;
    for (const auto& [key, tensor] : tensors) {
        const std::size_t part_dot = key.rfind('.');
        const std::size_t number_dot =
            part_dot == std::string::npos || part_dot == 0 ? part_dot : key.rfind('.', part_dot - 1);
        const std::size_t begin = number_dot == std::string::npos ? 0 : number_dot + 1;
        const std::string number = part_dot == std::string::npos ? "" : key.substr(begin, part_dot - begin);
        if (number.empty() || number.size() > 3 ||
            number.find_first_not_of("0123456789") != std::string::npos)
            throw invalid("tensor '" + key + "' is not named like a layer's (model.0.weight)");
        const std::string prefix = key.substr(0, begin);
        if (common_prefix.value_or(prefix) != prefix)
            throw invalid("tensor '" + key + "' does not belong to the layers of '" + *common_prefix + "'");
        common_prefix = prefix;
        modules[std::stoi(number)].emplace(key.substr(part_dot + 1), tensor);
    }
    return modules;
}

struct Layer {
    Tensor weight;
    Tensor bias;
};

const Tensor& vector_of(const Module& module, const char* part, std::int64_t channels, int number) {
    const auto found = module.find(part);
    if (found == module.end() || found->second.shape != std::vector<std::int64_t>{channels})
        throw invalid("layer " + std::to_string(number) + " has no '" + part + "' of " +
                      std::to_string(channels) + " values");
    return found->second;
}

Layer convolution(const Module& module, int number) {
    const Tensor& weight = module.at("weight");
    if (weight.shape[2] != 3 || weight.shape[3] != 3)
        throw invalid("layer " + std::to_string(number) + " has weights of the shape " + shape_of(weight));
    const std::int64_t channels = weight.shape[0];
    const Tensor bias = module.contains("bias") ? vector_of(module, "bias", channels, number)
                                                : make_tensor(DataType::kF32, {channels});
    return {weight, bias};
}

void scale_output(Layer& layer, std::int64_t channel, float factor, float offset) {
    const std::int64_t weights = layer.weight.elements() / layer.weight.shape[0];
    auto* weight = reinterpret_cast<float*>(layer.weight.data.data()) + channel * weights;
    for (std::int64_t i = 0; i < weights; ++i) weight[i] *= factor;
    float& bias = reinterpret_cast<float*>(layer.bias.data.data())[channel];
    bias = bias * factor + offset;
}

void fold_norm(Layer& layer, const Module& norm, int number, double epsilon) {
    const std::int64_t channels = layer.weight.shape[0];
    const auto* gain = vector_of(norm, "weight", channels, number).as<float>();
    const auto* shift = vector_of(norm, "bias", channels, number).as<float>();
    const auto* mean = vector_of(norm, "running_mean", channels, number).as<float>();
    const auto* variance = vector_of(norm, "running_var", channels, number).as<float>();
    for (std::int64_t channel = 0; channel < channels; ++channel) {
        const double factor = gain[channel] / std::sqrt(variance[channel] + epsilon);
        scale_output(layer, channel, static_cast<float>(factor),
                     static_cast<float>(shift[channel] - mean[channel] * factor));
    }
}

std::vector<Layer> layers_of(const std::map<int, Module>& modules, double epsilon) {
    std::vector<Layer> layers;
    bool normalised = true;  // Nothing to normalise yet.
    for (const auto& [number, module] : modules) {
        const auto weight = module.find("weight");
        const std::size_t dimensions = weight == module.end() ? 0 : weight->second.shape.size();
        if (dimensions == 4) {
            layers.push_back(convolution(module, number));
            normalised = false;
        } else if (dimensions == 1 && !normalised) {
            fold_norm(layers.back(), module, number, epsilon);
            normalised = true;
        } else {
            throw invalid("layer " + std::to_string(number) +
                          " is neither a convolution nor the normalisation of one");
        }
    }
    return layers;
}

}  // namespace

Model import_dncnn(const std::map<std::string, Tensor>& tensors, const DncnnImportOptions& options) {
    std::vector<Layer> layers = layers_of(modules_of(tensors), options.norm_epsilon);
    if (layers.size() < 2 || layers.size() > 64)
        throw invalid("it has " + std::to_string(layers.size()) + " convolutions");
    Model model;
    NetworkDescription& network = model.network;
    network =
        dncnn_description(static_cast<int>(std::min<std::int64_t>(layers.front().weight.shape[0], 1 << 20)),
                          static_cast<int>(layers.size()));
    network.range = options.range;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto layer = static_cast<int>(i);
        const std::vector<std::int64_t> expected = {output_channels(network, layer),
                                                    input_channels(network, layer), 3, 3};
        if (layers[i].weight.shape != expected)
            throw invalid("convolution " + std::to_string(i + 1) + " of " + std::to_string(layers.size()) +
                          " has weights of the shape " + shape_of(layers[i].weight));
    }
    if (!options.output_is_added) scale_output(layers.back(), 0, -1.0f, 0.0f);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        model.tensors["layers." + std::to_string(i) + ".weight"] = std::move(layers[i].weight);
        model.tensors["layers." + std::to_string(i) + ".bias"] = std::move(layers[i].bias);
    }
    return model;
}

}  // namespace jpegdeblock::training
