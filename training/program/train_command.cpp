// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/error.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "learning/device.h"
#include "learning/trainer.h"
#include "network/dncnn_description.h"
#include "patches/degrading_patch_source.h"
#include "pictures/pictures.h"
#include "pictures/reduction.h"
#include "prepared/patch_source.h"
#include "program/commands.h"
#include "program/recipe_options.h"
#include "program/stop_signals.h"
#include "report/progress.h"
#include "screens/screen.h"
#include "sequences/sequence_source.h"

namespace jpegdeblock::training {
namespace {

/// Of a batch, so that a step takes about as long.
constexpr int kPatchesForASequence = 4;

struct TrainArguments {
    TrainerOptions trainer;
    QualityDistribution qualities;
    std::vector<std::string> folders;
    std::string validation_folder;
    std::optional<std::string> architecture;  ///< What is not given depends on the recipe.
    std::optional<int> channels, depth;
    std::optional<double> minutes;
    std::string precision = "auto", device = "auto";
    RecipeArguments recipe;
    std::string prepared_folder;
    int frames = 0;  ///< Of sequences; 0: frames are restored each by itself.
    double single_frames = 1.0 / 3;
    double halved_share = 0.8;
    int validation_pictures = 20;
    int worker_timeout = 300;
    bool estimate = false;
    bool no_condition = false;
    bool no_phase_bias = false;
    bool no_batch_norm = false;
    double downscale = 0.3;
    std::optional<double> screens;
    int screen_pictures = 400;
};

void warn(const std::string& message) {
    std::fprintf(stderr, "warning: %s\n", message.c_str());
}

NetworkDescription network_of(const TrainArguments& arguments) {
    NetworkDescription network = arguments.trainer.network;
    const bool paper = arguments.recipe.paper();
    const int channels = arguments.channels.value_or(paper ? 64 : network.channels);
    const int depth = arguments.depth.value_or(paper ? 20 : network.depth);
    const bool dncnn = arguments.architecture.value_or(paper ? "dncnn" : "grid") == "dncnn";
    if (dncnn && arguments.frames > 0)
        throw Error(
            ErrorCode::kInvalidArgument,
            "--temporal is for --architecture grid: a dncnn is not told the quantization table, which "
            "says what the frames before may change");
    if (dncnn) return dncnn_description(channels, depth);
    network.channels = channels;
    network.depth = depth;
    network.conditioned = !arguments.no_condition;
    network.phase_bias = !arguments.no_phase_bias;
    network.temporal = arguments.frames > 0;
    return network;
}

/// What of the pictures is trained on, with its share of the patches.
std::vector<std::pair<Component, double>> components_of(const TrainArguments& arguments) {
    if (!arguments.trainer.chroma) return {{Component::kLuma, 1.0}};
    return {{Component::kHalvedChroma, arguments.halved_share},
            {Component::kChroma, 1 - arguments.halved_share}};
}

std::vector<LumaImage> training_screens(const TrainArguments& arguments, Component component, int patch) {
    ProgressBar bar;
    const int side = component == Component::kHalvedChroma ? 2 * patch : patch;
    std::vector<LumaImage> screens =
        render_screens(0, arguments.screen_pictures, std::max(640, side), std::max(480, side), component,
                       [&bar](double share) { bar.update(share, "rendering screens"); });
    bar.interrupt();
    return screens;
}

std::vector<PictureSet> load_sets(const TrainArguments& arguments, int patch) {
    const std::vector<std::string> paths = list_pictures(arguments.folders);
    std::vector<PictureSet> sets;
    const double screens = arguments.screens.value_or(arguments.recipe.paper() ? 0 : 0.15);
    for (const auto& [component, share] : components_of(arguments)) {
        if (share <= 0) continue;
        const double photographs = share * (1 - screens);
        std::vector<LumaImage> pictures = load_pictures(paths, component, patch, warn);
        if (arguments.downscale > 0)
            sets.push_back({randomly_reduced(pictures, patch, arguments.trainer.seed),
                            photographs * arguments.downscale});
        sets.push_back({std::move(pictures), photographs * (1 - arguments.downscale)});
        if (screens > 0) sets.push_back({training_screens(arguments, component, patch), share * screens});
    }
    std::fprintf(stderr, "%zu %s to train on\n", sets.front().pictures.size(),
                 arguments.trainer.chroma ? "planes of chroma" : "pictures");
    if (screens > 0) std::fprintf(stderr, "%d rendered screens to train on\n", arguments.screen_pictures);
    return sets;
}

std::vector<NamedPicture> load_validation(const TrainArguments& arguments) {
    std::vector<NamedPicture> pictures;
    if (arguments.validation_folder.empty()) return pictures;
    const std::vector<std::string> paths = list_pictures(arguments.validation_folder);
    const std::size_t count =
        std::min<std::size_t>(paths.size(), static_cast<std::size_t>(arguments.validation_pictures));
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& path = paths[i * paths.size() / count];
        for (NamedPicture& picture : load_for_evaluation(
                 path, std::filesystem::path(path).filename().string(), arguments.trainer.chroma))
            pictures.push_back(std::move(picture));
    }
    std::fprintf(stderr, "%zu pictures to validate on\n", pictures.size());
    return pictures;
}

/// Where patches come from and how many make an epoch.
struct Patches {
    std::shared_ptr<const PatchSource> source;
    std::uint64_t per_epoch = 0;
    LumaRange range = LumaRange::kFull;
};

Patches prepared_patches(const TrainArguments& arguments) {
    PreparedPatchOptions options;
    options.batch = arguments.recipe.batch_size();
    options.side = arguments.recipe.patch.value_or(options.side);
    options.patches_per_pair = arguments.recipe.patches_per_picture;
    options.seed = arguments.trainer.seed;
    const auto source = std::make_shared<PreparedPatchSource>(arguments.prepared_folder, options, warn);
    std::fprintf(stderr, "%zu prepared pictures to train on, %s luma range\n", source->pairs(),
                 range_text(source->range()).c_str());
    return {source, source->patches_per_epoch(), source->range()};
}

Patches drawn_patches(const TrainArguments& arguments) {
    const int side = arguments.recipe.patch.value_or(96);
    if (side % 8 != 0) throw Error(ErrorCode::kInvalidArgument, "--patch must be a multiple of 8");
    std::vector<PictureSet> sets = load_sets(arguments, side);
    const std::uint64_t pictures = sets.front().pictures.size();
    std::shared_ptr<const PatchSource> source = std::make_shared<DegradingPatchSource>(
        sets, arguments.recipe.batch_size(), side, arguments.qualities, arguments.trainer.seed);
    if (arguments.frames > 0) {
        const int sequences = std::max(1, arguments.recipe.batch_size() / kPatchesForASequence);
        source = std::make_shared<SequencesAndPatches>(
            std::make_shared<SequenceSource>(std::move(sets), sequences, side, arguments.frames,
                                             arguments.qualities, arguments.trainer.seed),
            source, arguments.single_frames);
    }
    return {source, pictures * static_cast<std::uint64_t>(arguments.recipe.patches_per_picture),
            LumaRange::kFull};
}

/// Length and recipe, which depend on the number of steps in an epoch.
void set_recipe(TrainArguments& arguments, const Patches& patches, int processes) {
    TrainerOptions& options = arguments.trainer;
    const auto batch = static_cast<std::uint64_t>(arguments.recipe.batch_size() * processes);
    const std::uint64_t epoch_steps = (patches.per_epoch + batch - 1) / batch;
    options.recipe = recipe_of(arguments.recipe, epoch_steps);
    if (options.steps == 0 && !arguments.minutes && arguments.recipe.length())
        options.steps = static_cast<std::uint64_t>(
            std::max(1.0, std::round(*arguments.recipe.length() * static_cast<double>(epoch_steps))));
    options.minutes = arguments.minutes.value_or(options.minutes);
}

void print_estimate(const TrainArguments& arguments, const Patches& patches) {
    const TrainerOptions& options = arguments.trainer;
    const double seconds = time_step(options, *patches.source);
    const int batch = arguments.recipe.batch_size();
    const double steps =
        options.steps > 0 ? static_cast<double>(options.steps) : 60 * options.minutes / seconds;
    std::printf(
        "a step of %d patches takes %.3f s here; %.0f steps (%.2f epochs of %llu patches) take %s "
        "(validation and checkpoints not counted)\n",
        batch, seconds, steps, steps * batch / static_cast<double>(patches.per_epoch),
        static_cast<unsigned long long>(patches.per_epoch), format_duration(steps * seconds).c_str());
}

// The options as CLI11 writes them, a line each, joined; without those that hold paths of the user's machine,
// which would travel with the model.
std::string without_paths(const std::string& configuration) {
    std::istringstream lines(configuration);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        const std::string key = line.substr(0, line.find('='));
        if (line.empty() || key == "pictures" || key == "prepared" || key == "validate" || key == "output" ||
            key == "start-from" || key == "teacher" || key == "resume")
            continue;
        text += (text.empty() ? "" : ", ") + line;
    }
    return text;
}

void run(const std::shared_ptr<TrainArguments>& arguments, const std::string& option_text) {
    TrainerOptions& options = arguments->trainer;
    options.network = network_of(*arguments);
    options.batch_norm = options.network.architecture == Architecture::kDncnn && !arguments->no_batch_norm &&
                         !options.identity_branch;
    options.precision = arguments->precision == "f32"    ? TrainingPrecision::kF32
                        : arguments->precision == "bf16" ? TrainingPrecision::kBf16
                                                         : TrainingPrecision::kAuto;
    options.device = find_device(arguments->device);
    if (options.name.empty()) options.name = std::filesystem::path(options.output).stem().string();
    options.notes["training_options"] = option_text;
    arguments->qualities.chroma = options.chroma;
    if (options.chroma && options.network.temporal)
        throw Error(ErrorCode::kInvalidArgument, "--temporal is for luma: leave out --planes chroma");
    if (options.chroma && !arguments->prepared_folder.empty())
        throw Error(ErrorCode::kInvalidArgument, "--planes chroma needs --pictures: prepared data are luma");
    // Timing a few steps takes one process.
    const WorkerGroup workers =
        arguments->estimate
            ? WorkerGroup()
            : WorkerGroup(read_worker_environment(), std::chrono::seconds(arguments->worker_timeout));
    if (workers.leads() && !options.resume && !arguments->estimate &&
        std::filesystem::exists(options.output + ".checkpoint"))
        throw Error(ErrorCode::kInvalidArgument, "there is a checkpoint of an earlier training, '" +
                                                     options.output +
                                                     ".checkpoint': go on with --resume, or remove it");
    std::fprintf(stderr, "network: %.0f multiply-adds a pixel, on %s\n", macs_per_pixel(options.network),
                 options.device.str().c_str());
    const Patches patches =
        arguments->prepared_folder.empty() ? drawn_patches(*arguments) : prepared_patches(*arguments);
    options.network.range = patches.range;
    set_recipe(*arguments, patches, workers.size());
    if (arguments->estimate) {
        print_estimate(*arguments, patches);
        return;
    }
    const std::vector<NamedPicture> validation =
        workers.leads() ? load_validation(*arguments) : std::vector<NamedPicture>();
    if (!train(options, patches.source, validation, stop_on_signals(), workers)) throw CLI::RuntimeError(130);
    if (workers.leads()) std::printf("wrote %s\n", options.output.c_str());
}

}  // namespace

void add_train_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("train", "Train a network on pristine pictures");
    const auto arguments = std::make_shared<TrainArguments>();
    TrainerOptions& options = arguments->trainer;
    NetworkDescription& network = options.network;
    options.name.clear();
    CLI::Option_group* data = command->add_option_group("Data", "What to train on; one of:");
    data->add_option("--pictures", arguments->folders,
                     "Folders of pristine pictures (with sub-folders), which are compressed on the fly");
    data->add_option(
        "--prepared", arguments->prepared_folder,
        "Data set that 'jpegdeblock-train prepare' wrote; for networks that are told neither table "
        "nor grid, as dncnn");
    data->require_option(1);
    add_planes_option(*command, options.chroma);
    command
        ->add_option(
            "--halved-share", arguments->halved_share,
            "--planes chroma: share of the patches from planes of half the picture's size (4:2:0); the "
            "others are from planes of its full size (4:4:4)")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_option("--validate", arguments->validation_folder,
                        "Folder of held-back pictures that gains are reported on while training");
    command
        ->add_option("--validation-pictures", arguments->validation_pictures,
                     "How many of them, evenly chosen")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    command->add_option("--output", options.output, "Model file to write; the checkpoint lies beside it")
        ->required();
    command->add_option("--name", options.name, "Name stored in the model (default: the file's)");
    command->add_flag("--resume", options.resume,
                      "Go on from the checkpoint beside --output, if there is one");
    command->add_option("--start-from", options.initial_model,
                        "Model file whose weights to start from: of the same network, or of one with fewer "
                        "channels or layers, which is enlarged without changing what it computes");

    command->add_flag("--estimate", arguments->estimate,
                      "Time a few steps, say how long the whole training would take here, and end");

    command
        ->add_option("--architecture", arguments->architecture,
                     "Family of networks (default: grid; --recipe paper: dncnn)")
        ->check(CLI::IsMember({"grid", "dncnn"}))
        ->group("Network");
    command->add_option("--scale", network.scale, "grid: pixel-unshuffle factor")
        ->check(CLI::IsMember({1, 2, 4, 8}))
        ->capture_default_str()
        ->group("Network");
    command
        ->add_option("--channels", arguments->channels,
                     "Channels of the hidden layers (default: 32; --recipe paper: 64)")
        ->check(CLI::Range(1, 256))
        ->group("Network");
    command->add_option("--depth", arguments->depth, "Convolution layers (default: 10; --recipe paper: 20)")
        ->check(CLI::Range(2, 64))
        ->group("Network");
    command
        ->add_option("--skip-interval", network.skip_interval,
                     "grid: a skip connection every so many layers, 0: none")
        ->check(CLI::Range(0, 64))
        ->capture_default_str()
        ->group("Network");
    command
        ->add_flag("--no-condition", arguments->no_condition,
                   "grid: do not tell the network the quantization table")
        ->group("Network");
    command
        ->add_flag("--no-phase-bias", arguments->no_phase_bias,
                   "grid: no bias for each position in the block")
        ->group("Network");
    command
        ->add_option("--temporal", arguments->frames,
                     "grid: train for videos, on sequences of so many frames that are rendered from the "
                     "pictures; the network is then also shown what the frames before tell")
        ->check(CLI::Range(2, 32))
        ->excludes("--prepared")
        ->group("Network");
    command
        ->add_option("--single-frames", arguments->single_frames,
                     "--temporal: share of the steps that train on patches of one frame, as without it")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--expand", options.expansion,
                     "Train with a linear block of so many channels beside each hidden layer, which the "
                     "model that is written has folded in: small networks learn more so, at no cost later")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str()
        ->group("Network");
    command
        ->add_flag("--for-int8", options.for_int8,
                   "Round weights and activations as the int8 form of --start-from does, so that int8 loses "
                   "less; 'quantize' that before. What is written runs in int8 as it is")
        ->group("Network");
    command->add_flag("--no-batch-norm", arguments->no_batch_norm, "dncnn: train without batch normalisation")
        ->group("Network");
    command
        ->add_flag("--identity-branch", options.identity_branch,
                   "dncnn: train each hidden layer as its convolution beside the identity (as DiracNets and "
                   "RepVGG), which the model that is written has folded in, instead of with batch "
                   "normalisation: deep networks learn so from the first minute on")
        ->group("Network");

    add_recipe_options(*command, arguments->recipe);
    command
        ->add_option("--teacher", options.teacher,
                     "Model file, of a larger network, to learn from besides the pristine pictures")
        ->check(CLI::ExistingFile)
        ->group("Recipe");
    command
        ->add_option("--teacher-share", options.teacher_share,
                     "--teacher: its weight in the response; the pristine picture has the rest")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->group("Recipe");
    command->add_option("--minutes", arguments->minutes, "Training time, over all resumed runs (default: 60)")
        ->check(CLI::PositiveNumber)
        ->group("Recipe");
    command->add_option("--steps", options.steps, "Length in optimiser steps instead of minutes")
        ->group("Recipe");
    command->add_option("--lowest-quality", arguments->qualities.lowest, "Lowest JPEG quality")
        ->check(CLI::Range(1, 100))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--middle-quality", arguments->qualities.middle,
                     "Upper end of the qualities drawn densest")
        ->check(CLI::Range(1, 100))
        ->capture_default_str()
        ->group("Recipe");
    command->add_option("--highest-quality", arguments->qualities.highest, "Highest JPEG quality")
        ->check(CLI::Range(1, 100))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--low-share", arguments->qualities.low_share,
                     "Share of patches at lowest..middle quality")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--varied-tables", arguments->qualities.varied_table_share,
                     "Share of patches with quantization tables other than the IJG's")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--partial-scans", arguments->qualities.partial_scan_share,
                     "Share of patches of progressive JPEGs of which only the first scans have arrived")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--downscale", arguments->downscale,
                     "Share of the photographs' patches that are cut from copies reduced by a random factor "
                     "of 0.5 to 1")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->group("Recipe");
    command
        ->add_option("--screens", arguments->screens,
                     "Share of the patches that are cut from rendered screens (windows, text, charts, games; "
                     "see 'render') instead of --pictures (default: 0.15; paper: 0)")
        ->check(CLI::Range(0.0, 1.0))
        ->excludes("--prepared")
        ->group("Recipe");
    command
        ->add_option("--screen-pictures", arguments->screen_pictures,
                     "How many screens are rendered for that")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str()
        ->group("Recipe");
    command->add_option("--seed", options.seed, "Seed of weights and patches")
        ->capture_default_str()
        ->group("Recipe");

    command
        ->add_option("--device", arguments->device,
                     "Where network and teacher are computed: cpu, cuda, cuda:1, ...; auto: on a GPU where "
                     "LibTorch and the machine have one. Pictures are compressed on the processor's cores")
        ->capture_default_str();
    command->add_option("--threads", options.threads, "0: all cores")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command
        ->add_option("--precision", arguments->precision,
                     "Arithmetic of the convolutions; auto: what is faster here")
        ->check(CLI::IsMember({"auto", "f32", "bf16"}))
        ->capture_default_str();
    command->add_option("--checkpoint-minutes", options.checkpoint_minutes, "Time between checkpoints")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--validation-minutes", options.validation_minutes, "Time between validations")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();

    command
        ->add_option("--worker-timeout", arguments->worker_timeout,
                     "Seconds after which a process of the group that does not answer is lost, "
                     "an error for all others; at least the time that loading and a validation take")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str()
        ->group("Many processes");
    command->footer(
        "Many processes: start the same command once each, with RANK=0, 1, ..., WORLD_SIZE=their number, "
        "MASTER_ADDR and MASTER_PORT=where rank 0 can be reached (torchrun sets these). Each computes the "
        "gradients of --batch patches of its own, so a step takes the number of processes times --batch. "
        "Rank 0 alone writes files and reports.");
    command->callback([arguments, command] {
        if (arguments->qualities.lowest > arguments->qualities.middle ||
            arguments->qualities.middle > arguments->qualities.highest)
            throw Error(ErrorCode::kInvalidArgument,
                        "--lowest-quality, --middle-quality and --highest-quality must ascend");
        run(arguments, without_paths(command->config_to_str()));
    });
}

}  // namespace jpegdeblock::training
