// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>

#include <jpegdeblock/error.h>
#include "model/model.h"

namespace jpegdeblock {

namespace {

/// weight * input + bias, row by row in double: the same result on every machine and in every build.
std::vector<double> linear(const Tensor& weight, const Tensor& bias, const std::vector<double>& input) {
    std::vector<double> output(static_cast<std::size_t>(bias.elements()));
    const float* row = weight.as<float>();
    for (std::size_t i = 0; i < output.size(); ++i, row += input.size()) {
        double sum = bias.as<float>()[i];
        for (std::size_t j = 0; j < input.size(); ++j) sum += static_cast<double>(row[j]) * input[j];
        output[i] = sum;
    }
    return output;
}

std::vector<double> normalized_steps(const QuantizationTable& table) {
    std::vector<double> z;
    for (const std::uint16_t step : table.step) {
        if (step == 0)
            throw Error(ErrorCode::kInvalidArgument, "A quantization step is 0, expected 1..65535.");
        z.push_back(std::log(static_cast<double>(step)) / 2 - 1);
    }
    return z;
}

}  // namespace

Conditioning evaluate_conditioning(const Model& model, const QuantizationTable& table) {
    const NetworkDescription& network = model.network;
    const std::size_t channels = static_cast<std::size_t>(network.channels);
    const std::size_t layers = static_cast<std::size_t>(network.depth - 1);
    Conditioning result{std::vector<float>(layers * channels, 1.0f),
                        std::vector<float>(layers * channels, 0.0f)};
    if (!network.conditioned) return result;

    std::vector<double> hidden =
        linear(model.tensor("condition.0.weight"), model.tensor("condition.0.bias"), normalized_steps(table));
    for (double& unit : hidden) unit = std::max(unit, 0.0);
    const std::vector<double> output =
        linear(model.tensor("condition.1.weight"), model.tensor("condition.1.bias"), hidden);
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const double* gain = output.data() + layer * 2 * channels;
        const double* shift = gain + channels;
        for (std::size_t c = 0; c < channels; ++c) {
            result.gain[layer * channels + c] = static_cast<float>(1 + gain[c]);
            result.shift[layer * channels + c] = static_cast<float>(shift[c]);
        }
    }
    return result;
}

}  // namespace jpegdeblock
