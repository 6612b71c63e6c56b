// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latency.h"

#include <algorithm>

namespace jpegdeblock_plugin {

bool Latency::update(GstClockTime frame_time) {
    if (frames_++ == 0) {
        return false;
    }
    recent_[frames_ % kRecentFrames] = frame_time;
    const GstClockTime slowest = *std::max_element(recent_.begin(), recent_.end());
    const GstClockTime present = reported_;
    const bool too_low = slowest > present;
    // Lower only after a whole window at less than half: a scene that is briefly easy costs no
    // reconfiguration.
    const bool too_high = slowest < present / 2 && frames_ - last_change_ > kRecentFrames;
    if (!too_low && !too_high) {
        return false;
    }
    reported_ = slowest + slowest / 4;
    last_change_ = frames_;
    return true;
}

void Latency::reset() {
    recent_.fill(0);
    frames_ = 0;
    last_change_ = 0;
    reported_ = 0;
}

}  // namespace jpegdeblock_plugin
