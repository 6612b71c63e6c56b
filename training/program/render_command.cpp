// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/error.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "pictures/pictures.h"
#include "program/commands.h"
#include "report/progress.h"
#include "screens/screen.h"

namespace jpegdeblock::training {
namespace {

namespace fs = std::filesystem;

struct RenderArguments {
    std::string folder;
    int count = 40;
    std::uint64_t seed = kFirstHeldBackScreen;
    int width = 640;
    int height = 480;
    bool force = false;
};

std::string path_of(const RenderArguments& arguments, int index) {
    char name[48];
    std::snprintf(name, sizeof name, "screen-%010llu.png",
                  static_cast<unsigned long long>(arguments.seed + static_cast<std::uint64_t>(index)));
    return (fs::path(arguments.folder) / name).string();
}

void run(const RenderArguments& arguments) {
    for (int i = 0; i < arguments.count && !arguments.force; ++i)
        if (fs::exists(path_of(arguments, i)))
            throw Error(ErrorCode::kInvalidArgument,
                        "'" + path_of(arguments, i) +
                            "' exists already; choose another folder or --seed, or "
                            "overwrite it with --force");
    std::error_code error;
    fs::create_directories(arguments.folder, error);
    if (error)
        throw Error(ErrorCode::kUnwritable,
                    "cannot make the folder '" + arguments.folder + "': " + error.message());
    ProgressBar bar;
    for (int i = 0; i < arguments.count; ++i) {
        save_rgb(path_of(arguments, i), render_screen(arguments.seed + static_cast<std::uint64_t>(i),
                                                      arguments.width, arguments.height));
        bar.update(static_cast<double>(i + 1) / arguments.count,
                   std::to_string(i + 1) + " of " + std::to_string(arguments.count));
    }
    bar.interrupt();
    std::printf("wrote %d pictures of %dx%d to %s\n", arguments.count, arguments.width, arguments.height,
                arguments.folder.c_str());
}

}  // namespace

void add_render_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand(
        "render", "Render pictures as computer screens show (windows, text, charts, games) as PNG files");
    command->footer("Training uses screens of seeds below " + std::to_string(kFirstHeldBackScreen) +
                    " only, so those of the default seed are held back\n"
                    "and fit for 'evaluate' and 'train --validate'. Pictures depend on the installed fonts.");
    const auto arguments = std::make_shared<RenderArguments>();
    command->add_option("folder", arguments->folder, "Folder to write to; made where it is missing")
        ->required();
    command->add_option("--count", arguments->count, "Pictures")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    command
        ->add_option("--seed", arguments->seed,
                     "Seed of the first picture; those after it have the next ones")
        ->check(CLI::Range(0.0, 1e15))
        ->capture_default_str();
    command->add_option("--width", arguments->width, "Pixels")
        ->check(CLI::Range(kSmallestScreenSide, kLargestScreenSide))
        ->capture_default_str();
    command->add_option("--height", arguments->height, "Pixels")
        ->check(CLI::Range(kSmallestScreenSide, kLargestScreenSide))
        ->capture_default_str();
    command->add_flag("--force", arguments->force, "Overwrite pictures that are there");
    command->callback([arguments] { run(*arguments); });
}

}  // namespace jpegdeblock::training
