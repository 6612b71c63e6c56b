// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * SECTION:element-jpegdeblockdec
 * @title: jpegdeblockdec
 *
 * Decodes JPEG pictures and motion JPEG and removes the block edges, ringing and mosquito noise that the
 * compression left. As it reads the file itself, it knows the quantization table and what each coefficient
 * may have been, which the jpegdeblock filter after another decoder has to guess. Luma is restored,
 * with planes=all chroma too. The raw video has the JPEG's own sampling: I420, Y42B, Y444 or GRAY8. JPEGs of
 * R, G and B, of CMYK and of YCCK come as RGB or GBR, whichever downstream prefers, each component restored
 * before it is converted.
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

#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "barrier.h"
#include "decoder_frames.h"
#include "decoder_state.h"
#include "element_properties.h"
#include "failure.h"
#include "object_lock.h"

using jpegdeblock_plugin::barrier;
using jpegdeblock_plugin::DecoderState;
using jpegdeblock_plugin::Failure;
using jpegdeblock_plugin::FrameDeadline;
using jpegdeblock_plugin::FrameFinder;
using jpegdeblock_plugin::Late;
using jpegdeblock_plugin::ObjectLock;
using jpegdeblock_plugin::state_of;

namespace {

enum : guint {
    kProgressiveProperty = jpegdeblock_plugin::kFirstOwnProperty,
    kProgressiveIntervalProperty,
    kMaxPixelsProperty,
};

}  // namespace

G_DEFINE_FINAL_TYPE(GstJpegDeblockDec, gst_jpeg_deblock_dec, GST_TYPE_VIDEO_DECODER)
GST_ELEMENT_REGISTER_DEFINE(jpegdeblockdec, "jpegdeblockdec", GST_RANK_NONE, GST_TYPE_JPEG_DEBLOCK_DEC)

namespace {

// The base class drops what a sink would find late, even after it was decoded, unless its property `qos` is
// off. It is `late` that decides, until the user sets `qos` to something else.
void follow_late(GObject* object) {
    DecoderState& state = state_of(object);
    bool drop = false;
    {
        const ObjectLock lock(object);
        drop = state.settings.late == Late::kDrop;
        if (drop == std::exchange(state.drops_late, drop)) {
            return;
        }
    }
    g_object_set(object, "qos", static_cast<gboolean>(drop), nullptr);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
    DecoderState& state = state_of(object);
    if (id >= kProgressiveProperty) {
        const ObjectLock lock(object);
        if (id == kProgressiveProperty) {
            state.progressive = g_value_get_boolean(value);
        } else if (id == kProgressiveIntervalProperty) {
            state.progressive_interval = g_value_get_uint(value);
        } else {
            state.max_pixels = g_value_get_uint64(value);
        }
        return;
    }
    jpegdeblock_plugin::set_element_property(object, state.settings, id, value, spec);
    if (id == jpegdeblock_plugin::kLateProperty) {
        follow_late(object);
    }
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    DecoderState& state = state_of(object);
    if (id >= kProgressiveProperty) {
        const ObjectLock lock(object);
        if (id == kProgressiveProperty) {
            g_value_set_boolean(value, state.progressive);
        } else if (id == kProgressiveIntervalProperty) {
            g_value_set_uint(value, state.progressive_interval);
        } else {
            g_value_set_uint64(value, state.max_pixels);
        }
        return;
    }
    jpegdeblock_plugin::get_element_property(object, state.settings, state.restoration.statistics(), id,
                                             value, spec);
}

void finalize(GObject* object) noexcept {
    delete GST_JPEG_DEBLOCK_DEC(object)->state;
    G_OBJECT_CLASS(gst_jpeg_deblock_dec_parent_class)->finalize(object);
}

void forget_stream(DecoderState& state) {
    state.finder.reset();
    state.first_field_found = false;
    state.pieces = {};
    state.skipped_time = GST_CLOCK_TIME_NONE;
    state.last_picture = G_MININT64;
    state.restoration.forget_stream();
    state.deadline.reset();
}

gboolean start(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    std::optional<Failure> failure = jpegdeblock_plugin::take_settings(decoder);
    if (!failure) {
        failure = state.restoration.start(state.frame_settings);
    }
    if (failure) {
        post_error(GST_ELEMENT(decoder), *failure);
        return FALSE;
    }
    forget_stream(state);
    state.latency.reset();
    state.faults.reset();
    state.pictures.forget_tables();
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

// The stream has ended.
GstFlowReturn finish(GstVideoDecoder* decoder) {
    return state_of(decoder).faults.end_stream(decoder);
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
    state.pictures.forget_tables();
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

// Whether a scan that has just become complete is to be shown. In reverse, frames are handled long after they
// were parsed, so that they must be whole.
bool wants_picture_of_scan(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    const ObjectLock lock(decoder);
    const gint64 interval = gint64{1000} * state.progressive_interval;
    return state.progressive && decoder->input_segment.rate > 0.0 &&
           g_get_monotonic_time() - interval >= state.last_picture;
}

// Whether the JPEG that was found is the first field of a frame whose second is among the rest of the
// buffer's bytes: those of the next buffer have not come yet.
bool is_first_field(GstVideoDecoder* decoder, const FrameFinder::Found& found, std::span<const guint8> rest) {
    const DecoderState& state = state_of(decoder);
    return found.complete && found.header && !state.first_field_found && !state.pieces.begun &&
           jpegdeblock_plugin::may_hold_fields(decoder) &&
           jpegdeblock_plugin::is_field_of_frame(found.header->width, found.header->height,
                                                 state.input->info.width, state.input->info.height) &&
           jpegdeblock_plugin::find_start_of_image(rest);
}

GstFlowReturn parse(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, GstAdapter* adapter,
                    gboolean at_eos) {
    DecoderState& state = state_of(decoder);
    FrameFinder& finder = state.finder;
    GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
    const gsize available = gst_adapter_available(adapter);
    FrameFinder::Found found;
    bool is_field = false;
    if (available > 0) {  // Not of a buffer without bytes.
        const auto* bytes = static_cast<const guint8*>(gst_adapter_map(adapter, available));
        found = finder.look({bytes, available});
        const std::span<const guint8> rest(bytes + found.skip + found.take,
                                           available - found.skip - found.take);
        is_field = is_first_field(decoder, found, rest);
        gst_adapter_unmap(adapter);
        gst_adapter_flush(adapter, found.skip);
    }
    if (found.take > 0) {
        gst_video_decoder_add_to_frame(decoder, static_cast<int>(found.take));
    }
    state.pieces.next_piece_is_last = !found.scan_complete;
    state.first_field_found = is_field || (state.first_field_found && !found.complete);
    if (is_field) {
        return GST_FLOW_OK;
    }
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

// An exception leaves no frame behind.
GstFlowReturn handle_frame(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    const int number = static_cast<int>(frame->system_frame_number);
    try {
        return jpegdeblock_plugin::handle_frame(decoder, frame);
    } catch (...) {
        if (GstVideoCodecFrame* unfinished = gst_video_decoder_get_frame(decoder, number)) {
            gst_video_codec_frame_unref(unfinished);
            gst_video_decoder_release_frame(decoder, unfinished);
        }
        throw;
    }
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

void install_own_properties(GObjectClass* object_class) {
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
    g_object_class_install_property(
        object_class, kMaxPixelsProperty,
        g_param_spec_uint64("max-pixels", "Most pixels",
                            "Most pixels (width x height) that a JPEG may claim to have, as a small file may "
                            "claim gigabytes; larger ones are lost. 0: no limit",
                            0, G_MAXUINT64, DecoderState::kDefaultMaxPixels, kFlags));
}

void add_pad_templates(GstElementClass* element_class) {
    for (const auto& [name, direction, description] :
         {std::tuple{"sink", GST_PAD_SINK, "image/jpeg"},
          std::tuple{"src", GST_PAD_SRC, GST_VIDEO_CAPS_MAKE("{ I420, Y42B, Y444, GRAY8, RGB, GBR }")}}) {
        GstCaps* caps = gst_caps_from_string(description);
        gst_element_class_add_pad_template(element_class,
                                           gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps));
        gst_caps_unref(caps);
    }
}

}  // namespace

static void gst_jpeg_deblock_dec_init(GstJpegDeblockDec* self) {
    // Out of memory ends the process here, as it does wherever GObject allocates.
    self->state = [self]() noexcept { return new DecoderState(GST_OBJECT(self)); }();
    g_object_set(self, "qos", static_cast<gboolean>(self->state->drops_late), nullptr);
    GstVideoDecoder* decoder = GST_VIDEO_DECODER(self);
    gst_video_decoder_set_use_default_pad_acceptcaps(decoder, TRUE);
    GST_PAD_SET_ACCEPT_TEMPLATE(GST_VIDEO_DECODER_SINK_PAD(decoder));
}

static void gst_jpeg_deblock_dec_class_init(GstJpegDeblockDecClass* klass) {
    GObjectClass* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = barrier<set_property>;
    object_class->get_property = barrier<get_property>;
    object_class->finalize = finalize;
    jpegdeblock_plugin::install_element_properties(object_class);
    install_own_properties(object_class);

    GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
    gst_element_class_set_static_metadata(
        element_class, "JPEG decoder that removes artefacts", "Codec/Decoder/Image",
        "Decodes JPEG pictures and removes the compression's artefacts from "
        "their luma with a small neural network",
        "gst-jpegdeblock's authors");
    add_pad_templates(element_class);

    GstVideoDecoderClass* decoder_class = GST_VIDEO_DECODER_CLASS(klass);
    decoder_class->start = barrier<start>;
    decoder_class->stop = barrier<stop>;
    decoder_class->flush = barrier<flush>;
    decoder_class->finish = barrier<finish>;
    decoder_class->set_format = barrier<set_format>;
    decoder_class->src_event = barrier<src_event>;
    decoder_class->src_query = barrier<src_query>;
    decoder_class->parse = barrier<parse>;
    decoder_class->handle_frame = barrier<handle_frame>;
    decoder_class->decide_allocation = barrier<decide_allocation>;
}
