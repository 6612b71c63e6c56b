// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

namespace jpegdeblock {

/// Whether the frames of a stream whose time is limited have the time to be followed. Once they have not,
/// some go by before that is tried again, so that a picture does not change from frame to frame between what
/// following gives and what there is without.
class FollowingTime {
  public:
    using Duration = std::chrono::nanoseconds;

    /// To be asked once for each frame. One that comes late is followed all the same, where those in time can
    /// be: it takes a little from the next, and without it all of it would show as decoded, for a moment.
    bool suffices(Duration time_left);

    /// Takes what following a frame took.
    void learn(Duration took);

    /// What following a frame is expected to take. 0: nobody knows.
    Duration expected() const { return expected_; }

  private:
    Duration expected_{0};
    Duration usual_{0};  ///< The most that one of the last frames had.
    bool given_up_ = false;
};

}  // namespace jpegdeblock
