// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <torch/torch.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "learning/recipe.h"
#include "model/model.h"
#include "patches/patch_source.h"
#include "report/evaluation.h"
#include "workers/worker_group.h"

namespace jpegdeblock::training {

/// Arithmetic of the convolutions while training; weights, their gradients and sums are f32 always.
enum class TrainingPrecision { kAuto, kF32, kBf16 };

struct TrainerOptions {
    NetworkDescription network;
    bool batch_norm = false;
    int expansion = 0;             ///< Of Network: width of the linear blocks that training adds, 0: none.
    bool identity_branch = false;  ///< Of Network: hidden layers add what they get, until they are exported.
    std::string name = "model";    ///< The model's name.
    std::string output;   ///< Model file; checkpoint and curve lie beside it (.checkpoint, .csv, .html).
    bool resume = false;  ///< Go on from the checkpoint when there is one.
    /// Start from this model, or where it is smaller from what grow() makes of it. Empty: random weights.
    std::string initial_model;
    /// Round weights and activations as the int8 form of initial_model does, which must have one, of as many
    /// layers as `network` (Network::set_activation_scales). What is written then has an int8 form too.
    bool for_int8 = false;
    /// A larger model to learn from besides the pristine pictures, with teacher_share of the weight (Hinton
    /// et al., 'Distilling the Knowledge in a Neural Network', 2015): the response is the mean of the
    /// pristine picture and of what the teacher restores, weighted so. Empty: none.
    std::string teacher;
    double teacher_share = 0.5;
    std::uint64_t seed = 1;
    double minutes = 60;      ///< Length by time, where steps == 0.
    std::uint64_t steps = 0;  ///< Length by optimiser steps.
    Recipe recipe;
    torch::Device device = torch::kCPU;  ///< Where network and teacher are computed (find_device).
    int threads = 0;                     ///< Of the processor; 0: all.
    TrainingPrecision precision = TrainingPrecision::kAuto;
    double checkpoint_minutes = 3;
    double validation_minutes = 6;
    bool chroma = false;  ///< What is validated on are planes of chroma.
    std::vector<int> validation_qualities = {10, 20, 40};
    std::map<std::string, std::string> notes;  ///< Written into the model file.
};

/// Trains a network on the batches of a source by the recipe. What is reported (progress, curve) is
/// Loss::relative under every recipe, so that curves compare.
/// stop: set from a signal handler; the trainer then saves a checkpoint and returns false. Returns true when
/// done; the model and its golden file are then written. Errors: Error; the last checkpoint stays.
/// A temporal network is validated on clips of the pictures too (SequenceValidation).
/// workers: the processes that train together; each takes its share of the batches of the same source, so
/// that n of them with batches of b patches do what one does with n * b (but for batch normalisation, which
/// sees one process' patches). Rank 0 alone needs validation pictures and writes.
bool train(const TrainerOptions& options, std::shared_ptr<const PatchSource> source,
           const std::vector<NamedPicture>& validation, const std::atomic<bool>& stop,
           const WorkerGroup& workers = {});

/// Seconds that an optimiser step takes here, from a few of them; writes nothing.
double time_step(const TrainerOptions& options, const PatchSource& source);

}  // namespace jpegdeblock::training
