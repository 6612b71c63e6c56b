// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/error.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "learning/sequence_restoration.h"
#include "model/model.h"
#include "network/int8_calibration.h"
#include "patches/degrading_patch_source.h"
#include "pictures/pictures.h"
#include "program/commands.h"
#include "report/progress.h"
#include "sequences/sequence_source.h"

namespace jpegdeblock::training {
namespace {

struct QuantizeArguments {
    std::string model;
    std::string output;
    std::vector<std::string> folders;
    std::vector<int> qualities = {5, 10, 15, 20, 30, 40, 50, 60, 80, 90, 95};
    int patches = 12;
    int patch = 96;
    std::uint64_t seed = 1;
    bool chroma = false;
};

QualityDistribution of_quality(int quality, bool chroma) {
    return {.lowest = quality,
            .middle = quality,
            .highest = quality,
            .low_share = 1,
            .chroma = chroma,
            .varied_table_share = 0,
            .partial_scan_share = 0};
}

/// What a temporal network sees in the last frames of sequences, as far as it restores those before.
std::vector<CalibrationBatch> make_sequence_batches(const QuantizeArguments& arguments, const Model& model,
                                                    const std::vector<LumaImage>& pictures) {
    constexpr int kFrames = 4;
    Network network(model.network, false, arguments.seed);
    network.load(model);
    std::vector<CalibrationBatch> batches;
    for (const int quality : arguments.qualities) {
        const SequenceSource source({{pictures, 1.0}}, arguments.patches, arguments.patch, kFrames,
                                    of_quality(quality, false), arguments.seed);
        const PatchBatch patches = source.make_batch(static_cast<std::uint64_t>(quality));
        // A batch has one table; that of some sequences changes from frame to frame.
        std::vector<std::int64_t> alike;
        const std::size_t last = patches.tables.size() - static_cast<std::size_t>(patches.count);
        for (std::size_t i = last; i < patches.tables.size(); ++i)
            if (patches.tables[i] == ijg_luma_table(quality)) alike.push_back(static_cast<std::int64_t>(i));
        if (alike.empty()) continue;
        const torch::NoGradGuard no_gradient;
        const TensorBatch frames = to_tensors(patches, model.network);
        const torch::Tensor chosen = torch::tensor(alike);
        batches.push_back({ijg_luma_table(quality),
                           {frames.compressed.index_select(0, chosen),
                            restore_sequences(network, frames).history.index_select(0, chosen)}});
    }
    return batches;
}

std::vector<CalibrationBatch> make_batches(const QuantizeArguments& arguments, const Model& model) {
    const std::vector<LumaImage> pictures = load_pictures(
        list_pictures(arguments.folders), arguments.chroma ? Component::kHalvedChroma : Component::kLuma,
        arguments.patch,
        [](const std::string& message) { std::fprintf(stderr, "warning: %s\n", message.c_str()); });
    std::vector<CalibrationBatch> batches;
    for (const int quality : arguments.qualities) {
        const PatchBatch patches = DegradingPatchSource({{pictures, 1.0}}, arguments.patches, arguments.patch,
                                                        of_quality(quality, arguments.chroma), arguments.seed)
                                       .make_batch(static_cast<std::uint64_t>(quality));
        batches.push_back(
            {patches.tables.front(),
             {torch::tensor(patches.compressed).view({patches.count, 1, patches.side, patches.side})}});
    }
    if (model.network.temporal)
        for (CalibrationBatch& batch : make_sequence_batches(arguments, model, pictures))
            batches.push_back(std::move(batch));
    return batches;
}

void run(const QuantizeArguments& arguments) {
    Model model = *load_model(arguments.model);
    const std::vector<CalibrationBatch> batches = make_batches(arguments, model);
    ProgressBar bar;
    const Int8Parameters parameters =
        calibrate_int8(model, batches, [&bar](double share) { bar.update(share, "calibrating"); });
    bar.interrupt();
    set_int8_parameters(model, parameters);
    save_model(arguments.output, model);
    std::printf("wrote %s; int8 changes the residual by %.2f %% of its power on the calibration patches\n",
                arguments.output.c_str(), 100 * int8_error(model, parameters, batches));
}

}  // namespace

void add_quantize_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand(
        "quantize",
        "Add an int8 form to a model: scales calibrated on training pictures; the f32 weights stay");
    const auto arguments = std::make_shared<QuantizeArguments>();
    command->add_option("model", arguments->model, "Model file (.safetensors)")->required();
    command
        ->add_option("--pictures", arguments->folders,
                     "Folders of pictures to calibrate on: those it was trained on")
        ->required();
    add_planes_option(*command, arguments->chroma);
    command->add_option("--output", arguments->output, "Model file to write; may be the same")->required();
    command->add_option("--qualities", arguments->qualities, "JPEG qualities to calibrate at")
        ->delimiter(',')
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command->add_option("--patches", arguments->patches, "Patches of 96x96 pixels at each quality")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--seed", arguments->seed, "Seed of the patches")->capture_default_str();
    command->callback([arguments] { run(*arguments); });
}

}  // namespace jpegdeblock::training
