// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/following_time.h"

#include <algorithm>

namespace jpegdeblock {
namespace {

/// What a frame had is taken for what frames have by one part in so many less with each frame after it.
constexpr int kFramesOfTime = 32;
/// Once given up, following is expected to take less by one part in so many with each frame: one slow moment
/// must not end it for good. It is tried again when it is expected to take 3/4 of what frames have.
constexpr int kDoubt = 64;
/// Share of the latest frame in what is expected, one part in so many; more than twice as long as expected
/// counts as that.
constexpr int kFramesOfMean = 8;

}  // namespace

bool FollowingTime::suffices(Duration time_left) {
    usual_ = std::max(time_left, usual_ - usual_ / kFramesOfTime);
    given_up_ = expected_ > (given_up_ ? usual_ * 3 / 4 : usual_);
    if (given_up_) expected_ -= expected_ / kDoubt;
    return !given_up_ && time_left > Duration{0};
}

void FollowingTime::learn(Duration took) {
    if (expected_ == Duration{0}) expected_ = took;
    expected_ += (std::min(took, 2 * expected_) - expected_) / kFramesOfMean;
}

}  // namespace jpegdeblock
