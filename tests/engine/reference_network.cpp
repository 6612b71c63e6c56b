// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reference_network.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "engine/int8_scales.h"

namespace jpegdeblock::test {

namespace {

/// channels * height * width doubles; 0 outside, as zero padding has it.
struct Volume {
    Volume(int c, int h, int w) : channels(c), height(h), width(w), data(std::size_t(c) * h * w) {}

    double& at(int c, int y, int x) { return data[(std::size_t(c) * height + y) * width + x]; }
    double read(int c, int y, int x) const {
        if (y < 0 || y >= height || x < 0 || x >= width) return 0;
        return data[(std::size_t(c) * height + y) * width + x];
    }

    int channels, height, width;
    std::vector<double> data;
};

/// The levels of the plane extended to whole blocks, less input_offset; with those of the history, where the
/// network is temporal.
Volume unshuffled_levels(const NetworkDescription& network, ConstPlane luma, GridOffset offset,
                         ConstPlane history) {
    const int width = (offset.x + luma.width + 7) / 8 * 8;
    const int height = (offset.y + luma.height + 7) / 8 * 8;
    const int s = network.scale;
    Volume result(network.temporal ? 2 * s * s : s * s, height / s, width / s);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int inside_x = std::clamp(x - offset.x, 0, luma.width - 1);
            const int inside_y = std::clamp(y - offset.y, 0, luma.height - 1);
            result.at(y % s * s + x % s, y / s, x / s) = luma.row(inside_y)[inside_x] - network.input_offset;
            if (network.temporal && history.data)
                result.at(s * s + y % s * s + x % s, y / s, x / s) = history.row(inside_y)[inside_x] - 128.0;
        }
    }
    return result;
}

const float* layer_tensor(const Model& model, const std::string& prefix, int layer, const char* kind) {
    return model.tensor(prefix + std::to_string(layer) + "." + kind).as<float>();
}

std::vector<double> weights_of(const Model& model, int layer) {
    const Tensor& weight = model.tensor("layers." + std::to_string(layer) + ".weight");
    return {weight.as<float>(), weight.as<float>() + weight.elements()};
}

Volume convolve(const std::vector<double>& weights, const Volume& input) {
    const int outputs = static_cast<int>(weights.size()) / (9 * input.channels);
    Volume result(outputs, input.height, input.width);
    for (int o = 0; o < outputs; ++o)
        for (int i = 0; i < input.channels; ++i)
            for (int k = 0; k < 9; ++k) {
                const double w = weights[(std::size_t(o) * input.channels + i) * 9 + k];
                for (int y = 0; y < input.height; ++y)
                    for (int x = 0; x < input.width; ++x)
                        result.at(o, y, x) += w * input.read(i, y + k / 3 - 1, x + k % 3 - 1);
            }
    return result;
}

/// The [gain, shift] of the formula, for each layer, or nothing without conditioning.
std::vector<double> condition(const Model& model, const QuantizationTable& table) {
    if (!model.network.conditioned) return {};
    std::vector<double> values;
    for (const std::uint16_t step : table.step) values.push_back(std::log(double(step)) / 2 - 1);
    for (int layer = 0; layer < 2; ++layer) {
        const std::string name = "condition." + std::to_string(layer);
        const float* weight = model.tensor(name + ".weight").as<float>();
        const Tensor& bias = model.tensor(name + ".bias");
        std::vector<double> next;
        for (std::int64_t o = 0; o < bias.elements(); ++o) {
            double sum = bias.as<float>()[o];
            for (std::size_t i = 0; i < values.size(); ++i) sum += weight[o * values.size() + i] * values[i];
            next.push_back(layer == 0 ? std::max(sum, 0.0) : sum);
        }
        values = next;
    }
    return values;
}

double phase_bias(const Model& model, int channel, int y, int x) {
    if (!model.network.phase_bias) return 0;
    const int p = 8 / model.network.scale;
    return model.tensor("phase_bias").as<float>()[(channel * p + y % p) * p + x % p];
}

/// The gains and shifts of a hidden layer.
struct Modulation {
    Modulation(const Model& model, const std::vector<double>& conditioning, int layer)
        : gain(model.network.channels, 1.0), shift(model.network.channels, 0.0) {
        if (!model.network.conditioned) return;
        const std::size_t channels = gain.size();
        for (std::size_t c = 0; c < channels; ++c) {
            gain[c] = 1 + conditioning[layer * 2 * channels + c];
            shift[c] = conditioning[layer * 2 * channels + channels + c];
        }
    }
    std::vector<double> gain, shift;
};

bool has_skip(const NetworkDescription& network, int layer) {
    return layer > 0 && network.skip_interval > 0 && layer % network.skip_interval == 0;
}

/// r pixel-shuffled and in levels, of the plane's own samples.
std::vector<float> residual_of(const NetworkDescription& network, const Volume& r, ConstPlane luma,
                               GridOffset offset, const QuantizationTable& table) {
    double scale = network.output_scale;
    if (network.conditioned) {
        double sum = 0;
        for (int v = 0; v < 4; ++v)
            for (int u = 0; u + v < 4; ++u) sum += table.step[8 * v + u];
        scale *= sum / 10;
    }
    const int s = network.scale;
    std::vector<float> residual;
    for (int y = offset.y; y < offset.y + luma.height; ++y)
        for (int x = offset.x; x < offset.x + luma.width; ++x)
            residual.push_back(float(r.read(y % s * s + x % s, y / s, x / s) * scale));
    return residual;
}

Tensor random_tensor(std::mt19937& generator, std::vector<std::int64_t> shape, double deviation) {
    Tensor tensor = make_tensor(DataType::kF32, std::move(shape));
    std::normal_distribution<float> normal(0.0f, static_cast<float>(deviation));
    for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<float>()[i] = normal(generator);
    return tensor;
}

}  // namespace

std::vector<float> reference_residual(const Model& model, ConstPlane luma, GridOffset offset,
                                      const QuantizationTable& table, ConstPlane history) {
    const NetworkDescription& network = model.network;
    const std::vector<double> conditioning = condition(model, table);
    std::vector<Volume> hidden;
    Volume input = unshuffled_levels(network, luma, offset, history);
    for (double& sample : input.data) sample *= network.input_scale;
    for (int layer = 0; layer < network.depth - 1; ++layer) {
        Volume h = convolve(weights_of(model, layer), layer == 0 ? input : hidden.back());
        const Modulation modulation(model, conditioning, layer);
        const float* bias = layer_tensor(model, "layers.", layer, "bias");
        for (int c = 0; c < network.channels; ++c)
            for (int y = 0; y < h.height; ++y)
                for (int x = 0; x < h.width; ++x) {
                    double value = h.at(c, y, x);
                    if (layer == 0) value += phase_bias(model, c, y, x);
                    value = modulation.gain[c] * value + bias[c] + modulation.shift[c];
                    if (has_skip(network, layer)) value += hidden[layer - network.skip_interval].at(c, y, x);
                    h.at(c, y, x) = std::max(value, 0.0);
                }
        hidden.push_back(std::move(h));
    }
    const int last = network.depth - 1;
    Volume r = convolve(weights_of(model, last), hidden.back());
    const float* bias = layer_tensor(model, "layers.", last, "bias");
    for (int c = 0; c < r.channels; ++c)
        for (int y = 0; y < r.height; ++y)
            for (int x = 0; x < r.width; ++x) r.at(c, y, x) += bias[c];
    return residual_of(network, r, luma, offset, table);
}

std::vector<float> reference_int8_residual(const Model& model, ConstPlane luma, GridOffset offset,
                                           const QuantizationTable& table, ConstPlane history) {
    const NetworkDescription& network = model.network;
    const std::vector<double> conditioning = condition(model, table);
    std::vector<Volume> hidden;  // Integers.
    std::vector<double> activation_scales;
    for (int layer = 0;; ++layer) {
        const bool last = layer == network.depth - 1;
        Modulation modulation(model, conditioning, last ? 0 : layer);
        if (last) {
            modulation.gain.assign(network.scale * network.scale, 1.0);
            modulation.shift.assign(network.scale * network.scale, 0.0);
        }
        const float* weight_scale = layer_tensor(model, "int8.layers.", layer, "weight_scale");
        const float* correction = layer_tensor(model, "int8.layers.", layer, "bias_correction");
        const float* bias = layer_tensor(model, "layers.", layer, "bias");
        std::vector<double> weights = weights_of(model, layer);
        const std::size_t inputs = weights.size() / modulation.gain.size();
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = std::clamp(std::nearbyint(weights[i] / weight_scale[i / inputs]), -127.0, 127.0);
        const double input_scale = layer == 0 ? double(network.input_scale) : activation_scales.back();
        // Less input_offset, the bytes of layer 0 are padded with zeros like those of the others.
        Volume h =
            convolve(weights, layer == 0 ? unshuffled_levels(network, luma, offset, history) : hidden.back());
        if (!last)
            activation_scales.push_back(*layer_tensor(model, "int8.layers.", layer, "activation_scale"));
        for (int c = 0; c < h.channels; ++c)
            for (int y = 0; y < h.height; ++y)
                for (int x = 0; x < h.width; ++x) {
                    double& value = h.at(c, y, x);
                    value *= weight_scale[c] * input_scale;
                    if (layer == 0) value += phase_bias(model, c, y, x);
                    value *= modulation.gain[c];
                    value += bias[c] + modulation.shift[c] + correction[c];
                    if (last) continue;
                    if (has_skip(network, layer)) {
                        const int source = layer - network.skip_interval;
                        value += activation_scales[source] * hidden[source].at(c, y, x);
                    }
                    value = std::clamp(std::nearbyint(value / activation_scales.back()), 0.0, 255.0);
                }
        if (last) return residual_of(network, h, luma, offset, table);
        hidden.push_back(std::move(h));
    }
}

Model with_weight_scales_of_this_cpu(Model model) {
    for (int layer = 0; layer < model.network.depth; ++layer) {
        const std::vector<float> scales = weight_scales(model, layer);
        Tensor& tensor = model.tensors["int8.layers." + std::to_string(layer) + ".weight_scale"];
        std::copy(scales.begin(), scales.end(), tensor.as<float>());
    }
    return model;
}

NetworkDescription small_network(bool temporal) {
    NetworkDescription network;
    network.channels = 8;
    network.depth = 3;
    network.skip_interval = 0;
    network.condition_width = 8;
    network.temporal = temporal;
    return network;
}

Model random_model(const NetworkDescription& network, std::uint32_t seed) {
    std::mt19937 generator(seed);
    Model model;
    model.name = "random";
    model.network = network;
    const auto fill = [&](const std::string& name, std::vector<std::int64_t> shape, double deviation) {
        model.tensors[name] = random_tensor(generator, std::move(shape), deviation);
    };
    for (int layer = 0; layer < network.depth; ++layer) {
        const int inputs = input_channels(network, layer), outputs = output_channels(network, layer);
        // He et al., "Delving deep into rectifiers", ICCV 2015, equation 10; smaller where a skip adds.
        const double share = network.skip_interval > 0 && layer > 0 ? 0.5 : 1.0;
        fill("layers." + std::to_string(layer) + ".weight", {outputs, inputs, 3, 3},
             share * std::sqrt(2.0 / (9 * inputs)));
        fill("layers." + std::to_string(layer) + ".bias", {outputs}, 0.1);
    }
    const int period = 8 / network.scale;
    if (network.phase_bias) fill("phase_bias", {network.channels, period, period}, 0.3);
    if (network.conditioned) {
        const int width = network.condition_width, values = 2 * network.channels * (network.depth - 1);
        fill("condition.0.weight", {width, 64}, 0.1);
        fill("condition.0.bias", {width}, 0.1);
        fill("condition.1.weight", {values, width}, 0.1 / std::sqrt(width));
        fill("condition.1.bias", {values}, 0.05);
    }
    return model;
}

Model random_int8_model(const NetworkDescription& network, std::uint32_t seed) {
    Model model = random_model(network, seed);
    std::mt19937 generator(seed + 1);
    std::uniform_real_distribution<float> near_one(0.8f, 1.2f);
    for (int layer = 0; layer < network.depth; ++layer) {
        const std::string prefix = "int8.layers." + std::to_string(layer) + ".";
        const int outputs = output_channels(network, layer);
        const std::vector<double> weights = weights_of(model, layer);
        const std::size_t inputs = weights.size() / outputs;
        Tensor scales = make_tensor(DataType::kF32, {outputs});
        for (int c = 0; c < outputs; ++c) {
            double largest = 0;
            for (std::size_t i = 0; i < inputs; ++i)
                largest = std::max(largest, std::abs(weights[c * inputs + i]));
            scales.as<float>()[c] = float(largest / 127) * near_one(generator);
        }
        model.tensors[prefix + "weight_scale"] = std::move(scales);
        model.tensors[prefix + "bias_correction"] = random_tensor(generator, {outputs}, 0.02);
        if (layer == network.depth - 1) continue;
        Tensor step = make_tensor(DataType::kF32, {});
        *step.as<float>() = 5.0f / 255 * near_one(generator);
        model.tensors[prefix + "activation_scale"] = std::move(step);
    }
    return model;
}

std::vector<std::uint8_t> random_luma(int width, int height, std::uint32_t seed) {
    std::mt19937 generator(seed);
    std::vector<std::uint8_t> samples(static_cast<std::size_t>(width) * height);
    for (std::uint8_t& sample : samples) sample = static_cast<std::uint8_t>(generator() >> 24);
    return samples;
}

}  // namespace jpegdeblock::test
