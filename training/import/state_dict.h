// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "model/safetensors.h"

namespace jpegdeblock::training {

/// Reads the tensors of a file that PyTorch's torch.save(network.state_dict(), path) wrote, in its present
/// form (a zip archive) and that of before version 1.6; a dictionary that holds the state_dict under
/// "state_dict", "params", "params_ema" or "model" will do. Floating-point tensors are converted to F32;
/// integer ones (counters) are left out. No code of the file is run. Throws Error(kNotFound, kUnreadable),
/// and Error(kInvalidFile) for anything else.
std::map<std::string, Tensor> read_state_dict(const std::string& path);

}  // namespace jpegdeblock::training
