// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "model/model.h"

namespace jpegdeblock::training {

struct DncnnImportOptions {
    /// Of batch normalisation: 1e-5 is PyTorch's default; KAIR trains with 1e-4.
    double norm_epsilon = 1e-5;
    /// The network's output is added to its input. As published it is subtracted: the network predicts the
    /// distortion, and the last layer is negated on import, as our networks predict the correction.
    bool output_is_added = false;
    LumaRange range = LumaRange::kFull;  ///< Of the luma it was trained on.
};

/// Makes a dncnn model of the weights of one in PyTorch: a Sequential of 3x3 convolutions, perhaps with batch
/// normalisation (which is folded), for luma in 0..1. Keys are PREFIX.N.weight, PREFIX.N.bias and, for
/// normalisation, PREFIX.N.running_mean and running_var, with any one prefix and N ascending: KAIR's are
/// model.0.weight, model.0.bias, model.2.weight, ... Throws Error(kInvalidFile) where the tensors are
/// anything else, with the name and what was expected.
Model import_dncnn(const std::map<std::string, Tensor>& tensors, const DncnnImportOptions& options);

}  // namespace jpegdeblock::training
