// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "model/model.h"

namespace jpegdeblock {

/// The data of "int8.layers.LAYER.KIND". The model must have it.
const float* int8_tensor(const Model& model, int layer, const char* kind);

/// The step of the bytes that hidden layer `layer` gives.
double activation_scale(const Model& model, int layer);

/// The step of the bytes that layer `layer` is given.
double input_scale(const Model& model, int layer);

/// The step of the int8 weights of each output channel of layer `layer`: the model's weight_scale, enlarged
/// where two products with neighbouring input channels could exceed 16 bits on a CPU that needs them not to.
std::vector<float> weight_scales(const Model& model, int layer);

}  // namespace jpegdeblock
