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

#include <tuple>

#include "barrier.h"
#include "decoder.h"

using jpegdeblock_plugin::barrier;
using jpegdeblock_plugin::Decoder;
using jpegdeblock_plugin::ElementCore;

struct _GstJpegDeblockDec {
    GstVideoDecoder parent;
    Decoder* decoder;
};

G_DEFINE_FINAL_TYPE(GstJpegDeblockDec, gst_jpeg_deblock_dec, GST_TYPE_VIDEO_DECODER)
GST_ELEMENT_REGISTER_DEFINE(jpegdeblockdec, "jpegdeblockdec", GST_RANK_NONE, GST_TYPE_JPEG_DEBLOCK_DEC)

namespace {

Decoder& decoder_of(gpointer object) {
    return *GST_JPEG_DEBLOCK_DEC(object)->decoder;
}

GstVideoDecoderClass* parent_decoder_class() {
    return GST_VIDEO_DECODER_CLASS(gst_jpeg_deblock_dec_parent_class);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
    decoder_of(object).core.set_property(id, value, spec);
    decoder_of(object).follow_late();
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
    decoder_of(object).core.get_property(id, value, spec);
}

void finalize(GObject* object) noexcept {
    delete GST_JPEG_DEBLOCK_DEC(object)->decoder;
    G_OBJECT_CLASS(gst_jpeg_deblock_dec_parent_class)->finalize(object);
}

gboolean start(GstVideoDecoder* decoder) {
    return decoder_of(decoder).start();
}

gboolean stop(GstVideoDecoder* decoder) {
    decoder_of(decoder).stop();
    return TRUE;
}

/// All that came has been decoded already. Without it the base class would take what comes before each
/// keyframe of a stream played backwards for the end.
GstFlowReturn drain(GstVideoDecoder*) {
    return GST_FLOW_OK;
}

GstFlowReturn finish(GstVideoDecoder* decoder) {
    return decoder_of(decoder).finish();
}

gboolean flush(GstVideoDecoder* decoder) {
    decoder_of(decoder).flush();
    return TRUE;
}

gboolean set_format(GstVideoDecoder* decoder, GstVideoCodecState* input) {
    decoder_of(decoder).set_format(input);
    return TRUE;
}

gboolean sink_event(GstVideoDecoder* decoder, GstEvent* event) {
    const bool begins_stream = GST_EVENT_TYPE(event) == GST_EVENT_STREAM_START;
    // Lets the rest of the last stream be decoded first.
    const gboolean handled = parent_decoder_class()->sink_event(decoder, event);
    if (begins_stream) {
        decoder_of(decoder).begin_stream();
    }
    return handled;
}

gboolean src_event(GstVideoDecoder* decoder, GstEvent* event) {
    decoder_of(decoder).core.pace.observe(event);
    return parent_decoder_class()->src_event(decoder, event);
}

gboolean src_query(GstVideoDecoder* decoder, GstQuery* query) {
    const gboolean answered = parent_decoder_class()->src_query(decoder, query);
    if (answered && GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
        decoder_of(decoder).core.pace.observe_latency(query);
    }
    return answered;
}

GstFlowReturn parse(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, GstAdapter* adapter,
                    gboolean at_eos) {
    return decoder_of(decoder).parse(frame, adapter, at_eos);
}

// An exception leaves no frame behind.
GstFlowReturn handle_frame(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    const int number = static_cast<int>(frame->system_frame_number);
    try {
        return decoder_of(decoder).handle_frame(frame);
    } catch (...) {
        if (GstVideoCodecFrame* unfinished = gst_video_decoder_get_frame(decoder, number)) {
            gst_video_codec_frame_unref(unfinished);
            gst_video_decoder_release_frame(decoder, unfinished);
        }
        throw;
    }
}

gboolean decide_allocation(GstVideoDecoder* decoder, GstQuery* query) {
    if (!parent_decoder_class()->decide_allocation(decoder, query)) {
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
    self->decoder = [self]() noexcept { return new Decoder(GST_VIDEO_DECODER(self)); }();
    g_object_set(self, "qos", FALSE, nullptr);  // As `late` is not drop.
    GstVideoDecoder* decoder = GST_VIDEO_DECODER(self);
    gst_video_decoder_set_use_default_pad_acceptcaps(decoder, TRUE);
    GST_PAD_SET_ACCEPT_TEMPLATE(GST_VIDEO_DECODER_SINK_PAD(decoder));
}

static void gst_jpeg_deblock_dec_class_init(GstJpegDeblockDecClass* klass) {
    GObjectClass* object_class = G_OBJECT_CLASS(klass);
    object_class->set_property = barrier<set_property>;
    object_class->get_property = barrier<get_property>;
    object_class->finalize = finalize;
    ElementCore::install_properties(object_class, true);

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
    decoder_class->drain = drain;
    decoder_class->finish = barrier<finish>;
    decoder_class->flush = barrier<flush>;
    decoder_class->set_format = barrier<set_format>;
    decoder_class->sink_event = barrier<sink_event>;
    decoder_class->src_event = barrier<src_event>;
    decoder_class->src_query = barrier<src_query>;
    decoder_class->parse = barrier<parse>;
    decoder_class->handle_frame = barrier<handle_frame>;
    decoder_class->decide_allocation = barrier<decide_allocation>;
}
