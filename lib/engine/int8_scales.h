// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "model/model.h"

namespace jpegdeblock {

/// The data of "int8.layers.LAYER.KIND". The model must have it.
const float* int8_tensor(const Model& model, int layer, const char* kind);

/// The step of the bytes that hidden layer `layer` gives.
double activation_scale(const Model& model, int layer);

/// The step of the bytes that layer `layer` is given.
double input_scale(const Model& model, int layer);

}  // namespace jpegdeblock
