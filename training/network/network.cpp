// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/network.h"

#include <jpegdeblock/error.h>

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "network/conditioned_activation.h"
#include "network/layer_evaluation.h"
#include "network/tensor_conversion.h"

namespace jpegdeblock::training {
namespace {

using torch::Tensor;

/// What a skip or an identity passes by starts small, so that a deep network begins near a shallow one (after
/// Zhang et al., "Fixup Initialization", ICLR 2019). In trials 1/3 was better than 1, 1/10 and 0.
constexpr double kShareUnderSkip = 1.0 / 3;
constexpr double kNormEpsilon = 1e-5;  // LibTorch's default for batch normalisation.

std::string layer_name(int layer, const char* part) {
    return "layers." + std::to_string(layer) + "." + part;
}

const Tensor& find(const NamedTensors& tensors, const std::string& name) {
    for (const auto& [key, value] : tensors)
        if (key == name) return value;
    throw Error(ErrorCode::kInvalidArgument, "the network has no tensor '" + name + "'");
}

bool contains(const NamedTensors& tensors, const std::string& name) {
    return std::any_of(tensors.begin(), tensors.end(),
                       [&](const auto& tensor) { return tensor.first == name; });
}

/// The weight of a layer among `parameters`, with that of the linear block beside it, if there is one.
Tensor whole_weight(const NamedTensors& parameters, int layer) {
    const Tensor weight = find(parameters, layer_name(layer, "weight"));
    if (!contains(parameters, layer_name(layer, "expand"))) return weight;
    return weight + torch::mm(find(parameters, layer_name(layer, "project")),
                              find(parameters, layer_name(layer, "expand")))
                        .view(weight.sizes());
}

bool skip_ends_in(const NetworkDescription& description, int layer) {
    const int interval = description.skip_interval;
    return interval > 0 && layer > 0 && layer < description.depth - 1 && layer % interval == 0;
}

/// The convolution [channels, channels, 3, 3] that changes nothing.
Tensor identity(int channels, const torch::Device& device) {
    Tensor weight = torch::zeros({channels, channels, 3, 3}, device);
    weight.select(3, 1).select(2, 1).fill_diagonal_(1);
    return weight;
}

/// Whether training alone knows the parameter: of a linear block or of batch normalisation.
bool trained_only(const std::string& name) {
    return name.ends_with(".expand") || name.ends_with(".project") ||
           name.find(".norm.") != std::string::npos;
}

}  // namespace

Tensor low_frequency_steps(const Tensor& steps) {
    static const Tensor kIndices = torch::tensor({0, 1, 2, 3, 8, 9, 10, 16, 17, 24}, torch::kLong);
    return steps.index_select(1, kIndices.to(steps.device())).mean(1);
}

Network::Network(const NetworkDescription& description, bool batch_norm, std::uint64_t seed, int expansion,
                 bool identity_branch)
    : description_(description), batch_norm_(batch_norm), identity_branch_(identity_branch) {
    if (identity_branch && (description.architecture != Architecture::kDncnn || batch_norm))
        throw Error(ErrorCode::kInvalidArgument,
                    "an identity branch beside each layer is for dncnn without batch normalisation");
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto normal = [&](std::vector<int64_t> shape, double deviation) {
        return torch::empty(shape, torch::kFloat).normal_(0.0, deviation, generator);
    };
    for (int layer = 0; layer < description.depth; ++layer) {
        const int in = input_channels(description, layer), out = output_channels(description, layer);
        const bool last = layer == description.depth - 1;
        const bool expanded = expansion > 0 && layer > 0 && !last;
        // Weight and block beside it share the variance.
        double share = last ? (identity_branch ? 0.0 : 0.01) : expanded ? std::sqrt(0.5) : 1.0;
        if (skip_ends_in(description, layer) || has_identity_branch(layer)) share *= kShareUnderSkip;
        const double deviation = std::sqrt(2.0 / (9.0 * in)) * share;
        add_parameter(layer_name(layer, "weight"),
                      normal({out, in, 3, 3}, deviation).contiguous(at::MemoryFormat::ChannelsLast));
        if (expanded) {
            add_parameter(layer_name(layer, "expand"),
                          normal({expansion, in * 9}, std::sqrt(1.0 / (9.0 * in))));
            add_parameter(layer_name(layer, "project"),
                          normal({out, expansion}, std::sqrt(2.0 / expansion) * share));
        }
        add_parameter(layer_name(layer, "bias"), torch::zeros({out}));
        if (batch_norm && layer > 0 && !last) {
            add_parameter(layer_name(layer, "norm.weight"), torch::ones({out}));
            add_parameter(layer_name(layer, "norm.bias"), torch::zeros({out}));
            add_buffer(layer_name(layer, "norm.mean"), torch::zeros({out}));
            add_buffer(layer_name(layer, "norm.variance"), torch::ones({out}));
        }
    }
    if (description.phase_bias) {
        const int period = 8 / description.scale;
        add_parameter("phase_bias", torch::zeros({description.channels, period, period}));
    }
    if (description.conditioned) {
        const int width = description.condition_width;
        const int outputs = 2 * description.channels * (description.depth - 1);
        add_parameter("condition.0.weight", normal({width, 64}, std::sqrt(2.0 / 64)));
        add_parameter("condition.0.bias", torch::zeros({width}));
        // Small, so that training starts from gains near 1 and shifts near 0.
        add_parameter("condition.1.weight", normal({outputs, width}, 0.02 / std::sqrt(double(width))));
        add_parameter("condition.1.bias", torch::zeros({outputs}));
    }
}

void Network::to(const torch::Device& device) {
    for (NamedTensors* list : {&parameters_, &buffers_})
        for (auto& [name, value] : *list) {
            value = value.detach().to(device).requires_grad_(value.requires_grad());
            by_name_[name] = value;
        }
    device_ = device;
}

void Network::set_activation_scales(std::vector<double> scales) {
    if (batch_norm_)
        throw Error(ErrorCode::kInvalidArgument,
                    "a network with batch normalisation cannot be trained for int8");
    if (!scales.empty() && scales.size() + 1 != static_cast<std::size_t>(description_.depth))
        throw Error(ErrorCode::kInvalidArgument, std::to_string(scales.size()) +
                                                     " activation scales for a network of " +
                                                     std::to_string(description_.depth) + " layers");
    activation_scales_ = std::move(scales);
}

void Network::add_parameter(const std::string& name, Tensor value) {
    value.requires_grad_();
    parameters_.emplace_back(name, value);
    by_name_.emplace(name, value);
}

void Network::add_buffer(const std::string& name, Tensor value) {
    buffers_.emplace_back(name, value);
    by_name_.emplace(name, value);
}

bool Network::has_identity_branch(int layer) const {
    return identity_branch_ && layer > 0 && layer < description_.depth - 1;
}

Tensor Network::folded_weight(const NamedTensors& parameters, int layer) const {
    const Tensor weight = whole_weight(parameters, layer);
    return has_identity_branch(layer) ? weight + identity(description_.channels, device_) : weight;
}

Network::LayerWeight Network::layer_weight(int layer) const {
    if (activation_scales_.empty()) return {whole_weight(parameters_, layer), {}};
    const Tensor weight = folded_weight(parameters_, layer);
    const Tensor scale = int8_weight_scales(weight.detach());
    const Tensor exact = weight / scale.view({-1, 1, 1, 1});
    // Integers up to 127, which bfloat16 holds exactly; the difference has no gradient.
    return {exact + (torch::round(exact) - exact).detach(), scale};
}

Tensor Network::convolve(const Tensor& input, const Tensor& weight, const Tensor& bias) const {
    if (!bfloat16_) return torch::conv2d(input, weight, bias, 1, 1);
    return torch::conv2d(input.to(torch::kBFloat16), weight.to(torch::kBFloat16),
                         bias.defined() ? bias.to(torch::kBFloat16) : bias, 1, 1);
}

/// Adds the bias of each position within the 8x8 block, in units of the scale.
Tensor Network::add_phase_bias(const Tensor& input, const Tensor& scale) const {
    Tensor bias = parameter("phase_bias").permute({1, 2, 0});
    if (scale.defined()) bias = bias / scale;
    bias = bias.to(input.scalar_type());
    const int64_t period = bias.size(0), channels = input.size(1), rows = input.size(2),
                  columns = input.size(3);
    // Channels-last tensors are contiguous in this order, so nothing but the addition touches memory.
    const Tensor blocks =
        input.permute({0, 2, 3, 1}).reshape({-1, rows / period, period, columns / period, period, channels});
    return (blocks + bias.view({1, 1, period, 1, period, channels}))
        .view({-1, rows, columns, channels})
        .permute({0, 3, 1, 2});
}

Tensor Network::forward(const Tensor& luma, const Tensor& steps, const Tensor& history) const {
    Tensor x = (luma - description_.input_offset) * description_.input_scale;
    if (description_.scale > 1) x = torch::pixel_unshuffle(x, description_.scale);
    if (description_.temporal)
        x = torch::cat({x, history.defined() ? torch::pixel_unshuffle(history, description_.scale)
                                             : torch::zeros_like(x)},
                       1);
    x = x.contiguous(at::MemoryFormat::ChannelsLast);
    Tensor out = batch_norm_ ? forward_normalized(x) : forward_layers(x, steps);
    if (description_.scale > 1) out = torch::pixel_shuffle(out, description_.scale);
    out = out * description_.output_scale;
    if (description_.conditioned) out = out * low_frequency_steps(steps).view({-1, 1, 1, 1});
    return out;
}

Tensor Network::forward_layers(const Tensor& input, const Tensor& steps) const {
    const int64_t batch = input.size(0), channels = description_.channels, hidden = description_.depth - 1;
    Tensor modulation;  // [hidden layers, gain or shift, N, C]
    if (description_.conditioned) {
        const Tensor z = torch::log(steps) / 2 - 1;
        const Tensor width =
            torch::relu(torch::addmm(parameter("condition.0.bias"), z, parameter("condition.0.weight").t()));
        modulation = torch::addmm(parameter("condition.1.bias"), width, parameter("condition.1.weight").t())
                         .view({batch, hidden, 2, channels})
                         .permute({1, 2, 0, 3});
    } else {
        modulation = torch::zeros({hidden, 2, batch, channels}, device_);
    }
    std::vector<Tensor> outputs;
    Tensor h = input;
    for (int layer = 0; layer < hidden; ++layer) {
        const LayerWeight weight = layer_weight(layer);
        Tensor c = convolve(h, weight.weight);
        if (layer == 0 && description_.phase_bias) c = add_phase_bias(c, weight.scale);
        Tensor gain = modulation[layer][0] + 1;
        if (weight.scale.defined()) gain = gain * weight.scale;
        const Tensor shift = modulation[layer][1] + parameter(layer_name(layer, "bias"));
        const double scale =
            activation_scales_.empty() ? 0 : activation_scales_[static_cast<std::size_t>(layer)];
        Tensor skip;
        if (skip_ends_in(description_, layer))
            skip = outputs[static_cast<std::size_t>(layer - description_.skip_interval)];
        else if (has_identity_branch(layer) &&
                 !weight.scale.defined())  // Rounded weights hold it themselves.
            skip = h;
        h = conditioned_activation(c, gain, shift, skip, static_cast<float>(scale));
        outputs.push_back(h);
    }
    const int last = description_.depth - 1;
    const Tensor bias = parameter(layer_name(last, "bias"));
    const LayerWeight weight = layer_weight(last);
    if (!weight.scale.defined()) return convolve(h, weight.weight, bias).to(torch::kFloat);
    return convolve(h, weight.weight).to(torch::kFloat) * weight.scale.view({1, -1, 1, 1}) +
           bias.view({1, -1, 1, 1});
}

Tensor Network::forward_normalized(const Tensor& input) const {
    Tensor h = input;
    for (int layer = 0; layer < description_.depth; ++layer) {
        h = convolve(h, whole_weight(parameters_, layer), parameter(layer_name(layer, "bias")));
        if (layer == description_.depth - 1) break;
        if (layer > 0)
            h = torch::batch_norm(
                h.to(torch::kFloat), parameter(layer_name(layer, "norm.weight")),
                parameter(layer_name(layer, "norm.bias")), parameter(layer_name(layer, "norm.mean")),
                parameter(layer_name(layer, "norm.variance")), training_, 0.1, kNormEpsilon, false);
        h = torch::relu_(h);  // Neither convolution nor normalisation needs what it gave again.
    }
    return h.to(torch::kFloat);
}

Model Network::export_model(const std::string& name, const std::map<std::string, std::string>& notes,
                            const NamedTensors& parameters, const NamedTensors& buffers) const {
    Model model;
    model.name = name;
    model.notes = notes;
    model.network = description_;
    for (const auto& [key, value] : parameters)
        if (!trained_only(key)) model.tensors[key] = to_library_tensor(value);
    for (int layer = 0; layer < description_.depth; ++layer)
        model.tensors[layer_name(layer, "weight")] = to_library_tensor(folded_weight(parameters, layer));
    if (!batch_norm_) return model;
    for (int layer = 1; layer < description_.depth - 1; ++layer) {
        const Tensor factor = find(parameters, layer_name(layer, "norm.weight")) /
                              torch::sqrt(find(buffers, layer_name(layer, "norm.variance")) + kNormEpsilon);
        const Tensor weight = find(parameters, layer_name(layer, "weight")) * factor.view({-1, 1, 1, 1});
        const Tensor bias =
            (find(parameters, layer_name(layer, "bias")) - find(buffers, layer_name(layer, "norm.mean"))) *
                factor +
            find(parameters, layer_name(layer, "norm.bias"));
        model.tensors[layer_name(layer, "weight")] = to_library_tensor(weight);
        model.tensors[layer_name(layer, "bias")] = to_library_tensor(bias);
    }
    return model;
}

void Network::load(const Model& model) {
    if (batch_norm_)
        throw Error(ErrorCode::kInvalidArgument,
                    "a model file has its batch normalisation folded; train it on without (--no-batch-norm)");
    if (!(model.network == description_))
        throw Error(ErrorCode::kInvalidArgument,
                    "model '" + model.name + "' does not have the shape of the network to be trained");
    torch::NoGradGuard no_gradient;
    for (const auto& [name, value] : parameters_)
        if (!trained_only(name))
            value.copy_(to_torch_tensor(model.tensor(name)));
        else if (name.ends_with(".project"))
            value.zero_();
    for (int layer = 0; layer < description_.depth; ++layer)
        if (has_identity_branch(layer))
            parameter(layer_name(layer, "weight")).sub_(identity(description_.channels, device_));
}

}  // namespace jpegdeblock::training
