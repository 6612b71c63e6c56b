// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <string>

#include "../../pipelines/command.h"

namespace jpegdeblock_test {

/// Runs jpegdeblock-train. environment: "NAME=value NAME=value".
Ending run_program(const std::string& arguments, const std::string& environment = {});

/// Starts it and goes on.
pid_t start_program(const std::string& arguments, const std::string& environment = {});

/// Kills a started program and waits for its end.
void kill_program(pid_t program);

/// Waits, for at most a minute and a half, until a file exists.
bool wait_for(const std::string& file);

}  // namespace jpegdeblock_test
