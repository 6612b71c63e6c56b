// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "import/dncnn.h"
#include "import/state_dict.h"
#include "network/golden_sample.h"
#include "network/network.h"
#include "prepared/dataset.h"
#include "program/commands.h"

namespace jpegdeblock::training {
namespace {

struct ImportArguments {
    DncnnImportOptions options;
    std::string weights, output, name, source, license;
    std::string range = range_text(LumaRange::kFull);
};

void run(const ImportArguments& arguments) {
    DncnnImportOptions options = arguments.options;
    options.range = parse_range(arguments.range, "--range");
    Model model = import_dncnn(read_state_dict(arguments.weights), options);
    const std::filesystem::path output(arguments.output);
    model.name = arguments.name.empty() ? output.stem().string() : arguments.name;
    model.notes["imported_from"] = std::filesystem::path(arguments.weights).filename().string();
    if (!arguments.source.empty()) model.notes["source"] = arguments.source;
    if (!arguments.license.empty()) model.notes["license"] = arguments.license;
    save_model(arguments.output, model);
    Network network(model.network, false, 1);
    network.load(model);
    save_golden(golden_path(arguments.output), make_golden(network));
    std::printf("wrote %s: %d layers of %d channels\n", arguments.output.c_str(), model.network.depth,
                model.network.channels);
}

}  // namespace

void add_import_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand(
        "import", "Make a dncnn model of PyTorch weights (a state_dict, .pth), as KAIR publishes them");
    const auto arguments = std::make_shared<ImportArguments>();
    command->add_option("weights", arguments->weights, "File that torch.save(state_dict) wrote")->required();
    command->add_option("--output", arguments->output, "Model file to write (.safetensors)")->required();
    command->add_option("--name", arguments->name, "Name stored in the model (default: the file's)");
    command
        ->add_option(
            "--range", arguments->range,
            "Scale of luma it was trained on: full (0..255) or limited (16..235, MATLAB's rgb2ycbcr)")
        ->check(CLI::IsMember({"full", "limited"}))
        ->capture_default_str();
    command->add_flag("--output-is-added", arguments->options.output_is_added,
                      "The network's output is added to the picture (default: subtracted, as published)");
    command
        ->add_option("--norm-epsilon", arguments->options.norm_epsilon,
                     "Epsilon of its batch normalisation, if it has any (PyTorch's default; KAIR: 0.0001)")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--source", arguments->source, "Where the weights come from, stored in the model");
    command->add_option("--license", arguments->license, "Their licence, stored in the model");
    command->callback([arguments] { run(*arguments); });
}

}  // namespace jpegdeblock::training
