// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commands/warnings.h"

#include <jpegdeblock/log.h>

#include "report/progress.h"

namespace jpegdeblock {

void print_warnings() {
    set_log_function([](LogLevel level, const char* message, void*) noexcept {
        if (level == LogLevel::kWarning) print_over_progress("warning", message);
    });
}

}  // namespace jpegdeblock
