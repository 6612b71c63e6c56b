// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "model/model.h"

namespace jpegdeblock::test {

/// A network with weights that are all different; valid for every valid description.
Model sample_model(const NetworkDescription& network);

/// `model` with what int8 takes.
Model with_int8(Model model);

/// Small, conditioned, with phase bias and skips.
Model sample_grid();

/// As sample_grid, and temporal.
Model sample_temporal();

/// Small, of the blind family.
Model sample_dncnn();

}  // namespace jpegdeblock::test
