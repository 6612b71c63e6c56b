// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>
#include "model/model.h"

namespace jpegdeblock::test {

/// The residual of `luma` in levels, width floats a row, computed one sample after the other in double
/// exactly as NetworkDescription writes it down.
/// history: 128 + 128 times what the network is shown of the frames before; without samples: nothing.
std::vector<float> reference_residual(const Model& model, ConstPlane luma, GridOffset offset,
                                      const QuantizationTable& table, ConstPlane history = {});

/// The same in int8, in integers and double, exactly as Model writes it down.
std::vector<float> reference_int8_residual(const Model& model, ConstPlane luma, GridOffset offset,
                                           const QuantizationTable& table, ConstPlane history = {});

/// The model with the steps of weights that int8 has on this CPU.
Model with_weight_scales_of_this_cpu(Model model);

/// A network of few layers, told the table, that runs in next to no time.
NetworkDescription small_network(bool temporal = false);

/// A network of that description with weights drawn from `seed`, such that activations stay near 1 in every
/// layer. name is "random".
Model random_model(const NetworkDescription& network, std::uint32_t seed);

/// The same with the tensors for int8: scales at which few weights and activations are cut off.
Model random_int8_model(const NetworkDescription& network, std::uint32_t seed);

/// A plane's samples, uniformly distributed.
std::vector<std::uint8_t> random_luma(int width, int height, std::uint32_t seed);

}  // namespace jpegdeblock::test
