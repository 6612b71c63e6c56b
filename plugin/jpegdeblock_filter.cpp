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

#include <atomic>
#include <utility>

#include "barrier.h"
#include "debug.h"
#include "element_core.h"
#include "frame_picture.h"

using jpegdeblock_plugin::barrier;
using jpegdeblock_plugin::ElementCore;
using jpegdeblock_plugin::Failure;
using jpegdeblock_plugin::FrameWork;
using jpegdeblock_plugin::Late;
using jpegdeblock_plugin::picture_options;
using jpegdeblock_plugin::Planes;
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
    explicit FilterState(GstElement* element) : core(element) {}

    ElementCore core;
    bool warned_of_chroma = false;  ///< That the format does not allow to restore it.

    // Written by the streaming thread, for the threads of events.
    std::atomic<Late> late = Late::kPass;  ///< Of the frame under way.
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
    state_of(object).core.set_property(id, value, spec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    state_of(object).core.get_property(id, value, spec);
}

void finalize(GObject* object) noexcept {
    delete GST_JPEG_DEBLOCK(object)->state;
    G_OBJECT_CLASS(gst_jpeg_deblock_parent_class)->finalize(object);
}

/// What follows for the base class from the settings taken. It asks for passthrough in this thread only, so
/// that a frame is never written to that was not made writable.
void apply_settings(GstBaseTransform* transform) {
    FilterState& state = state_of(transform);
    const Settings& settings = state.core.settings();
    state.late = settings.late;
    const bool drop = settings.late == Late::kDrop;
    if (drop != static_cast<bool>(gst_base_transform_is_qos_enabled(transform))) {
        gst_base_transform_set_qos_enabled(transform, drop);
    }
    const bool idle = picture_options(settings).idle();
    if (idle != static_cast<bool>(gst_base_transform_is_passthrough(transform))) {
        gst_base_transform_set_passthrough(transform, idle);
    }
}

gboolean start(GstBaseTransform* transform) {
    const bool started = state_of(transform).core.start();
    apply_settings(transform);
    return started;
}

gboolean stop(GstBaseTransform* transform) {
    state_of(transform).core.stop();
    return TRUE;
}

gboolean set_info(GstVideoFilter* filter, GstCaps*, GstVideoInfo* info, GstCaps*, GstVideoInfo*) {
    ElementCore& core = state_of(filter).core;
    const int denominator = GST_VIDEO_INFO_FPS_D(info);
    const double rate = denominator > 0 ? static_cast<double>(GST_VIDEO_INFO_FPS_N(info)) / denominator : 0.0;
    if (!core.begin_stream({GST_VIDEO_INFO_WIDTH(info), GST_VIDEO_INFO_HEIGHT(info), rate})) {
        return FALSE;
    }
    core.pace.reset();
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
        state_of(transform).core.forget_stream();
    }
    return parent_transform_class()->sink_event(transform, event);
}

gboolean src_event(GstBaseTransform* transform, GstEvent* event) {
    FilterState& state = state_of(transform);
    state.core.pace.observe(event);
    if (GST_EVENT_TYPE(event) == GST_EVENT_QOS && state.late == Late::kPass && state.works) {
        // Lost time is made up for here; a decoder that saw the event would drop frames.
        gst_event_unref(event);
        return TRUE;
    }
    return parent_transform_class()->src_event(transform, event);
}

gboolean query(GstBaseTransform* transform, GstPadDirection direction, GstQuery* query) {
    const gboolean answered = parent_transform_class()->query(transform, direction, query);
    if (answered && direction == GST_PAD_SRC && GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
        FilterState& state = state_of(transform);
        state.core.pace.observe_latency(query);
        gboolean live = FALSE;
        GstClockTime min = 0;
        GstClockTime max = 0;
        gst_query_parse_latency(query, &live, &min, &max);
        // The maximum stays: it says how much can be held before data are lost, and this element holds no
        // more than the frame under way.
        gst_query_set_latency(query, live, min + state.core.pace.latency(), max);
    }
    return answered;
}

GstFlowReturn submit_input_buffer(GstBaseTransform* transform, gboolean is_discont, GstBuffer* buffer) {
    const GstFlowReturn result = parent_transform_class()->submit_input_buffer(transform, is_discont, buffer);
    if (result == GST_BASE_TRANSFORM_FLOW_DROPPED) {
        state_of(transform).core.restoration.statistics().add_dropped();
    }
    return result;
}

void before_transform(GstBaseTransform* transform, GstBuffer* buffer) {
    state_of(transform).core.follow_properties(
        gst_segment_to_stream_time(&transform->segment, GST_FORMAT_TIME, GST_BUFFER_TIMESTAMP(buffer)),
        [transform] { apply_settings(transform); });
}

void warn_of_chroma(GstVideoFilter* filter, const GstVideoInfo& info) {
    FilterState& state = state_of(filter);
    const bool impossible = state.core.settings().planes == Planes::kAll && !GST_VIDEO_INFO_IS_GRAY(&info) &&
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
    ElementCore& core = state.core;
    warn_of_chroma(filter, frame->info);
    if (gst_base_transform_is_passthrough(GST_BASE_TRANSFORM(filter)) ||
        GST_BUFFER_FLAG_IS_SET(frame->buffer, GST_BUFFER_FLAG_GAP)) {
        core.restoration.statistics().add_passed();
        core.restoration.forget_frame_before();
        state.works = false;
        return GST_FLOW_OK;
    }
    if (GST_BUFFER_IS_DISCONT(frame->buffer)) {
        core.restoration.forget_frame_before();
    }
    FrameWork work = core.pace.begin(GST_BASE_TRANSFORM(filter)->segment, GST_BUFFER_PTS(frame->buffer),
                                     jpegdeblock_plugin::frame_duration(GST_BUFFER_DURATION(frame->buffer),
                                                                        GST_VIDEO_INFO_FPS_N(&frame->info),
                                                                        GST_VIDEO_INFO_FPS_D(&frame->info)),
                                     core.settings().late == Late::kPass);
    const std::optional<Failure> failure = work.measure([&] {
        return core.restoration.restore(*frame, core.settings(), work.time(GST_BUFFER_PTS(frame->buffer)));
    });
    if (failure) {
        post_error(GST_ELEMENT(filter), *failure);
        return GST_FLOW_ERROR;
    }
    state.works = core.restoration.worked_on_last_frame();
    if (core.pace.end(work) && core.pace.is_live()) {
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
    self->state = [self]() noexcept { return new FilterState(GST_ELEMENT(self)); }();
    gst_base_transform_set_gap_aware(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_jpeg_deblock_class_init(GstJpegDeblockClass* klass) {
    GObjectClass* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = barrier<set_property>;
    object_class->get_property = barrier<get_property>;
    object_class->finalize = finalize;
    ElementCore::install_properties(object_class, false);

    GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(element_class, "JPEG artefact remover", "Filter/Effect/Video",
                                          "Removes JPEG compression artefacts from raw video with a "
                                          "small neural network",
                                          "gst-jpegdeblock's authors");
    add_pad_templates(element_class);

    GstBaseTransformClass* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
    transform_class->start = barrier<start>;
    transform_class->stop = barrier<stop>;
    transform_class->accept_caps = barrier<accept_caps>;
    transform_class->transform_caps = barrier<transform_caps>;
    transform_class->sink_event = barrier<sink_event>;
    transform_class->src_event = barrier<src_event>;
    transform_class->submit_input_buffer = barrier<submit_input_buffer>;
    transform_class->query = barrier<query>;
    transform_class->before_transform = barrier<before_transform>;

    GstVideoFilterClass* filter_class = GST_VIDEO_FILTER_CLASS(klass);
    filter_class->set_info = barrier<set_info>;
    filter_class->transform_frame_ip = barrier<transform_frame_ip>;
}
