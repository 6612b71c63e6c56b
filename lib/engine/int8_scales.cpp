// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/int8_scales.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "engine/cpu.h"

namespace jpegdeblock {

const float* int8_tensor(const Model& model, int layer, const char* kind) {
    return model.tensor("int8.layers." + std::to_string(layer) + "." + kind).as<float>();
}

double activation_scale(const Model& model, int layer) {
    return *int8_tensor(model, layer, "activation_scale");
}

namespace {

/// The largest sum of two weights of one sign, of neighbouring inputs and at one place of the kernel.
double largest_pair(const float* weights, int inputs) {
    constexpr int kArea = 9;
    double largest = 0.0;
    for (int input = 0; input < inputs; input += 2)
        for (int place = 0; place < kArea; ++place) {
            const double a = weights[input * kArea + place];
            const double b = input + 1 < inputs ? weights[(input + 1) * kArea + place] : 0.0;
            largest = std::max(
                {largest, std::max(a, 0.0) + std::max(b, 0.0), std::max(-a, 0.0) + std::max(-b, 0.0)});
        }
    return largest;
}

}  // namespace

std::vector<float> weight_scales(const Model& model, int layer) {
    // 255 * 128 are below 2^15; the two weights are rounded up by a half each at most.
    constexpr double kMostOfPair = 127.0;
    const int outputs = output_channels(model.network, layer), inputs = input_channels(model.network, layer);
    const float* scales = int8_tensor(model, layer, "weight_scale");
    std::vector<float> result(scales, scales + outputs);
    if (cpu_sums_products_exactly()) return result;
    const float* weights = model.tensor("layers." + std::to_string(layer) + ".weight").as<float>();
    for (int channel = 0; channel < outputs; ++channel) {
        const float* kernels = weights + std::ptrdiff_t{channel} * inputs * 9;
        const double least = largest_pair(kernels, inputs) / kMostOfPair;
        result[channel] = std::max(scales[channel], static_cast<float>(least));
    }
    return result;
}

double input_scale(const Model& model, int layer) {
    return layer == 0 ? model.network.input_scale : activation_scale(model, layer - 1);
}

}  // namespace jpegdeblock
