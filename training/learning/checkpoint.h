// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>

#include "network/network.h"

namespace jpegdeblock::training {

/// Everything a training needs to go on where it stopped.
struct TrainingState {
    std::uint64_t step = 0;    ///< Optimiser steps done.
    double seconds = 0;        ///< Time spent training, over all runs.
    double pixels = 0;         ///< Pixels trained on.
    double smoothed_loss = 1;  ///< For the progress bar.
};

/// Writes state, parameters, buffers, averaged parameters and optimiser to `path`, atomically: a kill at any
/// moment leaves the former checkpoint or the new one. `settings` describes network and recipe;
/// load_checkpoint compares it. Errors: as write_safetensors.
void save_checkpoint(const std::string& path, const std::string& settings, const TrainingState& state,
                     const Network& network, const NamedTensors& average,
                     const torch::optim::Optimizer& optimizer);

/// Restores what save_checkpoint wrote. Throws Error(kInvalidArgument) when it was written with other
/// settings (the message shows both), Error(kInvalidFile) when damaged.
TrainingState load_checkpoint(const std::string& path, const std::string& settings, Network& network,
                              NamedTensors& average, torch::optim::Optimizer& optimizer);

}  // namespace jpegdeblock::training
