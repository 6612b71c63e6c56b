// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/layer_plan.h"

#include <algorithm>

#include "engine/int8_scales.h"

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

void add_int8_scales(const Model& model, int layer, ConvolutionShape& shape) {
    if (layer == 0) {
        shape.input_width += 2;
        shape.padding = 0;
    }
    const bool hidden = layer < model.network.depth - 1;
    shape.scaling.gain = hidden && model.network.conditioned;
    const double output_step = hidden ? activation_scale(model, layer) : 1.0;
    const double input_step = input_scale(model, layer);
    const std::vector<float> steps = weight_scales(model, layer);
    shape.scaling.scales.assign(static_cast<std::size_t>(shape.output_channels), 1.0f);
    const std::vector<ChannelSource> sources = channel_sources(model.network, layer);
    for (std::size_t i = 0; i < sources.size(); ++i)
        shape.scaling.scales[i] = static_cast<float>(input_step * steps[sources[i].channel] / output_step);
    if (shape.accumulate)
        shape.sum_scale =
            static_cast<float>(activation_scale(model, layer - model.network.skip_interval) / output_step);
}

}  // namespace

ConvolutionTypes types_of(Precision precision) {
    using type = dnnl::memory::data_type;
    switch (precision) {
        case Precision::kInt8:
            return {type::u8, type::s8};
        case Precision::kBf16:
            return {type::bf16, type::bf16};
        default:
            return {type::f32, type::f32};
    }
}

int stored_channels(const NetworkDescription& network) {
    return (network.channels + 15) / 16 * 16;
}

int joined_positions(const NetworkDescription& network) {
    return std::max(1, 4 / network.scale);
}

std::vector<ChannelSource> channel_sources(const NetworkDescription& network, int layer) {
    std::vector<ChannelSource> sources;
    if (layer < network.depth - 1) {
        for (int channel = 0; channel < network.channels; ++channel) sources.push_back({channel, 0, 0});
        return sources;
    }
    // The residual at row y and column x of a square of samples of the plane.
    const int scale = network.scale, side = output_scale_of(network);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            sources.push_back({y % scale * scale + x % scale, y / scale, x / scale});
    return sources;
}

std::vector<LayerPlan> plan_layers(const Model& model, Precision precision, std::int64_t width) {
    const NetworkDescription& network = model.network;
    const ConvolutionTypes types = types_of(precision);
    const int last = network.depth - 1;
    std::vector<LayerPlan> layers;
    for (int layer = 0; layer <= last; ++layer) {
        LayerPlan plan;
        plan.shape = {.input_channels = layer == 0 ? input_channels(network, 0) : stored_channels(network),
                      .output_channels = stored_channels(network),
                      .input_width = width,
                      .input_type = types.activations,
                      .weights_type = types.weights,
                      .output_type = types.activations,
                      // Limiting to unsigned integers does the same.
                      .relu = layer < last && precision != Precision::kInt8};
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
        if (precision == Precision::kInt8) add_int8_scales(model, layer, plan.shape);
        layers.push_back(plan);
    }
    return layers;
}

int buffers_used(const std::vector<LayerPlan>& layers) {
    int used = 0;
    for (const LayerPlan& layer : layers) used = std::max(used, layer.output_buffer + 1);
    return used;
}

std::size_t activation_bytes_of_row(const std::vector<LayerPlan>& layers) {
    return layers.front().shape.output_row_bytes() * static_cast<std::size_t>(buffers_used(layers));
}

}  // namespace jpegdeblock
