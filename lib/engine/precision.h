// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "engine/engine.h"
#include "model/model.h"

namespace jpegdeblock {

/// Which precision an engine of `model` runs in when asked for `wanted`; never kAuto.
/// Errors: kUnsupported when the CPU or the model lacks it.
Precision choose_precision(const Model& model, Precision wanted);

}  // namespace jpegdeblock
