// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/export.h>

namespace jpegdeblock {

enum class LogLevel {
    kWarning,  ///< Something is left out or done otherwise than asked for, yet the work goes on.
    kInfo,     ///< What a stream works with: the model, the preset chosen. Not for every frame.
    kDebug     ///< Why: times measured, tables found and lost.
};

/// Takes one message: a sentence in English without a newline, valid during the call. Called in whatever
/// thread has something to say, several at once, with locks held: it must return soon and must not call the
/// library.
using LogFunction = void (*)(LogLevel level, const char* message, void* data) noexcept;

/// Makes `function` get all messages of this process from now on, with `data`; null: nobody gets them, as at
/// the beginning. Where it returns the function before is not being called any more. Errors are not logged:
/// they are thrown. Thread safe.
JPEGDEBLOCK_API void set_log_function(LogFunction function, void* data = nullptr) noexcept;

}  // namespace jpegdeblock
