// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace jpegdeblock::test {

/// The process's threads of Workers.
inline int worker_threads() {
    int result = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::getline(std::ifstream(task.path() / "comm"), name);
        result += name == "jpegdeblock";
    }
    return result;
}

/// Waits for threads that were joined, which may be listed a moment longer.
inline bool worker_threads_come_down_to(int expected) {
    for (int i = 0; i < 1000 && worker_threads() != expected; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return worker_threads() == expected;
}

}  // namespace jpegdeblock::test
