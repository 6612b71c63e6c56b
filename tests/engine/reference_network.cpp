// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reference_network.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

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

Volume unshuffled_input(const NetworkDescription& network, ConstPlane luma, GridOffset offset) {
    const int width = (offset.x + luma.width + 7) / 8 * 8;
    const int height = (offset.y + luma.height + 7) / 8 * 8;
    const int s = network.scale;
    Volume result(s * s, height / s, width / s);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int inside_x = std::clamp(x - offset.x, 0, luma.width - 1);
            const int inside_y = std::clamp(y - offset.y, 0, luma.height - 1);
            const double level = luma.row(inside_y)[inside_x];
            result.at(y % s * s + x % s, y / s, x / s) = (level - network.input_offset) * network.input_scale;
        }
    }
    return result;
}

Volume convolve(const Model& model, int layer, const Volume& input) {
    const Tensor& weight = model.tensor("layers." + std::to_string(layer) + ".weight");
    const int outputs = static_cast<int>(weight.shape[0]);
    Volume result(outputs, input.height, input.width);
    for (int o = 0; o < outputs; ++o)
        for (int i = 0; i < input.channels; ++i)
            for (int k = 0; k < 9; ++k) {
                const double w = weight.as<float>()[(std::size_t(o) * input.channels + i) * 9 + k];
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

}  // namespace

std::vector<float> reference_residual(const Model& model, ConstPlane luma, GridOffset offset,
                                      const QuantizationTable& table) {
    const NetworkDescription& network = model.network;
    const std::vector<double> conditioning = condition(model, table);
    std::vector<Volume> hidden;
    for (int layer = 0; layer < network.depth - 1; ++layer) {
        Volume h =
            convolve(model, layer, layer == 0 ? unshuffled_input(network, luma, offset) : hidden.back());
        const bool skip = layer > 0 && network.skip_interval > 0 && layer % network.skip_interval == 0;
        const float* bias = model.tensor("layers." + std::to_string(layer) + ".bias").as<float>();
        for (int c = 0; c < network.channels; ++c) {
            double gain = 1, shift = 0;
            if (network.conditioned) {
                gain = 1 + conditioning[std::size_t(layer) * 2 * network.channels + c];
                shift = conditioning[std::size_t(layer) * 2 * network.channels + network.channels + c];
            }
            for (int y = 0; y < h.height; ++y)
                for (int x = 0; x < h.width; ++x) {
                    double value = h.at(c, y, x);
                    if (layer == 0) value += phase_bias(model, c, y, x);
                    value = gain * value + bias[c] + shift;
                    if (skip) value += hidden[layer - network.skip_interval].at(c, y, x);
                    h.at(c, y, x) = std::max(value, 0.0);
                }
        }
        hidden.push_back(std::move(h));
    }
    const int last = network.depth - 1;
    Volume r = convolve(model, last, hidden.back());
    const float* bias = model.tensor("layers." + std::to_string(last) + ".bias").as<float>();
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
        for (int x = offset.x; x < offset.x + luma.width; ++x) {
            const int channel = y % s * s + x % s;
            residual.push_back(float((r.at(channel, y / s, x / s) + bias[channel]) * scale));
        }
    return residual;
}

Model random_model(const NetworkDescription& network, std::uint32_t seed) {
    std::mt19937 generator(seed);
    Model model;
    model.name = "random";
    model.network = network;
    const auto fill = [&](const std::string& name, std::vector<std::int64_t> shape, double deviation) {
        Tensor tensor = make_tensor(DataType::kF32, std::move(shape));
        std::normal_distribution<float> normal(0.0f, static_cast<float>(deviation));
        for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.as<float>()[i] = normal(generator);
        model.tensors[name] = std::move(tensor);
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

std::vector<std::uint8_t> random_luma(int width, int height, std::uint32_t seed) {
    std::mt19937 generator(seed);
    std::vector<std::uint8_t> samples(static_cast<std::size_t>(width) * height);
    for (std::uint8_t& sample : samples) sample = static_cast<std::uint8_t>(generator() >> 24);
    return samples;
}

}  // namespace jpegdeblock::test
