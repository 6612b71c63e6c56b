// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace jpegdeblock {

ProgressBar::ProgressBar(double log_seconds)
    : terminal_(isatty(STDERR_FILENO) != 0), log_seconds_(log_seconds) {}

ProgressBar::~ProgressBar() {
    interrupt();
}

void ProgressBar::update(double share, const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    if (since < (terminal_ ? 0.1 : log_seconds_)) return;
    last_ = now;
    constexpr int kWidth = 24;
    const int filled = std::clamp(static_cast<int>(share * kWidth + 0.5), 0, kWidth);
    const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                            std::string(static_cast<std::size_t>(kWidth - filled), '.');
    std::fprintf(stderr, "%s[%s] %3.0f%% %s%s", terminal_ ? "\r" : "", bar.c_str(), share * 100, text.c_str(),
                 terminal_ ? "\033[K" : "\n");
    std::fflush(stderr);
    line_open_ = terminal_;
}

void ProgressBar::interrupt() {
    if (line_open_) std::fputc('\n', stderr);
    line_open_ = false;
}

void print_over_progress(const char* kind, const char* message) noexcept {
    std::fprintf(stderr, "%s%s: %s\n", isatty(STDERR_FILENO) != 0 ? "\r\033[K" : "", kind, message);
}

std::string format_duration(double seconds) {
    const long total = std::max(0L, static_cast<long>(seconds + 0.5));
    char text[64];
    if (total >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total / 3600, total / 60 % 60, total % 60);
    else
        std::snprintf(text, sizeof text, "%02ld:%02ld", total / 60, total % 60);
    return text;
}

}  // namespace jpegdeblock
