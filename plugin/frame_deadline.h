// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <mutex>
#include <optional>

namespace jpegdeblock_plugin {

/// How long an element may work on a frame for the stream to keep its rate and its latency. All of it is
/// thread safe: events and queries come from other threads than frames.
class FrameDeadline {
  public:
    /// A flush, new caps, a new stream: earlier times tell nothing about what comes.
    void reset();

    /// What the last latency query said.
    void set_live(bool live);
    bool is_live() const;

    /// What the last latency event said: when, after its running time, sinks show a frame.
    void set_latency(GstClockTime latency);

    /// Takes a QoS event. That there are any shows that a sink waits for the clock.
    void observe_qos(GstEvent* event);

    /// The time for a frame that arrives now; nothing: as much as it takes, as nobody waits for it or nobody
    /// knows. Zero: it is late. now: the running time by the pipeline's clock, see running_time_now.
    ///
    /// Live streams: at most most of the frame's duration, so that the next one finds the element idle; and
    /// no more than there is until the sink shows the frame, or than what has not been lost to frames piling
    /// up, whichever is more: the latency may have been agreed upon before this element knew its own.
    std::optional<std::chrono::nanoseconds> time_left(GstClockTime now, GstClockTime frame,
                                                      GstClockTime duration);

  private:
    mutable std::mutex mutex_;
    bool live_ = false;
    bool synchronized_ = false;  ///< A QoS event has come.
    GstClockTime latency_ = 0;
    GstClockTime earliest_ = GST_CLOCK_TIME_NONE;  ///< Frames before come too late, said the last QoS event.
    std::optional<GstClockTimeDiff>
        least_delay_;  ///< Of frames' arrivals behind their running time, recently.
};

/// The running time by the element's clock, invalid while it has none or does not play.
GstClockTime running_time_now(GstElement* element);

}  // namespace jpegdeblock_plugin
