// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace jpegdeblock::training {

enum class OptimizerKind {
    kAdam,  ///< Kingma and Ba, ICLR 2015.
    kMuon,  ///< Adam, but for the hidden convolutions; see muon.h.
    kSgd    ///< Stochastic gradient descent with momentum.
};

enum class LossKind {
    /// Mean over patches of the squared error of the restored patch relative to that of its JPEG, so that all
    /// qualities count alike in decibels.
    kRelative,
    /// Half the sum over a patch's pixels of the squared error of the residual, in units of 255 levels; mean
    /// over patches. This is what MATLAB's regressionLayer computes for images (its documentation,
    /// 'Regression Output Layer').
    kHalfSquared
};

enum class ScheduleKind {
    kCosine,  ///< Linear warm-up, then half a cosine down to a hundredth.
    kSteps    ///< Multiplied by drop_factor every drop_steps steps.
};

enum class ClippingKind {
    kNorm,  ///< All gradients are scaled so that their common norm is at most the limit.
    kValue  ///< Each gradient is clamped to -limit..limit.
};

/// How a network is trained.
struct Recipe {
    OptimizerKind optimizer = OptimizerKind::kMuon;
    double momentum = 0.95;   ///< kSgd, kMuon.
    double weight_decay = 0;  ///< kSgd: L2 regularisation of the convolutions' weights (not of biases).
    LossKind loss = LossKind::kRelative;
    ScheduleKind schedule = ScheduleKind::kCosine;
    double learning_rate = 5e-3;        ///< At its highest.
    std::uint64_t warm_up_steps = 300;  ///< kCosine.
    double drop_factor = 0.1;           ///< kSteps.
    std::uint64_t drop_steps = 0;       ///< kSteps; 0: never.
    ClippingKind clipping = ClippingKind::kNorm;
    double clipping_limit = 1;
    /// Of the exponential moving average of the weights, which is what is exported; 0: the weights
    /// themselves.
    double average_decay = 0.999;
};

/// What trains our networks best in little time.
Recipe default_recipe();

/// As published: MathWorks' example 'JPEG Image Deblocking Using Deep Learning' for the optimiser's settings,
/// after Zhang et al., 'Beyond a Gaussian Denoiser' (IEEE TIP 2017). drop_steps is 0: it depends on the
/// length of an epoch.
Recipe paper_recipe();

/// The learning rate at a step (from 0), when share_done (0..1) of the training is done.
double learning_rate_at(const Recipe& recipe, std::uint64_t step, double share_done);

}  // namespace jpegdeblock::training
