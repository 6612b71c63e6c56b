// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/int8_scales.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/cpu.h"
#include "reference_network.h"

namespace jpegdeblock {
namespace {

Model quantized_model() {
    NetworkDescription network;
    network.channels = 17;  // The last one has no neighbour.
    network.depth = 4;
    return test::random_int8_model(network, 3);
}

std::vector<float> scales_in_file(const Model& model, int layer) {
    const float* scales = int8_tensor(model, layer, "weight_scale");
    return {scales, scales + output_channels(model.network, layer)};
}

/// The largest sum over neighbouring inputs of integer weights of either sign, at any place.
double largest_pair(const Model& model, int layer, const std::vector<float>& scales) {
    const float* weights = model.tensor("layers." + std::to_string(layer) + ".weight").as<float>();
    const int inputs = input_channels(model.network, layer);
    double largest = 0;
    for (std::size_t output = 0; output < scales.size(); ++output)
        for (const int sign : {1, -1})
            for (int place = 0; place < 9; ++place)
                for (int first = 0; first < inputs; first += 2) {
                    double sum = 0;
                    for (int input = first; input < std::min(first + 2, inputs); ++input) {
                        const double weight = weights[(output * inputs + input) * 9 + place];
                        sum += std::max(
                            0.0, sign * std::nearbyint(std::clamp(weight / scales[output], -127.0, 127.0)));
                    }
                    largest = std::max(largest, sum);
                }
    return largest;
}

TEST(Int8Scales, AreThoseOfTheModelWhereProductsAreSummedExactly) {
    if (!cpu_sums_products_exactly()) GTEST_SKIP() << "This CPU has no VNNI.";
    const Model model = quantized_model();
    for (int layer = 0; layer < model.network.depth; ++layer)
        EXPECT_EQ(weight_scales(model, layer), scales_in_file(model, layer));
}

TEST(Int8Scales, KeepPairsOfProductsWithin16Bits) {
    if (cpu_sums_products_exactly()) GTEST_SKIP() << "This CPU has VNNI.";
    constexpr double kMostOfPair = 32767.0 / 255;
    const Model model = quantized_model();
    for (int layer = 0; layer < model.network.depth; ++layer) {
        const std::vector<float> before = scales_in_file(model, layer), after = weight_scales(model, layer);
        EXPECT_GT(largest_pair(model, layer, before), kMostOfPair);
        EXPECT_LE(largest_pair(model, layer, after), kMostOfPair);
        for (std::size_t i = 0; i < before.size(); ++i) EXPECT_GE(after[i], before[i]);
    }
}

}  // namespace
}  // namespace jpegdeblock
