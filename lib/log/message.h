// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>

#include <jpegdeblock/log.h>

namespace jpegdeblock {

/// Whether somebody listens.
bool is_logging() noexcept;

/// Gives the message to whoever listens.
void write_log(LogLevel level, const std::string& message) noexcept;

/// Logs what message() returns, which is asked for only where somebody listens. A message for which there is
/// no memory is left out.
template <typename Message>
void log(LogLevel level, Message&& message) noexcept {
    if (!is_logging()) return;
    try {
        write_log(level, std::forward<Message>(message)());
    } catch (...) {
    }
}

}  // namespace jpegdeblock
