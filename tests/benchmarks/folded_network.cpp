// SPDX-License-Identifier: LGPL-2.1-or-later
#include "folded_network.h"

#include <string>

namespace jpegdeblock {

FoldedNetwork fold(const Model& model, const QuantizationTable& table, int width, int height) {
    const NetworkDescription& network = model.network;
    const Conditioning conditioning = evaluate_conditioning(model, table);
    FoldedNetwork result;
    for (int layer = 0; layer < network.depth; ++layer) {
        const std::string name = "layers." + std::to_string(layer) + ".";
        FoldedConvolution& folded = result.layers.emplace_back();
        folded.inputs = input_channels(network, layer);
        folded.outputs = output_channels(network, layer);
        folded.relu = layer < network.depth - 1;
        if (folded.relu && network.skip_interval > 0 && layer > 0 && layer % network.skip_interval == 0)
            folded.skip_from = layer - network.skip_interval;
        const float* weight = model.tensor(name + "weight").as<float>();
        const float* bias = model.tensor(name + "bias").as<float>();
        for (int channel = 0; channel < folded.outputs; ++channel) {
            const auto place = static_cast<std::size_t>(layer * network.channels + channel);
            const float gain = folded.relu ? conditioning.gain[place] : 1.0f;
            for (int i = 0; i < 9 * folded.inputs; ++i) folded.weights.push_back(gain * *weight++);
            folded.bias.push_back(bias[channel] + (folded.relu ? conditioning.shift[place] : 0.0f));
        }
    }
    if (!network.phase_bias) return result;
    const int period = 8 / network.scale;
    const float* phase = model.tensor("phase_bias").as<float>();
    for (int channel = 0; channel < network.channels; ++channel)
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                result.phase.push_back(conditioning.gain[static_cast<std::size_t>(channel)] *
                                       phase[(channel * period + y % period) * period + x % period]);
    return result;
}

}  // namespace jpegdeblock
