// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commands/warnings.h"

#include <jpegdeblock/log.h>
#include <unistd.h>

#include <cstdio>

namespace jpegdeblock {

void print_warnings() {
    set_log_function([](LogLevel level, const char* message, void*) noexcept {
        if (level != LogLevel::kWarning) return;
        // On a terminal in the place of a progress bar, which is drawn again below it.
        std::fprintf(stderr, "%swarning: %s\n", ::isatty(STDERR_FILENO) != 0 ? "\r\033[K" : "", message);
    });
}

}  // namespace jpegdeblock
