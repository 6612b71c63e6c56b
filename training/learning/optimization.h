// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <memory>

#include "learning/recipe.h"
#include "network/network.h"

namespace jpegdeblock::training {

/// The recipe's optimiser over the network's parameters.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Recipe& recipe, const Network& network);

void set_learning_rate(torch::optim::Optimizer& optimizer, double learning_rate);

/// Clips the gradients of the network's parameters.
void clip_gradients(const Recipe& recipe, const Network& network);

}  // namespace jpegdeblock::training
