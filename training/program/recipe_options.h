// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "learning/recipe.h"

namespace jpegdeblock::training {

/// What the command line says of the recipe; what it leaves open is the recipe's.
struct RecipeArguments {
    std::string name = "default";
    std::optional<std::string> optimizer;  ///< "adam" or "muon"; the paper's recipe has its own.
    std::optional<double> learning_rate, momentum, weight_decay, drop_factor, drop_epochs, clipping_limit,
        average_decay, epochs;
    std::optional<int> batch, patch;
    int patches_per_picture = 128;

    bool paper() const { return name == "paper"; }
    int batch_size() const { return batch.value_or(paper() ? 64 : 8); }
    /// Epochs to train, if the length is given in epochs.
    std::optional<double> length() const { return epochs || !paper() ? epochs : 30; }
};

void add_recipe_options(CLI::App& command, RecipeArguments& arguments);

/// The recipe with everything overridden that the arguments give.
Recipe recipe_of(const RecipeArguments& arguments, std::uint64_t steps_per_epoch);

}  // namespace jpegdeblock::training
