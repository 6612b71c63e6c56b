// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/folding.h"

#include <algorithm>
#include <string>

#include "engine/layer_plan.h"

namespace jpegdeblock {

namespace {

const float* layer_tensor(const Model& model, int layer, const char* kind) {
    return model.tensor("layers." + std::to_string(layer) + "." + kind).as<float>();
}

/// Copies the 3x3 kernels of one output channel to (row, column) of larger kernels, times gain.
void place_kernels(const float* kernels, int count, float gain, int size, int row, int column,
                   float* output) {
    for (int channel = 0; channel < count; ++channel)
        for (int y = 0; y < 3; ++y)
            for (int x = 0; x < 3; ++x)
                output[(channel * size + row + y) * size + column + x] =
                    gain * kernels[(channel * 3 + y) * 3 + x];
}

FoldedLayer zeros(const ConvolutionShape& shape) {
    FoldedLayer result;
    result.weights.resize(static_cast<std::size_t>(shape.output_channels) * shape.input_channels *
                          shape.kernel * shape.kernel);
    result.bias.resize(static_cast<std::size_t>(shape.output_channels));
    return result;
}

FoldedLayer fold_hidden_layer(const Model& model, const Conditioning& conditioning, int layer,
                              const ConvolutionShape& shape) {
    const NetworkDescription& network = model.network;
    const int inputs = input_channels(network, layer);
    const float* weights = layer_tensor(model, layer, "weight");
    const float* bias = layer_tensor(model, layer, "bias");
    const float* gain = &conditioning.gain[static_cast<std::size_t>(layer) * network.channels];
    const float* shift = &conditioning.shift[static_cast<std::size_t>(layer) * network.channels];
    FoldedLayer result = zeros(shape);
    for (int channel = 0; channel < network.channels; ++channel) {
        place_kernels(weights + static_cast<std::size_t>(channel) * inputs * 9, inputs, gain[channel], 3, 0,
                      0, &result.weights[static_cast<std::size_t>(channel) * shape.input_channels * 9]);
        result.bias[channel] = bias[channel] + shift[channel];
    }
    return result;
}

/// See joined_positions. Output channel Y * side + X is the residual at row Y and column X of a square of
/// side * side samples of the plane.
FoldedLayer join_last_layer(const Model& model, int layer, const ConvolutionShape& shape) {
    const NetworkDescription& network = model.network;
    const int side = output_scale_of(network);
    const std::size_t kernels = static_cast<std::size_t>(shape.input_channels) * shape.kernel * shape.kernel;
    const float* weights = layer_tensor(model, layer, "weight");
    const float* bias = layer_tensor(model, layer, "bias");
    FoldedLayer result = zeros(shape);
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const int output = y * side + x;
            const int channel = y % network.scale * network.scale + x % network.scale;
            place_kernels(weights + static_cast<std::size_t>(channel) * network.channels * 9,
                          network.channels, 1.0f, shape.kernel, y / network.scale, x / network.scale,
                          &result.weights[output * kernels]);
            result.bias[output] = bias[channel];
        }
    }
    return result;
}

}  // namespace

FoldedLayer fold_layer(const Model& model, const Conditioning& conditioning, int layer,
                       const ConvolutionShape& shape) {
    return layer == model.network.depth - 1 ? join_last_layer(model, layer, shape)
                                            : fold_hidden_layer(model, conditioning, layer, shape);
}

void fold_phase_bias(const Model& model, const Conditioning& conditioning, const ConvolutionShape& shape,
                     std::int64_t rows, float* output) {
    const int period = 8 / model.network.scale;
    const float* phase = model.tensor("phase_bias").as<float>();
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
                output[x * position + channel] =
                    conditioning.gain[channel] * phase[(channel * period + y) * period + x];
        for (std::int64_t x = period; x < shape.output_width(); x += period)
            std::copy_n(output, position * period, output + x * position);
    }
}

}  // namespace jpegdeblock
