// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/folding.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engine/int8_scales.h"
#include "engine/layer_plan.h"

namespace jpegdeblock {

namespace {

const float* layer_tensor(const Model& model, int layer, const char* kind) {
    return model.tensor("layers." + std::to_string(layer) + "." + kind).as<float>();
}

/// The gain that a table gives to an output channel; 1 in the last layer.
float gain_of(const Model& model, const Conditioning& conditioning, int layer, int channel) {
    if (layer == model.network.depth - 1) return 1.0f;
    return conditioning.gain[static_cast<std::size_t>(layer) * model.network.channels + channel];
}

float shift_of(const Model& model, const Conditioning& conditioning, int layer, int channel) {
    if (layer == model.network.depth - 1) return 0.0f;
    return conditioning.shift[static_cast<std::size_t>(layer) * model.network.channels + channel];
}

/// convert(channel) returns what turns a weight of that output channel of the network into a stored one.
template <typename Weight, typename Convert>
std::vector<Weight> place_weights(const Model& model, int layer, const ConvolutionShape& shape,
                                  Convert convert) {
    const int inputs = input_channels(model.network, layer);
    const float* weights = layer_tensor(model, layer, "weight");
    const std::size_t area = static_cast<std::size_t>(shape.kernel) * shape.kernel;
    std::vector<Weight> result(shape.output_channels * shape.input_channels * area);
    Weight* output = result.data();
    for (const ChannelSource& source : channel_sources(model.network, layer)) {
        const auto converted = convert(source.channel);
        const float* kernel = weights + static_cast<std::size_t>(source.channel) * inputs * 9;
        for (int input = 0; input < inputs; ++input, kernel += 9)
            for (int y = 0; y < 3; ++y)
                for (int x = 0; x < 3; ++x)
                    output[input * area + (source.row + y) * shape.kernel + source.column + x] =
                        converted(kernel[y * 3 + x]);
        output += shape.input_channels * area;
    }
    return result;
}

}  // namespace

FoldedLayer<float> fold_layer(const Model& model, const Conditioning& conditioning, int layer,
                              const ConvolutionShape& shape) {
    FoldedLayer<float> result;
    result.weights = place_weights<float>(model, layer, shape, [&](int channel) {
        return [gain = gain_of(model, conditioning, layer, channel)](float weight) { return gain * weight; };
    });
    result.bias.resize(static_cast<std::size_t>(shape.output_channels));
    const float* bias = layer_tensor(model, layer, "bias");
    const std::vector<ChannelSource> sources = channel_sources(model.network, layer);
    for (std::size_t i = 0; i < sources.size(); ++i)
        result.bias[i] = bias[sources[i].channel] + shift_of(model, conditioning, layer, sources[i].channel);
    return result;
}

std::vector<std::int8_t> int8_weights(const Model& model, int layer, const ConvolutionShape& shape) {
    const std::vector<float> scales = weight_scales(model, layer);
    return place_weights<std::int8_t>(model, layer, shape, [&](int channel) {
        return [scale = double{scales[channel]}](float weight) {
            return static_cast<std::int8_t>(std::nearbyint(std::clamp(weight / scale, -127.0, 127.0)));
        };
    });
}

std::vector<int> sums_of_outputs(const std::vector<std::int8_t>& weights, const ConvolutionShape& shape) {
    const std::ptrdiff_t kernels =
        static_cast<std::ptrdiff_t>(shape.input_channels) * shape.kernel * shape.kernel;
    std::vector<int> sums;
    for (auto at = weights.begin(); at != weights.end(); at += kernels)
        sums.push_back(std::accumulate(at, at + kernels, 0));
    return sums;
}

Int8Modulation fold_int8_modulation(const Model& model, const Conditioning& conditioning, int layer,
                                    const ConvolutionShape& shape, const std::vector<int>& weight_sums) {
    // The bias is in units of the sums, before the gain multiplies: a gain of nothing would lose it.
    constexpr float kLeastGain = 1e-6f;
    const double output_step = layer < model.network.depth - 1 ? activation_scale(model, layer) : 1.0;
    const float* bias = layer_tensor(model, layer, "bias");
    const float* correction = int8_tensor(model, layer, "bias_correction");
    const double offset = layer == 0 ? model.network.input_offset : 0.0;
    Int8Modulation result;
    result.gain.resize(static_cast<std::size_t>(shape.output_channels), 1.0f);
    result.bias.resize(static_cast<std::size_t>(shape.output_channels));
    const std::vector<ChannelSource> sources = channel_sources(model.network, layer);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const int channel = sources[i].channel;
        const float gain = gain_of(model, conditioning, layer, channel);
        result.gain[i] = std::copysign(std::max(std::abs(gain), kLeastGain), gain);
        const double real =
            double{bias[channel]} + shift_of(model, conditioning, layer, channel) + correction[channel];
        const double unit = double{result.gain[i]} * shape.scaling.scales[i] * output_step;
        result.bias[i] = static_cast<float>(real / unit - offset * weight_sums[i]);
    }
    return result;
}

void fold_phase_bias(const Model& model, const Conditioning& conditioning, const ConvolutionShape& shape,
                     std::int64_t rows, float* output) {
    const int period = 8 / model.network.scale;
    const float* phase = model.tensor("phase_bias").as<float>();
    const bool integers = shape.output_type == dnnl::memory::data_type::u8;
    const double step = integers ? activation_scale(model, 0) : 1.0;
    const std::size_t position = static_cast<std::size_t>(shape.output_channels);
    const std::size_t row_length = position * static_cast<std::size_t>(shape.output_width());
    for (std::int64_t y = 0; y < rows; ++y, output += row_length) {
        if (y >= period) {  // The rows above hold the pattern already.
            std::copy_n(output - period * row_length, row_length, output);
            continue;
        }
        std::fill_n(output, position * period, 0.0f);
        for (int x = 0; x < period; ++x)
            for (int channel = 0; channel < model.network.channels; ++channel)
                output[x * position + channel] = static_cast<float>(
                    conditioning.gain[channel] * phase[(channel * period + y) * period + x] / step);
        for (std::int64_t x = period; x < shape.output_width(); x += period)
            std::copy_n(output, position * period, output + x * position);
    }
}

}  // namespace jpegdeblock
