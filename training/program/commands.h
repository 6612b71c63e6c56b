// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <CLI/CLI.hpp>

#include "commands/commands.h"

namespace jpegdeblock::training {

/// Beside those that evaluation/ has, each adds a subcommand to the program: its options, its help and what
/// it runs. A subcommand throws CLI::RuntimeError for its exit status, or jpegdeblock::Error.
void add_prepare_command(CLI::App& program);
void add_train_command(CLI::App& program);
void add_import_command(CLI::App& program);
void add_quantize_command(CLI::App& program);
void add_render_command(CLI::App& program);

}  // namespace jpegdeblock::training
