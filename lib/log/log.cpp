// SPDX-License-Identifier: LGPL-2.1-or-later
#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "log/message.h"

namespace jpegdeblock {
namespace {

std::atomic<bool> listening = false;
std::shared_mutex mutex;  ///< Of the two below; shared while they are called.
LogFunction function = nullptr;
void* data = nullptr;

}  // namespace

void set_log_function(LogFunction new_function, void* new_data) noexcept {
    const std::unique_lock lock(mutex);
    function = new_function;
    data = new_data;
    listening = new_function != nullptr;
}

bool is_logging() noexcept {
    return listening;
}

void write_log(LogLevel level, const std::string& message) noexcept {
    const std::shared_lock lock(mutex);
    if (function != nullptr) function(level, message.c_str(), data);
}

}  // namespace jpegdeblock
