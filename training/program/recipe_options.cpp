// SPDX-License-Identifier: LGPL-2.1-or-later
#include "program/recipe_options.h"

#include <algorithm>
#include <cmath>

namespace jpegdeblock::training {

void add_recipe_options(CLI::App& command, RecipeArguments& arguments) {
    const char* group = "Recipe";
    command
        .add_option(
            "--recipe", arguments.name,
            "default: Muon, cosine decay, error relative to the JPEG's. paper: DnCNN as published, 20 layers "
            "of "
            "64 channels with batch normalisation, stochastic gradient descent, half squared error of the "
            "residual (MATLAB's regressionLayer); its settings are [1] those of MathWorks' example 'JPEG "
            "Image "
            "Deblocking Using Deep Learning', which follows [2] Zhang et al., IEEE TIP 2017")
        ->check(CLI::IsMember({"default", "paper"}))
        ->capture_default_str()
        ->group(group);
    command.add_option("--epochs", arguments.epochs, "Length in epochs instead of minutes (paper: 30 [1])")
        ->check(CLI::PositiveNumber)
        ->group(group);
    command
        .add_option("--patches-per-picture", arguments.patches_per_picture,
                    "Patches of each picture in an epoch [1]; of each picture and quality with --prepared")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str()
        ->group(group);
    command.add_option("--batch", arguments.batch, "Patches a step (default: 8; paper: 64 [1], 128 in [2])")
        ->check(CLI::Range(1, 4096))
        ->group(group);
    command
        .add_option(
            "--patch", arguments.patch,
            "Side of a patch in pixels, a multiple of 8 with --pictures (default: 96; with --prepared: 50 "
            "[1, 2])")
        ->check(CLI::Range(8, 1024))
        ->group(group);
    command
        .add_option("--optimizer", arguments.optimizer,
                    "default: muon, which steps hidden convolutions along orthogonal directions (Jordan et "
                    "al., 2024) and all else as adam does, or adam alone")
        ->check(CLI::IsMember({"adam", "muon"}))
        ->group(group);
    command
        .add_option("--learning-rate", arguments.learning_rate,
                    "Highest learning rate (default: 0.005, with adam 0.002; paper: 0.1 [1, 2])")
        ->check(CLI::PositiveNumber)
        ->group(group);
    command
        .add_option("--drop-factor", arguments.drop_factor,
                    "paper: what the learning rate is multiplied by at each drop (0.1 [1])")
        ->check(CLI::Range(0.0, 1.0))
        ->group(group);
    command.add_option("--drop-epochs", arguments.drop_epochs, "paper: epochs from drop to drop (10 [1])")
        ->check(CLI::PositiveNumber)
        ->group(group);
    command
        .add_option("--momentum", arguments.momentum,
                    "Of the gradients (muon: 0.95; paper: 0.9 [1, 2]); adam has its own")
        ->check(CLI::Range(0.0, 1.0))
        ->group(group);
    command
        .add_option("--weight-decay", arguments.weight_decay,
                    "paper: L2 regularisation of the convolutions' weights (0.0001 [1, 2])")
        ->check(CLI::NonNegativeNumber)
        ->group(group);
    command
        .add_option(
            "--clip", arguments.clipping_limit,
            "Limit of the gradients: of their norm (default: 1) or of each one's absolute value (paper: "
            "0.005 [1])")
        ->check(CLI::PositiveNumber)
        ->group(group);
    command
        .add_option("--average-decay", arguments.average_decay,
                    "Decay of the moving average of the weights, which is what is written (default: 0.999; "
                    "paper: 0, the weights themselves)")
        ->check(CLI::Range(0.0, 0.999999))
        ->group(group);
}

Recipe recipe_of(const RecipeArguments& arguments, std::uint64_t steps_per_epoch) {
    Recipe recipe = arguments.paper() ? paper_recipe() : default_recipe();
    if (arguments.optimizer && !arguments.paper()) {
        const bool muon = *arguments.optimizer == "muon";
        recipe.optimizer = muon ? OptimizerKind::kMuon : OptimizerKind::kAdam;
        if (!muon) recipe.learning_rate = 2e-3;
    }
    recipe.learning_rate = arguments.learning_rate.value_or(recipe.learning_rate);
    recipe.momentum = arguments.momentum.value_or(recipe.momentum);
    recipe.weight_decay = arguments.weight_decay.value_or(recipe.weight_decay);
    recipe.drop_factor = arguments.drop_factor.value_or(recipe.drop_factor);
    recipe.clipping_limit = arguments.clipping_limit.value_or(recipe.clipping_limit);
    recipe.average_decay = arguments.average_decay.value_or(recipe.average_decay);
    recipe.drop_steps = static_cast<std::uint64_t>(std::max(
        1.0, std::round(arguments.drop_epochs.value_or(10.0) * static_cast<double>(steps_per_epoch))));
    return recipe;
}

}  // namespace jpegdeblock::training
