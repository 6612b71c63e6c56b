// SPDX-License-Identifier: LGPL-2.1-or-later
#include <c10/util/Exception.h>
#include <jpegdeblock/version.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "commands/warnings.h"
#include "program/commands.h"

namespace {

int run(int argc, char** argv) {
    using namespace jpegdeblock;
    using namespace jpegdeblock::training;
    CLI::App program(
        "Trains and examines the networks of jpegdeblock, which remove JPEG artefacts from luma.",
        "jpegdeblock-train");
    program.require_subcommand(1);
    program.set_version_flag("--version", JPEGDEBLOCK_VERSION);
    program.set_help_all_flag("--help-all", "Show the options of all subcommands");
    add_prepare_command(program);
    add_render_command(program);
    add_train_command(program);
    add_evaluate_command(program);
    add_import_command(program);
    add_inspect_command(program);
    add_quantize_command(program);
    try {
        program.parse(argc, argv);
    } catch (const CLI::Error& error) {
        return program.exit(error);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error as a full disk is.
    jpegdeblock::print_warnings();
    try {
        return run(argc, argv);
    } catch (const c10::Error& error) {
        std::fprintf(stderr, "jpegdeblock-train: LibTorch failed: %s\n", error.what_without_backtrace());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "jpegdeblock-train: %s\n", error.what());
    }
    return 1;
}
