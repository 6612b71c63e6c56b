// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

#include "model/model.h"
#include "network/layer_evaluation.h"

namespace jpegdeblock::training {

/// Patches that were compressed with one table.
struct CalibrationBatch {
    QuantizationTable table;
    NetworkInput input;
};

/// Finds the int8 form of a model on compressed training patches:
/// - weight scales: int8_weight_scales;
/// - activation scales: layer by layer, the share of the largest activation at which to clip that gives the
/// smallest squared
///   error of the residual (all other layers as found so far);
/// - bias corrections: the mean error that remains in each channel, layer by layer.
/// progress is called with 0..1.
Int8Parameters calibrate_int8(const Model& model, const std::vector<CalibrationBatch>& batches,
                              const std::function<void(double)>& progress = {});

/// Mean squared difference of the residuals of int8 and f32 over the batches, each relative to the mean
/// square of the f32 residual, so that all tables count alike.
double int8_error(const Model& model, const Int8Parameters& parameters,
                  const std::vector<CalibrationBatch>& batches);

}  // namespace jpegdeblock::training
