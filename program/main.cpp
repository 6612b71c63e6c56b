// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/version.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "commands.h"
#include "commands/warnings.h"

namespace {

/// A command line that makes no sense; CLI11 has codes above 100 for each of its reasons.
constexpr int kUsage = 2;

int run(int argc, char** argv) {
    CLI::App program("Removes JPEG artefacts from pictures with small networks, and measures networks.",
                     "jpegdeblock");
    program.require_subcommand(1);
    program.set_version_flag("--version", JPEGDEBLOCK_VERSION);
    program.set_help_all_flag("--help-all", "Show the options of all subcommands");
    jpegdeblock::add_restore_command(program);
    jpegdeblock::add_evaluate_command(program);
    jpegdeblock::add_inspect_command(program);
    try {
        program.parse(argc, argv);
    } catch (const CLI::RuntimeError& error) {
        return error.get_exit_code();
    } catch (const CLI::Error& error) {
        return program.exit(error) == 0 ? 0 : kUsage;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error as a full disk is.
    jpegdeblock::print_warnings();
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "jpegdeblock: %s\n", error.what());
        return 1;
    }
}
