// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/engine.h"
#include "model/model.h"

#include "engine/convolution.h"

namespace jpegdeblock {

/// The oneDNN types that a precision's convolutions work on.
struct ConvolutionTypes {
    dnnl::memory::data_type activations, weights;
};

/// precision: not kAuto.
ConvolutionTypes types_of(Precision precision);

/// How one layer of a network is carried out.
struct LayerPlan {
    ConvolutionShape shape;
    int input_buffer = 0;   ///< kPlane for the first layer.
    int output_buffer = 0;  ///< kPlane for the last layer.
    /// A skip connection is added in the buffer that holds it already, or else copied from this buffer into
    /// the output's first; kNone: nothing to copy.
    int copy_skip_from = kNone;

    static constexpr int kPlane = -1;
    static constexpr int kNone = -1;
};

/// Hidden channels as stored: oneDNN's kernels for NHWC want whole vectors, the rest are zeros.
int stored_channels(const NetworkDescription& network);

/// Factor by which the last layer joins neighbouring positions: it computes at 1 / factor of the resolution,
/// with a larger kernel and stride, the outputs of factor * factor positions as channels. That fills the 16
/// lanes of a vector, most of which 1 or 4 output channels would waste: 36 instead of 144 multiply-adds for
/// each input channel and position at scale 1, 64 instead of 144 at scale 2.
int joined_positions(const NetworkDescription& network);

/// The residual leaves the last layer pixel-unshuffled by this.
inline int output_scale_of(const NetworkDescription& network) {
    return network.scale * joined_positions(network);
}

/// What a stored output channel of a layer computes.
struct ChannelSource {
    int channel = 0;          ///< Of the network.
    int row = 0, column = 0;  ///< Where the 3x3 kernel lies within a joined one.
};

/// Of the stored output channels 0, 1, ...; those beyond compute nothing.
std::vector<ChannelSource> channel_sources(const NetworkDescription& network, int layer);

/// Layers 0 .. depth-1 for an unshuffled plane of that width. precision: not kAuto; kInt8 only where the
/// model has_int8. In int8 the first layer's input has one more column on either side, because what pads it
/// is not 0.
std::vector<LayerPlan> plan_layers(const Model& model, Precision precision, std::int64_t width);

/// How many activation buffers the plan uses.
int buffers_used(const std::vector<LayerPlan>& layers);

/// Bytes that a row of all these buffers takes.
std::size_t activation_bytes_of_row(const std::vector<LayerPlan>& layers);

}  // namespace jpegdeblock
