// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <optional>

#include "frame_deadline.h"
#include "latency.h"
#include "settings.h"

namespace jpegdeblock_plugin {

/// The work on one frame: what an element computes for it. What it waits for in between (a negotiation, a
/// free buffer) is no work: that time is others'.
class FrameWork {
  public:
    /// duration: the frame's; allowed: for all of the work; nothing: as long as it takes.
    FrameWork(GstClockTime duration, std::optional<std::chrono::nanoseconds> allowed)
        : duration_(duration), allowed_(allowed) {}

    /// Calls a part of the work, and gives what it returns.
    template <typename Part>
    auto measure(Part part) {
        const gint64 begin = g_get_monotonic_time();
        auto result = part();
        worked_ += g_get_monotonic_time() - begin;
        return result;
    }

    /// How much longer it may take; nothing: as long as it takes.
    std::optional<std::chrono::nanoseconds> time_left() const;

    /// That, and when a frame of that time stamp is shown.
    FrameTime time(GstClockTime pts) const;

    /// For how long the element holds a frame. Where the time is limited, a frame that took longer than it
    /// lasts is made up for with the next ones.
    GstClockTime held() const;

  private:
    GstClockTime duration_;
    std::optional<std::chrono::nanoseconds> allowed_;
    gint64 worked_ = 0;  // Microseconds.
};

/// An element's place in time: how long it may work on a frame, and how long it says that it holds one.
/// Events and queries may come from any thread; begin() and end() belong to the streaming thread.
class Pace {
  public:
    /// owner: outlives the object.
    explicit Pace(GstElement* owner) : owner_(owner) {}

    /// A flush, a new stream: what earlier frames' times told is forgotten.
    void forget_stream() { deadline_.reset(); }

    /// A start, new caps: so is for how long frames were held.
    void reset();

    /// Takes a LATENCY or QOS event on its way upstream; all others are nothing to it.
    void observe(GstEvent* event);

    /// Takes what a latency query was answered.
    void observe_latency(GstQuery* query);

    /// What the element adds to the latency. Zero until something was measured.
    GstClockTime latency() const { return latency_.reported(); }

    /// Whether the stream is live, as the last latency query said.
    bool is_live() const { return deadline_.is_live(); }

    /// Begins the work on a frame. limited: the frame has to keep the pace (late=pass).
    FrameWork begin(const GstSegment& segment, GstClockTime pts, GstClockTime duration, bool limited);

    /// Ends it. true: latency() has changed, which is to be told.
    bool end(const FrameWork& work) { return latency_.update(work.held()); }

  private:
    GstElement* owner_;
    Latency latency_;
    FrameDeadline deadline_;
};

/// How long a frame lasts: as its buffer says, else by the frame rate; invalid where neither tells.
GstClockTime frame_duration(GstClockTime said, gint rate_numerator, gint rate_denominator);

}  // namespace jpegdeblock_plugin
