// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>

namespace jpegdeblock {

/// When the work on a frame should end, from its begin on; or never.
class TimeLimit {
  public:
    using Duration = std::chrono::nanoseconds;

    explicit TimeLimit(std::optional<Duration> time_left) : time_(time_left) {}

    /// What is left of it for the first `share` of the work; negative: it is over.
    std::optional<Duration> left(double share = 1.0) const {
        if (!time_) {
            return std::nullopt;
        }
        const auto part = std::chrono::duration_cast<Duration>(*time_ * share);
        return part - (Clock::now() - begin_);
    }

  private:
    using Clock = std::chrono::steady_clock;

    Clock::time_point begin_ = Clock::now();
    std::optional<Duration> time_;
};

}  // namespace jpegdeblock
