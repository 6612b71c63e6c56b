// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/layer_plan.h"

#include <algorithm>

namespace jpegdeblock {

namespace {

bool has_skip(const NetworkDescription& network, int layer) {
    return network.skip_interval > 0 && layer >= network.skip_interval && layer < network.depth - 1 &&
           layer % network.skip_interval == 0;
}

/// The layer whose output a later skip connection still needs when `layer` is computed, or kNone.
int pending_skip(const NetworkDescription& network, int layer) {
    if (network.skip_interval == 0) return LayerPlan::kNone;
    const int source = (layer - 1) / network.skip_interval * network.skip_interval;
    return has_skip(network, source + network.skip_interval) ? source : LayerPlan::kNone;
}

int free_buffer(const std::vector<LayerPlan>& layers, int input_buffer, int pending) {
    int buffer = 0;
    while (buffer == input_buffer || (pending != LayerPlan::kNone && buffer == layers[pending].output_buffer))
        ++buffer;
    return buffer;
}

}  // namespace

int stored_channels(const NetworkDescription& network) {
    return (network.channels + 15) / 16 * 16;
}

int joined_positions(const NetworkDescription& network) {
    return std::max(1, 4 / network.scale);
}

std::vector<LayerPlan> plan_layers(const NetworkDescription& network, Precision precision,
                                   std::int64_t width) {
    const auto type =
        precision == Precision::kBf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
    const int last = network.depth - 1;
    std::vector<LayerPlan> layers;
    for (int layer = 0; layer <= last; ++layer) {
        LayerPlan plan;
        plan.shape = {.input_channels = layer == 0 ? input_channels(network, 0) : stored_channels(network),
                      .output_channels = stored_channels(network),
                      .input_width = width,
                      .input_type = type,
                      .weights_type = type,
                      .output_type = type,
                      .relu = layer < last};
        plan.input_buffer = layer == 0 ? LayerPlan::kPlane : layers.back().output_buffer;
        if (layer == last) {
            const int joined = joined_positions(network);
            plan.shape.kernel = joined + 2;
            plan.shape.stride = joined;
            plan.shape.output_channels = output_channels(network, layer) * joined * joined;
            plan.shape.output_type = dnnl::memory::data_type::f32;
            plan.output_buffer = LayerPlan::kPlane;
        } else if (layer == 0) {
            plan.shape.addend = network.phase_bias;
            plan.output_buffer = 0;
        } else if (has_skip(network, layer)) {
            plan.shape.accumulate = true;
            const int source = layers[layer - network.skip_interval].output_buffer;
            if (source == plan.input_buffer) {
                plan.output_buffer = free_buffer(layers, plan.input_buffer, LayerPlan::kNone);
                plan.copy_skip_from = source;
            } else {
                plan.output_buffer = source;
            }
        } else {
            plan.output_buffer = free_buffer(layers, plan.input_buffer, pending_skip(network, layer));
        }
        layers.push_back(plan);
    }
    return layers;
}

int buffers_used(const std::vector<LayerPlan>& layers) {
    int used = 0;
    for (const LayerPlan& layer : layers) used = std::max(used, layer.output_buffer + 1);
    return used;
}

}  // namespace jpegdeblock
