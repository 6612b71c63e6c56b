// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "model/model.h"

#include "engine/convolution.h"

namespace jpegdeblock {

/// The constants of one layer as a plain convolution, channels that are only stored (see stored_channels)
/// zero.
template <typename Weight>
struct FoldedLayer {
    std::vector<Weight> weights;  ///< [shape.output_channels, shape.input_channels, kernel, kernel]
    std::vector<float> bias;      ///< [shape.output_channels]
};

/// With gains and shifts folded in. shape: the layer's, of plan_layers for f32 or bf16.
FoldedLayer<float> fold_layer(const Model& model, const Conditioning& conditioning, int layer,
                              const ConvolutionShape& shape);

/// The weights of a layer for int8, [shape.output_channels, shape.input_channels, kernel, kernel]: the same
/// for every table.
std::vector<std::int8_t> int8_weights(const Model& model, int layer, const ConvolutionShape& shape);

/// The sum of the weights of each output channel, [shape.output_channels].
std::vector<int> sums_of_outputs(const std::vector<std::int8_t>& weights, const ConvolutionShape& shape);

/// The rest of a layer for int8, which a table changes.
struct Int8Modulation {
    std::vector<float> gain;  ///< [shape.output_channels]; never 0.
    std::vector<float> bias;  ///< [shape.output_channels], in units of the sums of products of integers.
};

/// weight_sums: of the layer's int8 weights.
Int8Modulation fold_int8_modulation(const Model& model, const Conditioning& conditioning, int layer,
                                    const ConvolutionShape& shape, const std::vector<int>& weight_sums);

/// Fills `rows` rows of positions of shape.output_channels floats with the first layer's phase bias times its
/// gain, in units of the output.
void fold_phase_bias(const Model& model, const Conditioning& conditioning, const ConvolutionShape& shape,
                     std::int64_t rows, float* output);

}  // namespace jpegdeblock
