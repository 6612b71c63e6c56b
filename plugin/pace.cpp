// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pace.h"

#include <algorithm>

namespace jpegdeblock_plugin {

std::optional<std::chrono::nanoseconds> FrameWork::time_left() const {
    return allowed_ ? std::optional(*allowed_ - std::chrono::microseconds(worked_)) : std::nullopt;
}

FrameTime FrameWork::time(GstClockTime pts) const {
    FrameTime time = {.left = time_left()};
    if (GST_CLOCK_TIME_IS_VALID(pts)) {
        time.shown = std::chrono::nanoseconds(pts);
    }
    return time;
}

GstClockTime FrameWork::held() const {
    const GstClockTime worked = static_cast<GstClockTime>(worked_) * GST_USECOND;
    return allowed_ && GST_CLOCK_TIME_IS_VALID(duration_) ? std::min(worked, duration_) : worked;
}

void Pace::reset() {
    latency_.reset();
    deadline_.reset();
}

void Pace::observe(GstEvent* event) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_LATENCY) {
        GstClockTime latency = 0;
        gst_event_parse_latency(event, &latency);
        deadline_.set_latency(latency);
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_QOS) {
        deadline_.observe_qos(event);
    }
}

void Pace::observe_latency(GstQuery* query) {
    gboolean live = FALSE;
    gst_query_parse_latency(query, &live, nullptr, nullptr);
    deadline_.set_live(live);
}

FrameWork Pace::begin(const GstSegment& segment, GstClockTime pts, GstClockTime duration, bool limited) {
    std::optional<std::chrono::nanoseconds> allowed;
    if (limited) {
        allowed = deadline_.time_left(running_time_now(owner_),
                                      gst_segment_to_running_time(&segment, GST_FORMAT_TIME, pts), duration);
    }
    return FrameWork(duration, allowed);
}

GstClockTime frame_duration(GstClockTime said, gint rate_numerator, gint rate_denominator) {
    if (GST_CLOCK_TIME_IS_VALID(said)) {
        return said;
    }
    return rate_numerator > 0 ? gst_util_uint64_scale_int(GST_SECOND, rate_denominator, rate_numerator)
                              : GST_CLOCK_TIME_NONE;
}

}  // namespace jpegdeblock_plugin
