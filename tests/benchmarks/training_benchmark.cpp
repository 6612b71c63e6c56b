// SPDX-License-Identifier: LGPL-2.1-or-later
// How much of LibTorch's speed is left in a whole training: pixels a second of train(), with patches drawn
// and compressed on the fly, optimiser, averaging and curve, over those of forward and backward alone on one
// batch that lies in memory.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "../support/drawn_pictures.h"
#include "../support/temporary_folder.h"
#include "learning/loss.h"
#include "learning/trainer.h"
#include "network/network.h"
#include "patches/degrading_patch_source.h"

namespace jpegdeblock::training {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 8, kSide = 96;  // As by default.

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::shared_ptr<const PatchSource> patch_source() {
    std::vector<LumaImage> pictures;
    for (unsigned seed = 0; seed < 16; ++seed) pictures.push_back(draw_picture(480, 320, seed));
    return std::make_shared<DegradingPatchSource>(std::vector<PictureSet>{{pictures, 1.0}}, kBatch, kSide,
                                                  QualityDistribution{}, 1);
}

double training_seconds(std::shared_ptr<const PatchSource> source, const NetworkDescription& network,
                        TrainingPrecision precision, std::uint64_t steps) {
    const test::TemporaryFolder folder;
    TrainerOptions options;
    options.network = network;
    options.output = folder.file("m.safetensors");
    options.precision = precision;
    options.steps = steps;
    const std::atomic<bool> stop = false;
    const Clock::time_point start = Clock::now();
    train(options, std::move(source), {}, stop);
    return seconds_since(start);
}

double bare_seconds(const Network& network, const TensorBatch& batch, std::uint64_t steps) {
    const Clock::time_point start = Clock::now();
    for (std::uint64_t i = 0; i < steps; ++i)
        compute_loss(LossKind::kRelative, network, batch).value.backward();
    return seconds_since(start);
}

void training_throughput(benchmark::State& state) {
    constexpr std::uint64_t kShort = 10, kLong = 60, kSteps = kLong - kShort;
    const bool bf16 = state.range(2) != 0;
    NetworkDescription description;
    description.channels = static_cast<int>(state.range(0));
    description.depth = static_cast<int>(state.range(1));
    const auto source = patch_source();
    const PatchBatch patches = source->make_batch(0);
    const TensorBatch batch = to_tensors(patches, description);
    Network network(description, false, 1);
    network.set_bfloat16(bf16);
    const auto precision = bf16 ? TrainingPrecision::kBf16 : TrainingPrecision::kF32;
    bare_seconds(network, batch, 3);  // Builds the kernels.
    double bare = 0, whole = 0;
    for (auto _ : state) {
        // Alternately, so that what else the machine does slows both alike.
        // What lies before the first step and after the last one falls out of the difference.
        const double few = training_seconds(source, description, precision, kShort);
        bare += bare_seconds(network, batch, kSteps / 2);
        const double many = training_seconds(source, description, precision, kLong);
        bare += bare_seconds(network, batch, kSteps / 2);
        whole += many - few;
        state.SetIterationTime(many);
    }
    const double megapixels = static_cast<double>(state.iterations() * static_cast<std::int64_t>(kSteps)) *
                              kBatch * kSide * kSide / 1e6;
    state.counters["trainer_Mpx/s"] = megapixels / whole;
    state.counters["bare_Mpx/s"] = megapixels / bare;
    state.counters["trainer/bare"] = bare / whole;
}

// channels, depth, bf16: the networks 'balanced' and 'fast'.
BENCHMARK(training_throughput)
    ->Args({32, 10, 0})
    ->Args({32, 10, 1})
    ->Args({16, 8, 0})
    ->Unit(benchmark::kSecond)
    ->UseManualTime()
    ->Iterations(3);

}  // namespace
}  // namespace jpegdeblock::training

BENCHMARK_MAIN();
