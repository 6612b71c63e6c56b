// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include <jpegdeblock/quantization.h>
#include "model/model.h"

namespace jpegdeblock {

/// A 3x3 convolution with what a table gives to it folded in, for other inference engines.
struct FoldedConvolution {
    int inputs = 0, outputs = 0;
    std::vector<float> weights;  ///< [outputs, inputs, 3, 3]
    std::vector<float> bias;
    bool relu = true;
    int skip_from = -1;  ///< The layer whose result is added before ReLU; -1: none.
};

struct FoldedNetwork {
    std::vector<FoldedConvolution> layers;
    std::vector<float> phase;  ///< [outputs of layer 0, height, width], added in layer 0; or empty.
};

/// width, height: of the unshuffled plane.
FoldedNetwork fold(const Model& model, const QuantizationTable& table, int width, int height);

}  // namespace jpegdeblock
