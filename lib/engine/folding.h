// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include <jpegdeblock/model.h>

#include "engine/convolution.h"

namespace jpegdeblock {

/// The constants of one layer as a plain convolution, gains and shifts folded in, channels that are only
/// stored (see stored_channels) zero.
struct FoldedLayer {
    std::vector<float> weights;  ///< [shape.output_channels, shape.input_channels, kernel, kernel]
    std::vector<float> bias;     ///< [shape.output_channels]
};

/// shape: the layer's, of plan_layers.
FoldedLayer fold_layer(const Model& model, const Conditioning& conditioning, int layer,
                       const ConvolutionShape& shape);

/// Fills `rows` rows of `width` positions of shape.output_channels floats with the first layer's phase bias
/// times its gain.
void fold_phase_bias(const Model& model, const Conditioning& conditioning, const ConvolutionShape& shape,
                     std::int64_t rows, float* output);

}  // namespace jpegdeblock
