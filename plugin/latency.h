// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace jpegdeblock_plugin {

/// How long an element should say that it holds a frame, so that a live pipeline's sinks wait for it. Follows
/// the slowest of the recent frames with a margin, and moves rarely: each move makes the whole pipeline
/// reconfigure. update() and reset() belong to the streaming thread; reported() may be called from any.
class Latency {
  public:
    static constexpr std::size_t kRecentFrames = 32;

    /// Takes the time that a frame needed. true: the figure to report has changed.
    /// The first frame after a reset is left out, as it allocates memory.
    bool update(GstClockTime frame_time);

    void reset();

    /// Zero until something was measured.
    GstClockTime reported() const { return reported_; }

  private:
    std::array<GstClockTime, kRecentFrames> recent_{};  ///< A ring.
    std::uint64_t frames_ = 0;
    std::uint64_t last_change_ = 0;  ///< frames_ when reported_ changed.
    std::atomic<GstClockTime> reported_ = 0;
};

}  // namespace jpegdeblock_plugin
