// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <CLI/CLI.hpp>

namespace jpegdeblock {

/// Each adds a subcommand to a program: its options, its help and what it runs. A subcommand throws
/// CLI::RuntimeError for its exit status, or Error.
void add_evaluate_command(CLI::App& program);
void add_inspect_command(CLI::App& program);

/// Adds the option --planes to a subcommand: luma (false) or chroma (true).
void add_planes_option(CLI::App& command, bool& chroma);

}  // namespace jpegdeblock
