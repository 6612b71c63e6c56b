// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "commands/commands.h"

namespace jpegdeblock {

/// As those in evaluation/.
void add_restore_command(CLI::App& program);

}  // namespace jpegdeblock
