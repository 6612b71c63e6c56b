// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/layer_evaluation.h"

#include <utility>

#include "network/tensor_conversion.h"

namespace jpegdeblock::training {
namespace {

using torch::Tensor;

std::string layer_name(int layer, const char* part) {
    return "layers." + std::to_string(layer) + "." + part;
}

Tensor tensor_of(const Model& model, const std::string& name) {
    return to_torch_tensor(model.tensor(name));
}

Tensor per_channel(const Tensor& values) {
    return values.view({1, -1, 1, 1});
}

Tensor row_of(const std::vector<float>& values, int layer, int channels) {
    return torch::from_blob(const_cast<float*>(values.data()) + layer * channels, {channels}, torch::kFloat)
        .clone();
}

Tensor tiled_phase(const Model& model, const Tensor& like) {
    const Tensor phase = tensor_of(model, "phase_bias");
    const int64_t period = phase.size(1);
    return phase.unsqueeze(0).repeat({1, 1, like.size(2) / period, like.size(3) / period});
}

}  // namespace

Tensor int8_weight_scales(const Tensor& weight) {
    return torch::clamp_min(weight.abs().amax({1, 2, 3}) / 127, 1e-12);
}

Int8Parameters uncorrected_int8(const Model& model, std::vector<double> activation_scale) {
    Int8Parameters parameters;
    parameters.activation_scale = std::move(activation_scale);
    for (int layer = 0; layer < model.network.depth; ++layer) {
        parameters.weight_scale.push_back(int8_weight_scales(tensor_of(model, layer_name(layer, "weight"))));
        parameters.bias_correction.push_back(torch::zeros({output_channels(model.network, layer)}));
    }
    return parameters;
}

Int8Parameters int8_parameters(const Model& model) {
    Int8Parameters parameters;
    for (int layer = 0; layer < model.network.depth; ++layer) {
        parameters.weight_scale.push_back(tensor_of(model, "int8." + layer_name(layer, "weight_scale")));
        parameters.bias_correction.push_back(
            tensor_of(model, "int8." + layer_name(layer, "bias_correction")));
        if (layer < model.network.depth - 1)
            parameters.activation_scale.push_back(
                *model.tensor("int8." + layer_name(layer, "activation_scale")).as<float>());
    }
    return parameters;
}

void set_int8_parameters(Model& model, const Int8Parameters& parameters) {
    for (int layer = 0; layer < model.network.depth; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        model.tensors["int8." + layer_name(layer, "weight_scale")] =
            to_library_tensor(parameters.weight_scale[at]);
        model.tensors["int8." + layer_name(layer, "bias_correction")] =
            to_library_tensor(parameters.bias_correction[at]);
        if (at < parameters.activation_scale.size())
            model.tensors["int8." + layer_name(layer, "activation_scale")] =
                to_library_tensor(torch::tensor(static_cast<float>(parameters.activation_scale[at])));
    }
}

Tensor evaluate_layers(const Model& model, const QuantizationTable& table, const NetworkInput& shown,
                       const Int8Parameters* int8, const LayerObserver& observer) {
    torch::NoGradGuard no_gradient;
    const NetworkDescription& network = model.network;
    const Conditioning conditioning = evaluate_conditioning(model, table);
    // Without the scale: int8 sums over whole levels.
    Tensor input = shown.luma - network.input_offset;
    if (network.scale > 1) input = torch::pixel_unshuffle(input, network.scale);
    if (network.temporal) {
        // In the same units, 128ths.
        input = torch::cat(
            {input, shown.history.defined() ? torch::pixel_unshuffle(shown.history * 128, network.scale)
                                            : torch::zeros_like(input)},
            1);
    }
    double input_scale = network.input_scale;
    std::vector<Tensor> outputs;  // Of the hidden layers, in real numbers.
    for (int layer = 0; layer < network.depth; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        const bool last = layer == network.depth - 1;
        Tensor weight = tensor_of(model, layer_name(layer, "weight"));
        Tensor bias = tensor_of(model, layer_name(layer, "bias"));
        Tensor factor = torch::full({1}, input_scale);
        if (int8 != nullptr) {
            const Tensor& scale = int8->weight_scale[at];
            weight = torch::clamp(torch::round(weight / scale.view({-1, 1, 1, 1})), -127, 127);
            factor = scale * input_scale;
            bias = bias + int8->bias_correction[at];
        }
        Tensor value = torch::conv2d(input, weight, {}, 1, 1) * per_channel(factor);
        if (layer == 0 && network.phase_bias && !last) value = value + tiled_phase(model, value);
        if (!last) {
            value = value * per_channel(row_of(conditioning.gain, layer, network.channels));
            bias = bias + row_of(conditioning.shift, layer, network.channels);
        }
        value = value + per_channel(bias);
        const int interval = network.skip_interval;
        if (!last && interval > 0 && layer > 0 && layer % interval == 0)
            value = value + outputs[static_cast<std::size_t>(layer - interval)];
        if (observer) observer(layer, value);
        if (last) {
            input = value;
            break;
        }
        if (int8 != nullptr) {
            input_scale = int8->activation_scale[at];
            input = torch::clamp(torch::round(value / input_scale), 0, 255);
            outputs.push_back(input * input_scale);
        } else {
            input_scale = 1;
            input = torch::relu(value);
            outputs.push_back(input);
        }
    }
    if (network.scale > 1) input = torch::pixel_shuffle(input, network.scale);
    return input * (network.output_scale * (network.conditioned ? low_frequency_step(table) : 1.0f));
}

}  // namespace jpegdeblock::training
