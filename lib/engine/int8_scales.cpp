// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/int8_scales.h"

#include <string>

namespace jpegdeblock {

const float* int8_tensor(const Model& model, int layer, const char* kind) {
    return model.tensor("int8.layers." + std::to_string(layer) + "." + kind).as<float>();
}

double activation_scale(const Model& model, int layer) {
    return *int8_tensor(model, layer, "activation_scale");
}

double input_scale(const Model& model, int layer) {
    return layer == 0 ? model.network.input_scale : activation_scale(model, layer - 1);
}

}  // namespace jpegdeblock
