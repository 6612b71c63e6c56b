// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

#include "model/model.h"

namespace jpegdeblock::training {

/// The int8 form of a model: scales and corrections of each layer, as model.h defines them.
struct Int8Parameters {
    std::vector<torch::Tensor> weight_scale;     ///< [out] for each layer.
    std::vector<double> activation_scale;        ///< For each hidden layer.
    std::vector<torch::Tensor> bias_correction;  ///< [out] for each layer.
};

/// Scales with which the largest of a convolution's weights [out, in, 3, 3] is 127 in each output channel:
/// [out], above zero for channels without weights too.
torch::Tensor int8_weight_scales(const torch::Tensor& weight);

/// The int8 form with int8_weight_scales, the given scales of the hidden layers' activations, and nothing
/// corrected.
Int8Parameters uncorrected_int8(const Model& model, std::vector<double> activation_scale);

/// Reads the int8 tensors of a model that has them (has_int8).
Int8Parameters int8_parameters(const Model& model);
/// Puts them into a model.
void set_int8_parameters(Model& model, const Int8Parameters& parameters);

/// What a network sees.
struct NetworkInput {
    torch::Tensor luma;  ///< [N, 1, H, W] f32 in levels, as decoded.
    torch::Tensor history =
        {};  ///< Of temporal networks, likewise, in whole 128ths; undefined: there is none.
};

/// Called for each layer with what its convolution gives after gain, shift and skip, before ReLU: [N, out, H,
/// W].
using LayerObserver = std::function<void(int layer, const torch::Tensor& value)>;

/// Evaluates a model layer by layer for one quantization table, straight from the formulas of model.h: in
/// f32, or with `int8` as the reference of int8 inference (integers held in floats, which are exact up to
/// 2^24). input: planes of luma in whole levels, H and W multiples of 8. Returns the residual in levels.
torch::Tensor evaluate_layers(const Model& model, const QuantizationTable& table, const NetworkInput& input,
                              const Int8Parameters* int8 = nullptr, const LayerObserver& observer = {});

}  // namespace jpegdeblock::training
