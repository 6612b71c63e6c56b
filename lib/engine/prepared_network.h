// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include <jpegdeblock/quantization.h>
#include "model/model.h"

#include "engine/convolution.h"

namespace jpegdeblock {

/// Bands come in two heights: all but the last of a window, and the last.
inline constexpr int kBandHeights = 2;

/// The form in which the primitives of a layer want their constants.
struct LayerLayout {
    ConvolutionShape shape;
    std::array<dnnl::memory::desc, kBandHeights> weights;
    dnnl::memory::desc factors;  ///< Of the output channels; zero where calls take none.
    dnnl::memory::desc addend;   ///< Of the higher band.

    bool operator==(const LayerLayout&) const = default;
};

struct PreparedLayer {
    std::array<dnnl::memory, kBandHeights> weights;  ///< The same memory twice where the layouts agree.
    std::vector<int> weight_sums;                    ///< Of each output channel; int8 alone.
    dnnl::memory bias;
    dnnl::memory factors;  ///< Of the output channels, with the gains; empty where calls take none.
    dnnl::memory addend;   ///< A band of phase biases; it starts at a block's first row. Empty without.
};

/// A network's weights in the form the primitives want, with the gains and shifts of one quantization table
/// folded in: relu(a * (W * x + phase) + b) = relu((a W) * x + a phase + b); in int8 gains stay apart, so
/// that the weights of all tables are the same memory. Immutable.
struct PreparedNetwork {
    std::shared_ptr<const Model> model;
    std::vector<PreparedLayer> layers;
};

/// Prepares `model` for `table`; or returns the same object again as long as somebody in the process holds
/// it, so that cameras that use one model share memory. Unconditioned networks ignore the table.
/// Thread safe. Errors: kEngine.
std::shared_ptr<const PreparedNetwork> prepare_network(const std::shared_ptr<const Model>& model,
                                                       const QuantizationTable& table,
                                                       const std::vector<LayerLayout>& layouts);

}  // namespace jpegdeblock
