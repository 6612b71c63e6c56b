// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

namespace jpegdeblock {

/// A progress bar on standard error: redrawn in place on a terminal, a line now and then (every
/// `log_seconds`) into a file.
class ProgressBar {
  public:
    explicit ProgressBar(double log_seconds = 30);
    ~ProgressBar();
    /// share: 0..1 done. text follows the bar. Redraws at most ten times a second.
    void update(double share, const std::string& text);
    /// Ends the line, so that other output may follow; the next update starts a new one.
    void interrupt();

  private:
    bool terminal_;
    double log_seconds_;
    bool line_open_ = false;
    std::chrono::steady_clock::time_point last_;
};

/// Prints "kind: message" on standard error, on a terminal in the place of a bar, which is drawn again below
/// it. Allocates nothing.
void print_over_progress(const char* kind, const char* message) noexcept;

/// "1:02:03" or "02:03".
std::string format_duration(double seconds);

}  // namespace jpegdeblock
