// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-jpegdeblock
 * @title: jpegdeblock
 *
 * Removes the block edges, ringing and mosquito noise that JPEG compression leaves in raw video, with a small
 * neural network that runs on the CPU. Luma is restored, with planes=all chroma too where the format has it
 * in planes at the JPEG's own sampling; alpha stays as it is. Put it after the JPEG decoder and before
 * anything that scales, crops or rotates: it needs the 8x8 grid where JPEG left it.
 *
 * |[
 * gst-launch-1.0 v4l2src ! image/jpeg ! jpegdec ! jpegdeblock ! videoconvert ! autovideosink
 * ]|
 */
#include "jpegdeblock_filter.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "barrier.h"
#include "debug.h"
#include "element_properties.h"
#include "frame_deadline.h"
#include "latency.h"
#include "restoration.h"
#include "settings.h"

using jpegdeblock_plugin::barrier;
using jpegdeblock_plugin::Failure;
using jpegdeblock_plugin::FrameDeadline;
using jpegdeblock_plugin::Late;
using jpegdeblock_plugin::Latency;
using jpegdeblock_plugin::Planes;
using jpegdeblock_plugin::Restoration;
using jpegdeblock_plugin::Settings;

// Luma comes as it is in those that have it; of the others R, G and B are changed by the change in luma.
#define FORMATS                                                                                         \
    "{ I420, YV12, Y42B, Y444, NV12, NV21, GRAY8, YUY2, UYVY, RGB, BGR, RGBx, BGRx, xRGB, xBGR, RGBA, " \
    "BGRA, "                                                                                            \
    "ARGB, ABGR }"

// Fields that lie apart, in a buffer or in two, are not among them.
#define INTERLACE_MODES "{ progressive, interleaved, mixed }"

namespace {

struct FilterState {
    explicit FilterState(GstObject* owner) : restoration(owner) {}

    Settings settings;  ///< As the properties say. Guarded by the object lock.

    // The streaming thread's own.
    Settings frame_settings;  ///< Those of the frame under way.
    Restoration restoration;
    Latency latency;
    FrameDeadline deadline;
    bool warned_of_chroma = false;  ///< That the format does not allow to restore it.

    // Written by the streaming thread, for the threads of events.
    std::atomic<Late> late = Late::kPass;  ///< Of frame_settings.
    std::atomic<bool> works = false;       ///< On the stream: the last frame did not pass as it came.
};

}  // namespace

struct _GstJpegDeblock {
    GstVideoFilter parent;
    FilterState* state;
};

G_DEFINE_FINAL_TYPE(GstJpegDeblock, gst_jpeg_deblock, GST_TYPE_VIDEO_FILTER)
GST_ELEMENT_REGISTER_DEFINE(jpegdeblock, "jpegdeblock", GST_RANK_NONE, GST_TYPE_JPEG_DEBLOCK)

namespace {

FilterState& state_of(gpointer object) {
    return *GST_JPEG_DEBLOCK(object)->state;
}

GstBaseTransformClass* parent_transform_class() {
    return GST_BASE_TRANSFORM_CLASS(gst_jpeg_deblock_parent_class);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
    jpegdeblock_plugin::set_element_property(object, state_of(object).settings, id, value, spec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    FilterState& state = state_of(object);
    jpegdeblock_plugin::get_element_property(object, state.settings, state.restoration.statistics(), id,
                                             value, spec);
}

void finalize(GObject* object) noexcept {
    delete GST_JPEG_DEBLOCK(object)->state;
    G_OBJECT_CLASS(gst_jpeg_deblock_parent_class)->finalize(object);
}

/// Takes over the properties for the frame to come, or for the start. The base class asks for passthrough in
/// this thread only, so that a frame is never written to that was not made writable.
std::optional<Failure> take_settings(GstBaseTransform* transform) {
    FilterState& state = state_of(transform);
    const std::optional<Failure> failure =
        jpegdeblock_plugin::copy_settings(transform, state.settings, state.frame_settings);
    state.late = state.frame_settings.late;
    const bool drop = state.frame_settings.late == Late::kDrop;
    if (drop != static_cast<bool>(gst_base_transform_is_qos_enabled(transform))) {
        gst_base_transform_set_qos_enabled(transform, drop);
    }
    const bool idle = Restoration::is_idle(state.frame_settings);
    if (idle != static_cast<bool>(gst_base_transform_is_passthrough(transform))) {
        gst_base_transform_set_passthrough(transform, idle);
    }
    return failure;
}

gboolean start(GstBaseTransform* transform) {
    FilterState& state = state_of(transform);
    std::optional<Failure> failure = take_settings(transform);
    if (!failure) {
        failure = state.restoration.start(state.frame_settings);
    }
    if (failure) {
        post_error(GST_ELEMENT(transform), *failure);
        return FALSE;
    }
    state.latency.reset();
    state.deadline.reset();
    return TRUE;
}

gboolean stop(GstBaseTransform* transform) {
    FilterState& state = state_of(transform);
    state.restoration.stop();
    state.latency.reset();
    return TRUE;
}

gboolean set_info(GstVideoFilter* filter, GstCaps*, GstVideoInfo* info, GstCaps*, GstVideoInfo*) {
    FilterState& state = state_of(filter);
    state.restoration.forget_stream();
    const int denominator = GST_VIDEO_INFO_FPS_D(info);
    const double rate = denominator > 0 ? static_cast<double>(GST_VIDEO_INFO_FPS_N(info)) / denominator : 0.0;
    if (const std::optional<Failure> failure = state.restoration.follow_stream(
            {GST_VIDEO_INFO_WIDTH(info), GST_VIDEO_INFO_HEIGHT(info), rate})) {
        if (!state.restoration.has_model()) {
            post_error(GST_ELEMENT(filter), *failure);
            return FALSE;
        }
        post_warning(GST_ELEMENT(filter), *failure);
    }
    state.latency.reset();
    state.deadline.reset();
    return TRUE;
}

// Caps that say nothing of fields mean a progressive picture.
GstCaps* with_interlace_mode(GstCaps* caps) {
    GstCaps* result = gst_caps_copy(caps);
    for (guint i = 0; i < gst_caps_get_size(result); ++i) {
        GstStructure* structure = gst_caps_get_structure(result, i);
        if (!gst_structure_has_field(structure, "interlace-mode")) {
            gst_structure_set(structure, "interlace-mode", G_TYPE_STRING, "progressive", nullptr);
        }
    }
    return result;
}

gboolean accept_caps(GstBaseTransform* transform, GstPadDirection direction, GstCaps* caps) {
    GstCaps* complete = with_interlace_mode(caps);
    const gboolean accepted = parent_transform_class()->accept_caps(transform, direction, complete);
    gst_caps_unref(complete);
    return accepted;
}

GstCaps* transform_caps(GstBaseTransform* transform, GstPadDirection direction, GstCaps* caps,
                        GstCaps* filter) {
    if (direction != GST_PAD_SINK || !gst_caps_is_fixed(caps)) {
        return parent_transform_class()->transform_caps(transform, direction, caps, filter);
    }
    GstCaps* complete = with_interlace_mode(caps);
    GstCaps* result = parent_transform_class()->transform_caps(transform, direction, complete, filter);
    gst_caps_unref(complete);
    return result;
}

gboolean sink_event(GstBaseTransform* transform, GstEvent* event) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP || GST_EVENT_TYPE(event) == GST_EVENT_STREAM_START) {
        state_of(transform).restoration.forget_stream();
        state_of(transform).deadline.reset();
    }
    return parent_transform_class()->sink_event(transform, event);
}

gboolean src_event(GstBaseTransform* transform, GstEvent* event) {
    FilterState& state = state_of(transform);
    if (GST_EVENT_TYPE(event) == GST_EVENT_LATENCY) {
        GstClockTime latency = 0;
        gst_event_parse_latency(event, &latency);
        state.deadline.set_latency(latency);
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_QOS && state.late == Late::kPass) {
        state.deadline.observe_qos(event);
        if (state.works) {
            // Lost time is made up for here; a decoder that saw the event would drop frames.
            gst_event_unref(event);
            return TRUE;
        }
    }
    return parent_transform_class()->src_event(transform, event);
}

gboolean query(GstBaseTransform* transform, GstPadDirection direction, GstQuery* query) {
    const gboolean answered = parent_transform_class()->query(transform, direction, query);
    if (answered && direction == GST_PAD_SRC && GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
        FilterState& state = state_of(transform);
        gboolean live = FALSE;
        GstClockTime min = 0;
        GstClockTime max = 0;
        gst_query_parse_latency(query, &live, &min, &max);
        const GstClockTime own = state.latency.reported();
        state.deadline.set_live(live);
        // The maximum stays: it says how much can be held before data are lost, and this element holds no
        // more than the frame under way.
        gst_query_set_latency(query, live, min + own, max);
    }
    return answered;
}

GstFlowReturn submit_input_buffer(GstBaseTransform* transform, gboolean is_discont, GstBuffer* buffer) {
    const GstFlowReturn result = parent_transform_class()->submit_input_buffer(transform, is_discont, buffer);
    if (result == GST_BASE_TRANSFORM_FLOW_DROPPED) {
        state_of(transform).restoration.statistics().add_dropped();
    }
    return result;
}

GstClockTime duration_of(const GstVideoFrame& frame) {
    if (GST_BUFFER_DURATION_IS_VALID(frame.buffer)) {
        return GST_BUFFER_DURATION(frame.buffer);
    }
    const gint numerator = GST_VIDEO_INFO_FPS_N(&frame.info);
    return numerator > 0 ? gst_util_uint64_scale_int(GST_SECOND, GST_VIDEO_INFO_FPS_D(&frame.info), numerator)
                         : GST_CLOCK_TIME_NONE;
}

void before_transform(GstBaseTransform* transform, GstBuffer* buffer) {
    const GstClockTime time =
        gst_segment_to_stream_time(&transform->segment, GST_FORMAT_TIME, GST_BUFFER_TIMESTAMP(buffer));
    if (GST_CLOCK_TIME_IS_VALID(time)) {
        gst_object_sync_values(GST_OBJECT(transform), time);
    }
    std::optional<Failure> failure = take_settings(transform);
    if (!failure) {
        FilterState& state = state_of(transform);
        failure = state.restoration.follow_model(state.frame_settings);
    }
    if (failure) {
        post_warning(GST_ELEMENT(transform), *failure);
    }
}

void warn_of_chroma(GstVideoFilter* filter, const GstVideoInfo& info) {
    FilterState& state = state_of(filter);
    const bool impossible = state.frame_settings.planes == Planes::kAll && !GST_VIDEO_INFO_IS_GRAY(&info) &&
                            !jpegdeblock_plugin::has_planar_chroma(info);
    if (impossible && !state.warned_of_chroma) {
        const Failure failure = {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
                                 std::string("Chroma stays as it is: ") + GST_VIDEO_INFO_NAME(&info) +
                                     " does not have it in planes at the JPEG's sampling.",
                                 "Property 'planes' is 'all', which takes one of I420, YV12, Y42B, Y444, "
                                 "NV12 and NV21, as the JPEG "
                                 "decoder gives it; convert behind this element, not before."};
        post_warning(GST_ELEMENT(filter), failure);
    }
    state.warned_of_chroma = impossible;
}

GstFlowReturn transform_frame_ip(GstVideoFilter* filter, GstVideoFrame* frame) {
    FilterState& state = state_of(filter);
    warn_of_chroma(filter, frame->info);
    Restoration& restoration = state.restoration;
    if (gst_base_transform_is_passthrough(GST_BASE_TRANSFORM(filter)) ||
        GST_BUFFER_FLAG_IS_SET(frame->buffer, GST_BUFFER_FLAG_GAP)) {
        restoration.statistics().add_passed();
        state.works = false;
        return GST_FLOW_OK;
    }
    const gint64 begin = g_get_monotonic_time();
    const GstClockTime duration = duration_of(*frame);
    std::optional<std::chrono::nanoseconds> time_left;
    if (state.frame_settings.late == Late::kPass) {
        time_left = state.deadline.time_left(
            jpegdeblock_plugin::running_time_now(GST_ELEMENT(filter)),
            gst_segment_to_running_time(&GST_BASE_TRANSFORM(filter)->segment, GST_FORMAT_TIME,
                                        GST_BUFFER_PTS(frame->buffer)),
            duration);
    }
    if (const std::optional<Failure> failure = restoration.restore(*frame, state.frame_settings, time_left)) {
        post_error(GST_ELEMENT(filter), *failure);
        return GST_FLOW_ERROR;
    }
    state.works = restoration.worked_on_last_frame();
    GstClockTime needed = static_cast<GstClockTime>(g_get_monotonic_time() - begin) * GST_USECOND;
    if (time_left && GST_CLOCK_TIME_IS_VALID(duration)) {
        needed = std::min(needed, duration);  // A slower one is made up for with the next frames.
    }
    const bool moved = state.latency.update(needed);
    if (moved && state.deadline.is_live()) {
        gst_element_post_message(GST_ELEMENT(filter), gst_message_new_latency(GST_OBJECT(filter)));
    }
    return GST_FLOW_OK;
}

void add_pad_templates(GstElementClass* element_class) {
    GstCaps* caps = gst_caps_from_string(GST_VIDEO_CAPS_MAKE(FORMATS) ", interlace-mode = " INTERLACE_MODES);
    for (const auto& [name, direction] : {std::pair{"sink", GST_PAD_SINK}, std::pair{"src", GST_PAD_SRC}}) {
        gst_element_class_add_pad_template(element_class,
                                           gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps));
    }
    gst_caps_unref(caps);
}

}  // namespace

static void gst_jpeg_deblock_init(GstJpegDeblock* self) {
    // Out of memory ends the process here, as it does wherever GObject allocates.
    self->state = [self]() noexcept { return new FilterState(GST_OBJECT(self)); }();
    gst_base_transform_set_gap_aware(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_jpeg_deblock_class_init(GstJpegDeblockClass* klass) {
    GObjectClass* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = barrier<set_property>;
    object_class->get_property = barrier<get_property>;
    object_class->finalize = finalize;
    jpegdeblock_plugin::install_element_properties(object_class);

    GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(element_class, "JPEG artefact remover", "Filter/Effect/Video",
                                          "Removes JPEG compression artefacts from raw video with a "
                                          "small neural network",
                                          "gst-jpegdeblock's authors");
    add_pad_templates(element_class);

    GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
    transform_class->start = barrier<start>;
    transform_class->stop = barrier<stop>;
    transform_class->sink_event = barrier<sink_event>;
    transform_class->src_event = barrier<src_event>;
    transform_class->submit_input_buffer = barrier<submit_input_buffer>;
    transform_class->query = barrier<query>;
    transform_class->before_transform = barrier<before_transform>;
    transform_class->accept_caps = barrier<accept_caps>;
    transform_class->transform_caps = barrier<transform_caps>;

    GstVideoFilterClass* filter_class = GST_VIDEO_FILTER_CLASS(klass);
    filter_class->set_info = barrier<set_info>;
    filter_class->transform_frame_ip = barrier<transform_frame_ip>;
}
