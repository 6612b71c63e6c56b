// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-jpegdeblockdec
 * @title: jpegdeblockdec
 *
 * Decodes JPEG pictures and motion JPEG and removes the block edges, ringing and mosquito noise that the
 * compression left. As it reads the file itself, it knows the quantization table and what each coefficient
 * may have been, which the jpegdeblock filter after another decoder has to guess. Luma is restored,
 * with planes=all chroma too. The raw video has the JPEG's own sampling: I420, Y42B, Y444 or GRAY8.
 *
 * |[
 * gst-launch-1.0 filesrc location=video.avi ! avidemux ! jpegdeblockdec ! videoconvert ! autovideosink
 * ]|
 *
 * With progressive=true a progressive JPEG is shown while it arrives: each scan that is complete is decoded,
 * restored by what is known of each coefficient until then, and pushed. The last picture is the very one that
 * progressive=false gives. It carries GST_VIDEO_BUFFER_FLAG_MARKER, as the pictures of all other JPEGs do;
 * the ones before it do not. Where the caps tell a frame rate, all pictures of a JPEG have its timestamp;
 * without one only the first has, and the others none unless upstream stamps their bytes, so that sinks show
 * them as they come. The element must get the bytes as they arrive, without jpegparse before it: a frame that
 * comes as a whole is shown once.
 *
 * |[
 * gst-launch-1.0 souphttpsrc location=http://example.org/large.jpg ! jpegdeblockdec progressive=true
 *     ! videoconvert ! autovideosink
 * ]|
 *
 * Players choose it by themselves once its rank is above jpegdec's:
 * GST_PLUGIN_FEATURE_RANK=jpegdeblockdec:MAX.
 */
#include "jpegdeblock_decoder.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "debug.h"
#include "element_properties.h"
#include "frame_deadline.h"
#include "frame_finder.h"
#include "latency.h"
#include "object_lock.h"
#include "picture_decoder.h"
#include "restoration.h"
#include "settings.h"
#include "table_meta.h"

using jpegdeblock_plugin::Failure;
using jpegdeblock_plugin::FrameDeadline;
using jpegdeblock_plugin::FrameFinder;
using jpegdeblock_plugin::Late;
using jpegdeblock_plugin::Latency;
using jpegdeblock_plugin::ObjectLock;
using jpegdeblock_plugin::PictureDecoder;
using jpegdeblock_plugin::Restoration;
using jpegdeblock_plugin::Settings;
using jpegdeblock_plugin::Stage;

namespace {

/// A JPEG that comes to handle_frame in pieces, each a scan or more, each as a frame of its own.
struct PiecewiseJpeg {
    bool begun = false;                       ///< A piece has come, and not the last one.
    bool next_piece_is_last = true;           ///< What parse found.
    bool lost = false;                        ///< It cannot be read; the rest of it is ignored.
    GstClockTime time = GST_CLOCK_TIME_NONE;  ///< Of its first picture.
    GstClockTime duration = GST_CLOCK_TIME_NONE;
};

/// The work on a frame.
struct FrameWork {
    gint64 begin;                                       ///< Microseconds of monotonic time.
    std::optional<std::chrono::nanoseconds> time_left;  ///< At the beginning; nothing: as long as it takes.
};

struct DecoderState {
    explicit DecoderState(GstObject* owner) : restoration(owner) {}

    // As the properties say. Guarded by the object lock.
    Settings settings;
    bool progressive = false;
    guint progressive_interval = 0;  ///< Milliseconds.

    // The streaming thread's own.
    Settings frame_settings;  ///< Those of the frame under way.
    Restoration restoration;
    Latency latency;
    FrameDeadline deadline;
    FrameFinder finder;
    PictureDecoder pictures;
    PiecewiseJpeg pieces;
    gint64 last_picture = G_MININT64;  ///< When the last one was pushed, in microseconds of monotonic time.
    GstVideoCodecState* input = nullptr;
    bool input_changed = false;  ///< Since the output was negotiated.
    bool warned_of_damage = false;
};

enum : guint {
    kProgressiveProperty = jpegdeblock_plugin::kFirstOwnProperty,
    kProgressiveIntervalProperty,
};

}  // namespace

struct _GstJpegDeblockDec {
    GstVideoDecoder parent;
    DecoderState* state;
};

G_DEFINE_FINAL_TYPE(GstJpegDeblockDec, gst_jpeg_deblock_dec, GST_TYPE_VIDEO_DECODER)
GST_ELEMENT_REGISTER_DEFINE(jpegdeblockdec, "jpegdeblockdec", GST_RANK_NONE, GST_TYPE_JPEG_DEBLOCK_DEC)

namespace {

DecoderState& state_of(gpointer object) {
    return *GST_JPEG_DEBLOCK_DEC(object)->state;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
    DecoderState& state = state_of(object);
    if (id == kProgressiveProperty || id == kProgressiveIntervalProperty) {
        const ObjectLock lock(object);
        if (id == kProgressiveProperty) {
            state.progressive = g_value_get_boolean(value);
        } else {
            state.progressive_interval = g_value_get_uint(value);
        }
        return;
    }
    jpegdeblock_plugin::set_element_property(object, state.settings, id, value, spec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    DecoderState& state = state_of(object);
    if (id == kProgressiveProperty || id == kProgressiveIntervalProperty) {
        const ObjectLock lock(object);
        if (id == kProgressiveProperty) {
            g_value_set_boolean(value, state.progressive);
        } else {
            g_value_set_uint(value, state.progressive_interval);
        }
        return;
    }
    jpegdeblock_plugin::get_element_property(object, state.settings, state.restoration.statistics(), id,
                                             value, spec);
}

void finalize(GObject* object) {
    delete GST_JPEG_DEBLOCK_DEC(object)->state;
    G_OBJECT_CLASS(gst_jpeg_deblock_dec_parent_class)->finalize(object);
}

std::optional<Failure> take_settings(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    const std::optional<Failure> failure =
        jpegdeblock_plugin::copy_settings(decoder, state.settings, state.frame_settings);
    // The base class drops what a sink would find late, even after it was decoded.
    g_object_set(decoder, "qos", static_cast<gboolean>(state.frame_settings.late == Late::kDrop), nullptr);
    return failure;
}

void forget_stream(DecoderState& state) {
    state.finder.reset();
    state.pieces = {};
    state.last_picture = G_MININT64;
    state.restoration.forget_stream();
    state.deadline.reset();
}

gboolean start(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    std::optional<Failure> failure = take_settings(decoder);
    if (!failure) {
        failure = state.restoration.start(state.frame_settings);
    }
    if (failure) {
        post_error(GST_ELEMENT(decoder), *failure);
        return FALSE;
    }
    forget_stream(state);
    state.latency.reset();
    state.warned_of_damage = false;
    gst_video_decoder_set_packetized(decoder, FALSE);
    return TRUE;
}

gboolean stop(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    state.restoration.stop();
    state.latency.reset();
    g_clear_pointer(&state.input, gst_video_codec_state_unref);
    return TRUE;
}

gboolean flush(GstVideoDecoder* decoder) {
    forget_stream(state_of(decoder));
    return TRUE;
}

gboolean set_format(GstVideoDecoder* decoder, GstVideoCodecState* input) {
    DecoderState& state = state_of(decoder);
    g_clear_pointer(&state.input, gst_video_codec_state_unref);
    state.input = gst_video_codec_state_ref(input);
    state.input_changed = true;
    state.latency.reset();
    gboolean parsed = FALSE;
    gst_structure_get_boolean(gst_caps_get_structure(input->caps, 0), "parsed", &parsed);
    gst_video_decoder_set_packetized(decoder, parsed);
    return TRUE;
}

gboolean src_event(GstVideoDecoder* decoder, GstEvent* event) {
    FrameDeadline& deadline = state_of(decoder).deadline;
    if (GST_EVENT_TYPE(event) == GST_EVENT_LATENCY) {
        GstClockTime latency = 0;
        gst_event_parse_latency(event, &latency);
        deadline.set_latency(latency);
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_QOS) {
        deadline.observe_qos(event);
    }
    return GST_VIDEO_DECODER_CLASS(gst_jpeg_deblock_dec_parent_class)->src_event(decoder, event);
}

gboolean src_query(GstVideoDecoder* decoder, GstQuery* query) {
    const gboolean answered =
        GST_VIDEO_DECODER_CLASS(gst_jpeg_deblock_dec_parent_class)->src_query(decoder, query);
    if (answered && GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
        gboolean live = FALSE;
        gst_query_parse_latency(query, &live, nullptr, nullptr);
        state_of(decoder).deadline.set_live(live);
    }
    return answered;
}

// How long the frame may take to restore; nothing: as long as it takes.
std::optional<std::chrono::nanoseconds> time_left(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    DecoderState& state = state_of(decoder);
    if (state.frame_settings.late != Late::kPass) {
        return std::nullopt;
    }
    GstClockTime duration = frame->duration;
    if (!GST_CLOCK_TIME_IS_VALID(duration) && state.input != nullptr && state.input->info.fps_n > 0) {
        duration = gst_util_uint64_scale_int(GST_SECOND, state.input->info.fps_d, state.input->info.fps_n);
    }
    return state.deadline.time_left(
        jpegdeblock_plugin::running_time_now(GST_ELEMENT(decoder)),
        gst_segment_to_running_time(&decoder->input_segment, GST_FORMAT_TIME, frame->pts), duration);
}

// Whether a scan that has just become complete is to be shown. In reverse, frames are handled long after they
// were parsed, so that they must be whole.
bool wants_picture_of_scan(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    const ObjectLock lock(decoder);
    const gint64 interval = gint64{1000} * state.progressive_interval;
    return state.progressive && decoder->input_segment.rate > 0.0 &&
           g_get_monotonic_time() - interval >= state.last_picture;
}

GstFlowReturn parse(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, GstAdapter* adapter,
                    gboolean at_eos) {
    DecoderState& state = state_of(decoder);
    FrameFinder& finder = state.finder;
    GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
    const gsize available = gst_adapter_available(adapter);
    const auto* bytes = static_cast<const guint8*>(gst_adapter_map(adapter, available));
    const FrameFinder::Found found = finder.look({bytes, available});
    gst_adapter_unmap(adapter);
    gst_adapter_flush(adapter, found.skip);
    if (found.take > 0) {
        gst_video_decoder_add_to_frame(decoder, static_cast<int>(found.take));
    }
    state.pieces.next_piece_is_last = !found.scan_complete;
    if (found.complete) {
        return gst_video_decoder_have_frame(decoder);
    }
    if (found.scan_complete) {
        return wants_picture_of_scan(decoder) ? gst_video_decoder_have_frame(decoder) : GST_FLOW_OK;
    }
    if (!at_eos) {
        return GST_VIDEO_DECODER_FLOW_NEED_DATA;
    }
    const gsize rest = gst_adapter_available(adapter);
    if (!finder.inside()) {
        gst_adapter_flush(adapter, rest);
        return GST_FLOW_OK;
    }
    finder.reset();
    gst_video_decoder_add_to_frame(decoder, static_cast<int>(rest));
    return gst_video_decoder_have_frame(decoder);
}

// What jpegdec announces: full range, ITU-R BT.601, the rest unknown.
void set_colours(GstVideoInfo& info) {
    info.chroma_site = GST_VIDEO_CHROMA_SITE_NONE;
    info.colorimetry = {GST_VIDEO_COLOR_RANGE_0_255, GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_TRANSFER_UNKNOWN,
                        GST_VIDEO_COLOR_PRIMARIES_UNKNOWN};
}

GstFlowReturn negotiate(GstVideoDecoder* decoder, GstVideoFormat format) {
    DecoderState& state = state_of(decoder);
    const auto width = static_cast<guint>(state.pictures.width());
    const auto height = static_cast<guint>(state.pictures.height());
    const GstVideoInterlaceMode mode = state.pictures.interlaced() ? GST_VIDEO_INTERLACE_MODE_INTERLEAVED
                                                                   : GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
    if (GstVideoCodecState* output = gst_video_decoder_get_output_state(decoder)) {
        const GstVideoInfo& info = output->info;
        const bool same = GST_VIDEO_INFO_FORMAT(&info) == format &&
                          static_cast<guint>(GST_VIDEO_INFO_WIDTH(&info)) == width &&
                          static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&info)) == height &&
                          GST_VIDEO_INFO_INTERLACE_MODE(&info) == mode;
        gst_video_codec_state_unref(output);
        if (same && !state.input_changed) {
            return GST_FLOW_OK;
        }
    }
    GstVideoCodecState* output =
        gst_video_decoder_set_interlaced_output_state(decoder, format, mode, width, height, state.input);
    if (output == nullptr) {
        return GST_FLOW_NOT_NEGOTIATED;
    }
    set_colours(output->info);
    if (state.pictures.interlaced()) {
        GST_VIDEO_INFO_FIELD_ORDER(&output->info) = GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST;
    }
    gst_video_codec_state_unref(output);
    state.restoration.forget_stream();
    const double rate = state.input != nullptr && state.input->info.fps_d > 0
                            ? static_cast<double>(state.input->info.fps_n) / state.input->info.fps_d
                            : 0.0;
    if (const std::optional<Failure> failure =
            state.restoration.follow_stream({static_cast<int>(width), static_cast<int>(height), rate})) {
        post_warning(GST_ELEMENT(decoder), *failure);
    }
    if (!gst_video_decoder_negotiate(decoder)) {
        return GST_PAD_IS_FLUSHING(GST_VIDEO_DECODER_SRC_PAD(decoder)) ? GST_FLOW_FLUSHING
                                                                       : GST_FLOW_NOT_NEGOTIATED;
    }
    state.input_changed = false;
    return GST_FLOW_OK;
}

// A frame that is lost. The stream goes on, unless the property max-errors says otherwise.
GstFlowReturn drop_undecodable(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, const Failure& failure) {
    gst_video_decoder_drop_frame(decoder, frame);
    GstFlowReturn flow = GST_FLOW_OK;
    GST_VIDEO_DECODER_ERROR(decoder, 1, STREAM, DECODE, ("%s", failure.text.c_str()),
                            ("Property 'max-errors' says how many such frames in a row end the stream."),
                            flow);
    return flow;
}

// Cameras with a bad connection damage frame after frame: one message tells of it, the log of each.
void warn_of_damage(GstVideoDecoder* decoder, const std::string& text) {
    DecoderState& state = state_of(decoder);
    GST_DEBUG_OBJECT(decoder, "%s", text.c_str());
    if (!std::exchange(state.warned_of_damage, true)) {
        jpegdeblock_plugin::post_warning(
            GST_ELEMENT(decoder),
            {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, text,
             "Further damaged frames are not reported, but their buffers are flagged as corrupted. Set "
             "property 'discard-corrupted-frames' to leave them out."});
    }
}

GstFlowReturn refuse(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    gst_video_decoder_release_frame(decoder, frame);
    GST_ELEMENT_ERROR(decoder, STREAM, NOT_IMPLEMENTED,
                      ("The JPEG has %s colours; only grey and YCbCr can be restored.",
                       state_of(decoder).pictures.color_space().c_str()),
                      ("Use jpegdec in place of jpegdeblockdec for RGB, gdkpixbufdec for CMYK and YCCK."));
    return GST_FLOW_ERROR;
}

// read: takes the buffer's bytes.
template <typename Read>
std::optional<Failure> read_mapped(GstBuffer* buffer, Read read) {
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        return Failure{GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "The frame's memory cannot be read.", ""};
    }
    const std::optional<Failure> failure = read(std::span<const guint8>(map.data, map.size));
    gst_buffer_unmap(buffer, &map);
    return failure;
}

std::optional<Failure> read_whole(GstVideoDecoder* decoder, GstBuffer* buffer) {
    DecoderState& state = state_of(decoder);
    // Only whoever cut the stream into frames can have put both fields into one.
    const bool announced = state.input != nullptr && gst_video_decoder_get_packetized(decoder);
    return read_mapped(buffer, [&](std::span<const guint8> bytes) {
        return state.pictures.read(bytes, announced ? state.input->info.width : 0,
                                   announced ? state.input->info.height : 0);
    });
}

std::optional<Failure> write(GstVideoDecoder* decoder, GstBuffer* buffer,
                             std::optional<std::chrono::nanoseconds> time) {
    DecoderState& state = state_of(decoder);
    GstVideoCodecState* output = gst_video_decoder_get_output_state(decoder);
    GstVideoFrame frame;
    const bool mapped = gst_video_frame_map(&frame, &output->info, buffer, GST_MAP_READWRITE);
    gst_video_codec_state_unref(output);
    if (!mapped) {
        return Failure{GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, "The raw frame cannot be written to.",
                       ""};
    }
    const std::optional<Failure> failure =
        state.pictures.write(frame, state.restoration, state.frame_settings, time);
    gst_video_frame_unmap(&frame);
    if (failure) {
        return failure;
    }
    return guarded(
        Stage::kRunning, [&] { add_table_meta(buffer, state.pictures.table_meta(state.frame_settings)); },
        [] { return std::string(); });
}

void follow_properties(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    DecoderState& state = state_of(decoder);
    const GstClockTime time =
        gst_segment_to_stream_time(&decoder->input_segment, GST_FORMAT_TIME, frame->pts);
    if (GST_CLOCK_TIME_IS_VALID(time)) {
        gst_object_sync_values(GST_OBJECT(decoder), time);
    }
    std::optional<Failure> failure = take_settings(decoder);
    if (!failure) {
        failure = state.restoration.follow_model(state.frame_settings);
    }
    if (failure) {
        post_warning(GST_ELEMENT(decoder), *failure);
    }
}

// late=drop only.
bool is_too_late(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    return state_of(decoder).frame_settings.late == Late::kDrop &&
           gst_video_decoder_get_max_decode_time(decoder, frame) < 0;
}

GstFlowReturn drop_late(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    state_of(decoder).restoration.statistics().add_dropped();
    return gst_video_decoder_drop_frame(decoder, frame);
}

// Restores and pushes the picture that was read. last: of its JPEG.
GstFlowReturn show(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, const FrameWork& work, bool last) {
    DecoderState& state = state_of(decoder);
    const std::optional<GstVideoFormat> format = state.pictures.format();
    if (!format) {
        return refuse(decoder, frame);
    }
    if (const std::optional<std::string> damage = state.pictures.damage()) {
        warn_of_damage(decoder, "A frame is damaged: " + *damage + ".");
        GST_VIDEO_CODEC_FRAME_FLAG_SET(frame, GST_VIDEO_CODEC_FRAME_FLAG_CORRUPTED);
    }
    GstFlowReturn flow = negotiate(decoder, *format);
    if (flow == GST_FLOW_OK) {
        flow = gst_video_decoder_allocate_output_frame(decoder, frame);
    }
    if (flow != GST_FLOW_OK) {
        gst_video_decoder_release_frame(decoder, frame);
        return flow;
    }
    if (const std::optional<Failure> failure = write(decoder, frame->output_buffer, work.time_left)) {
        gst_video_decoder_release_frame(decoder, frame);
        post_error(GST_ELEMENT(decoder), *failure);
        return GST_FLOW_ERROR;
    }
    if (last) {
        GST_BUFFER_FLAG_SET(frame->output_buffer, GST_VIDEO_BUFFER_FLAG_MARKER);
    }
    state.last_picture = g_get_monotonic_time();
    if (state.latency.update((state.last_picture - work.begin) * GST_USECOND)) {
        gst_video_decoder_set_latency(decoder, state.latency.reported(), state.latency.reported());
    }
    return gst_video_decoder_finish_frame(decoder, frame);
}

// One or more scans of a progressive JPEG.
GstFlowReturn handle_piece(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    DecoderState& state = state_of(decoder);
    PiecewiseJpeg& pieces = state.pieces;
    const bool first = !pieces.begun, last = pieces.next_piece_is_last;
    if (!first && state.input != nullptr && state.input->info.fps_n > 0) {
        // The base class takes each piece for another frame of the video.
        frame->pts = pieces.time;
        frame->duration = pieces.duration;
    }
    const FrameWork work = {g_get_monotonic_time(), time_left(decoder, frame)};
    pieces.begun = true;
    std::optional<Failure> failure;
    if (!pieces.lost) {
        failure = read_mapped(frame->input_buffer, [&](std::span<const guint8> bytes) {
            return state.pictures.read_piece(bytes, first, last);
        });
    }
    GstFlowReturn flow = GST_FLOW_OK;
    if (failure) {
        pieces.lost = true;
        warn_of_damage(decoder, failure->text);
        flow = drop_undecodable(decoder, frame, *failure);
    } else if (pieces.lost || !state.pictures.has_picture()) {
        gst_video_decoder_release_frame(decoder, frame);
    } else if (is_too_late(decoder, frame)) {
        flow = drop_late(decoder, frame);
    } else {
        gst_video_codec_frame_ref(frame);
        flow = show(decoder, frame, work, last);
        if (first) {
            pieces.time = frame->pts;
            pieces.duration = frame->duration;
        }
        gst_video_codec_frame_unref(frame);
    }
    if (last) {
        pieces = {};
    }
    return flow;
}

GstFlowReturn handle_frame(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    DecoderState& state = state_of(decoder);
    follow_properties(decoder, frame);
    if (state.pieces.begun || !state.pieces.next_piece_is_last) {
        return handle_piece(decoder, frame);
    }
    if (is_too_late(decoder, frame)) {
        return drop_late(decoder, frame);
    }
    const FrameWork work = {g_get_monotonic_time(), time_left(decoder, frame)};
    if (const std::optional<Failure> failure = read_whole(decoder, frame->input_buffer)) {
        warn_of_damage(decoder, failure->text);
        return drop_undecodable(decoder, frame, *failure);
    }
    return show(decoder, frame, work, true);
}

gboolean decide_allocation(GstVideoDecoder* decoder, GstQuery* query) {
    GstVideoDecoderClass* parent = GST_VIDEO_DECODER_CLASS(gst_jpeg_deblock_dec_parent_class);
    if (!parent->decide_allocation(decoder, query)) {
        return FALSE;
    }
    GstBufferPool* pool = nullptr;
    gst_query_parse_nth_allocation_pool(query, 0, &pool, nullptr, nullptr, nullptr);
    if (pool != nullptr && gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr)) {
        GstStructure* config = gst_buffer_pool_get_config(pool);
        gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
        gst_buffer_pool_set_config(pool, config);
    }
    gst_clear_object(&pool);
    return TRUE;
}

void install_progressive_properties(GObjectClass* object_class) {
    constexpr auto kFlags =
        static_cast<GParamFlags>(static_cast<int>(G_PARAM_READWRITE) |
                                 static_cast<int>(G_PARAM_STATIC_STRINGS) | GST_PARAM_MUTABLE_PLAYING);
    g_object_class_install_property(
        object_class, kProgressiveProperty,
        g_param_spec_boolean(
            "progressive", "Progressive",
            "Push a restored picture for each scan of a progressive JPEG as soon as its bytes "
            "have arrived, not only for the whole. Works on bytes as they come, that is "
            "without jpegparse",
            FALSE, kFlags));
    g_object_class_install_property(
        object_class, kProgressiveIntervalProperty,
        g_param_spec_uint("progressive-interval", "Progressive interval",
                          "Least time between two pictures that are pushed for scans, in milliseconds; scans "
                          "that are complete earlier wait for the next. The last picture never waits",
                          0, G_MAXUINT, 0, kFlags));
}

void add_pad_templates(GstElementClass* element_class) {
    for (const auto& [name, direction, description] :
         {std::tuple{"sink", GST_PAD_SINK, "image/jpeg"},
          std::tuple{"src", GST_PAD_SRC, GST_VIDEO_CAPS_MAKE("{ I420, Y42B, Y444, GRAY8 }")}}) {
        GstCaps* caps = gst_caps_from_string(description);
        gst_element_class_add_pad_template(element_class,
                                           gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps));
        gst_caps_unref(caps);
    }
}

}  // namespace

static void gst_jpeg_deblock_dec_init(GstJpegDeblockDec* self) {
    self->state = new DecoderState(GST_OBJECT(self));
    GstVideoDecoder* decoder = GST_VIDEO_DECODER(self);
    gst_video_decoder_set_use_default_pad_acceptcaps(decoder, TRUE);
    GST_PAD_SET_ACCEPT_TEMPLATE(GST_VIDEO_DECODER_SINK_PAD(decoder));
}

static void gst_jpeg_deblock_dec_class_init(GstJpegDeblockDecClass* klass) {
    GObjectClass* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->finalize = finalize;
    jpegdeblock_plugin::install_element_properties(object_class);
    install_progressive_properties(object_class);

    GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(
        element_class, "JPEG decoder that removes artefacts", "Codec/Decoder/Image",
        "Decodes JPEG pictures and removes the compression's artefacts from "
        "their luma with a small neural network",
        "gst-jpegdeblock's authors");
    add_pad_templates(element_class);

    GstVideoDecoderClass* decoder_class = GST_VIDEO_DECODER_CLASS(klass);
    decoder_class->start = start;
    decoder_class->stop = stop;
    decoder_class->flush = flush;
    decoder_class->set_format = set_format;
    decoder_class->src_event = src_event;
    decoder_class->src_query = src_query;
    decoder_class->parse = parse;
    decoder_class->handle_frame = handle_frame;
    decoder_class->decide_allocation = decide_allocation;
}
