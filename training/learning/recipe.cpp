// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace jpegdeblock::training {

Recipe default_recipe() {
    return {};
}

Recipe paper_recipe() {
    Recipe recipe;
    recipe.optimizer = OptimizerKind::kSgd;
    recipe.momentum = 0.9;
    recipe.weight_decay = 1e-4;
    recipe.loss = LossKind::kHalfSquared;
    recipe.schedule = ScheduleKind::kSteps;
    recipe.learning_rate = 0.1;
    recipe.drop_factor = 0.1;
    recipe.clipping = ClippingKind::kValue;
    recipe.clipping_limit = 0.005;
    recipe.average_decay = 0;
    return recipe;
}

double learning_rate_at(const Recipe& recipe, std::uint64_t step, double share_done) {
    if (recipe.schedule == ScheduleKind::kSteps) {
        const double drops =
            recipe.drop_steps == 0
                ? 0.0
                : std::floor(static_cast<double>(step) / static_cast<double>(recipe.drop_steps));
        return recipe.learning_rate * std::pow(recipe.drop_factor, drops);
    }
    constexpr double kFinalShare = 0.01;
    const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, share_done)));
    const double warm_up =
        recipe.warm_up_steps == 0
            ? 1.0
            : std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(recipe.warm_up_steps));
    return recipe.learning_rate * warm_up * (kFinalShare + (1 - kFinalShare) * cosine);
}

}  // namespace jpegdeblock::training
