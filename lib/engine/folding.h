// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <jpegdeblock/model.h>

#include "engine/convolution.h"

namespace jpegdeblock {

/// The constants of one layer as a plain convolution, gains and shifts folded in, channels that are only
/// stored (see stored_channels) zero.
template <typename Weight>
struct FoldedLayer {
    std::vector<Weight> weights;  ///< [shape.output_channels, shape.input_channels, kernel, kernel]
    std::vector<float> bias;      ///< [shape.output_channels]
};

/// shape: the layer's, of plan_layers for f32 or bf16.
FoldedLayer<float> fold_layer(const Model& model, const Conditioning& conditioning, int layer,
                              const ConvolutionShape& shape);

/// The same for int8; the bias is in units of the sums of products of integers.
FoldedLayer<std::int8_t> fold_layer_to_int8(const Model& model, const Conditioning& conditioning, int layer,
                                            const ConvolutionShape& shape);

/// Fills `rows` rows of positions of shape.output_channels floats with the first layer's phase bias times its
/// gain, in units of the output.
void fold_phase_bias(const Model& model, const Conditioning& conditioning, const ConvolutionShape& shape,
                     std::int64_t rows, float* output);

}  // namespace jpegdeblock
