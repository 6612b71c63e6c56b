// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_deadline.h"

#include <algorithm>

namespace jpegdeblock_plugin {
namespace {

/// A least delay that frames no longer reach is given up by this share with each, as clocks drift.
constexpr GstClockTimeDiff kFramesRemembered = 64;

}  // namespace

void FrameDeadline::reset() {
    const std::lock_guard lock(mutex_);
    synchronized_ = false;
    earliest_ = GST_CLOCK_TIME_NONE;
    least_delay_.reset();
}

void FrameDeadline::set_live(bool live) {
    const std::lock_guard lock(mutex_);
    live_ = live;
}

bool FrameDeadline::is_live() const {
    const std::lock_guard lock(mutex_);
    return live_;
}

void FrameDeadline::set_latency(GstClockTime latency) {
    const std::lock_guard lock(mutex_);
    latency_ = latency;
}

void FrameDeadline::observe_qos(GstEvent* event) {
    GstQOSType type = GST_QOS_TYPE_UNDERFLOW;
    GstClockTimeDiff lateness = 0;
    GstClockTime frame = GST_CLOCK_TIME_NONE;
    gst_event_parse_qos(event, &type, nullptr, &lateness, &frame);
    // Throttling asks for fewer frames, not for faster ones.
    if (type == GST_QOS_TYPE_THROTTLE || !GST_CLOCK_TIME_IS_VALID(frame)) {
        return;
    }
    const std::lock_guard lock(mutex_);
    synchronized_ = true;
    earliest_ = lateness > 0 ? frame + static_cast<GstClockTime>(lateness) : GST_CLOCK_TIME_NONE;
}

std::optional<std::chrono::nanoseconds> FrameDeadline::time_left(GstClockTime now, GstClockTime frame,
                                                                 GstClockTime duration) {
    const std::lock_guard lock(mutex_);
    if (!GST_CLOCK_TIME_IS_VALID(frame)) {
        return std::nullopt;
    }
    if (GST_CLOCK_TIME_IS_VALID(earliest_) && frame <= earliest_) {
        return std::chrono::nanoseconds(0);
    }
    if (!GST_CLOCK_TIME_IS_VALID(now)) {
        return std::nullopt;
    }
    const GstClockTimeDiff delay = GST_CLOCK_DIFF(frame, now);
    const GstClockTimeDiff until_shown = static_cast<GstClockTimeDiff>(latency_) - delay;
    if (!live_) {
        return synchronized_ ? std::optional(std::chrono::nanoseconds(std::max<gint64>(0, until_shown)))
                             : std::nullopt;
    }
    const GstClockTimeDiff least = least_delay_.value_or(delay);
    least_delay_ = std::min(delay, least + (delay - least) / kFramesRemembered);
    if (!GST_CLOCK_TIME_IS_VALID(duration) || duration == 0) {
        return std::nullopt;
    }
    const GstClockTimeDiff share = static_cast<GstClockTimeDiff>(duration - duration / 8);
    const GstClockTimeDiff not_lost = share - (delay - least);
    return std::chrono::nanoseconds(std::clamp<gint64>(std::max(until_shown, not_lost), 0, share));
}

GstClockTime running_time_now(GstElement* element) {
    GstClock* clock = gst_element_get_clock(element);
    if (clock == nullptr) {
        return GST_CLOCK_TIME_NONE;
    }
    const GstClockTime time = gst_clock_get_time(clock);
    gst_object_unref(clock);
    const GstClockTime base = gst_element_get_base_time(element);
    const bool playing = GST_STATE(element) == GST_STATE_PLAYING && GST_CLOCK_TIME_IS_VALID(base);
    return playing && time >= base ? time - base : GST_CLOCK_TIME_NONE;
}

}  // namespace jpegdeblock_plugin
