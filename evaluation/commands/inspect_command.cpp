// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/model.h"

#include <cstdio>
#include <memory>
#include <string>

#include "commands/commands.h"
#include "commands/model_argument.h"

namespace jpegdeblock {
namespace {

void describe(const std::string& argument) {
    const std::shared_ptr<const Model> model = load_model_argument(argument);
    const NetworkDescription& n = model->network;
    std::int64_t weights = 0;
    for (const auto& [name, tensor] : model->tensors) weights += tensor.elements();
    std::printf("name              %s\n", model->name.c_str());
    std::printf("architecture      %s\n", n.architecture == Architecture::kGrid ? "grid" : "dncnn");
    std::printf("layers            %d of %d channels, 3x3\n", n.depth, n.channels);
    std::printf("pixel-unshuffle   %d\n", n.scale);
    std::printf("told the table    %s\n", n.conditioned ? "yes" : "no");
    std::printf("for videos        %s\n", n.temporal ? "yes: shown the frames before" : "no");
    std::printf("phase bias        %s\n", n.phase_bias ? "yes" : "no");
    std::printf(
        "skip connections  %s\n",
        n.skip_interval > 0 ? ("every " + std::to_string(n.skip_interval) + " layers").c_str() : "none");
    std::printf("luma range        %s\n",
                n.range == LumaRange::kFull ? "full (0..255)" : "limited (16..235)");
    std::printf("multiply-adds     %.0f a pixel\n", macs_per_pixel(n));
    std::printf("halo              %d pixels\n", halo(n));
    std::printf("weights           %lld\n", static_cast<long long>(weights));
    for (const auto& [key, value] : model->notes) std::printf("%-17s %s\n", key.c_str(), value.c_str());
}

}  // namespace

void add_inspect_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("inspect", "Describe a model");
    const auto model = std::make_shared<std::string>();
    command->add_option("model", *model, "Model file (.safetensors), or an installed model's name")
        ->required();
    command->callback([model] { describe(*model); });
}

}  // namespace jpegdeblock
