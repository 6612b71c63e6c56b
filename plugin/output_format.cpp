// SPDX-License-Identifier: LGPL-2.1-or-later
#include "output_format.h"

#include <algorithm>
#include <memory>

namespace jpegdeblock_plugin {
namespace {

struct UnrefState {
    void operator()(GstVideoCodecState* state) const { gst_video_codec_state_unref(state); }
};
struct UnrefCaps {
    void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using Caps = std::unique_ptr<GstCaps, UnrefCaps>;

std::unique_ptr<GstVideoCodecState, UnrefState> present_output(GstVideoDecoder* decoder) {
    return std::unique_ptr<GstVideoCodecState, UnrefState>(gst_video_decoder_get_output_state(decoder));
}

// What jpegdec announces: full range, ITU-R BT.601, the rest unknown. R, G and B are taken for sRGB's.
void set_colours(GstVideoInfo& info) {
    if (GST_VIDEO_INFO_IS_RGB(&info)) {
        info.colorimetry = {GST_VIDEO_COLOR_RANGE_0_255, GST_VIDEO_COLOR_MATRIX_RGB, GST_VIDEO_TRANSFER_SRGB,
                            GST_VIDEO_COLOR_PRIMARIES_BT709};
        return;
    }
    info.chroma_site = GST_VIDEO_CHROMA_SITE_NONE;
    info.colorimetry = {GST_VIDEO_COLOR_RANGE_0_255, GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_TRANSFER_UNKNOWN,
                        GST_VIDEO_COLOR_PRIMARIES_UNKNOWN};
}

Caps caps_of(std::span<const GstVideoFormat> formats) {
    GValue list = G_VALUE_INIT;
    g_value_init(&list, GST_TYPE_LIST);
    for (const GstVideoFormat format : formats) {
        GValue name = G_VALUE_INIT;
        g_value_init(&name, G_TYPE_STRING);
        g_value_set_static_string(&name, gst_video_format_to_string(format));
        gst_value_list_append_and_take_value(&list, &name);
    }
    GstCaps* caps = gst_caps_new_empty_simple("video/x-raw");
    gst_caps_set_value(caps, "format", &list);
    g_value_unset(&list);
    return Caps(caps);
}

GstVideoFormat liked_format(GstVideoDecoder* decoder, std::span<const GstVideoFormat> formats) {
    const Caps theirs(gst_pad_peer_query_caps(GST_VIDEO_DECODER_SRC_PAD(decoder), nullptr));
    const Caps both(gst_caps_intersect_full(theirs.get(), caps_of(formats).get(), GST_CAPS_INTERSECT_FIRST));
    if (gst_caps_is_any(theirs.get()) || gst_caps_is_empty(both.get())) {
        return formats.front();
    }
    const Caps first(gst_caps_fixate(gst_caps_copy_nth(both.get(), 0)));
    const char* name = gst_structure_get_string(gst_caps_get_structure(first.get(), 0), "format");
    return gst_video_format_from_string(name);
}

}  // namespace

std::span<const GstVideoFormat> formats_of(jpegdeblock::PictureLayout layout) {
    using jpegdeblock::PictureLayout;
    static constexpr GstVideoFormat kGrey[] = {GST_VIDEO_FORMAT_GRAY8}, k420[] = {GST_VIDEO_FORMAT_I420},
                                    k422[] = {GST_VIDEO_FORMAT_Y42B}, k444[] = {GST_VIDEO_FORMAT_Y444},
                                    kRgb[] = {GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_GBR};
    switch (layout) {
        case PictureLayout::kGrey:
            return kGrey;
        case PictureLayout::k420:
            return k420;
        case PictureLayout::k422:
            return k422;
        case PictureLayout::k444:
            return k444;
        case PictureLayout::kRgb:
            return kRgb;
        case PictureLayout::kNone:
            break;
    }
    return {};
}

GstVideoFormat choose_format(GstVideoDecoder* decoder, std::span<const GstVideoFormat> formats,
                             bool keep_present) {
    if (formats.size() == 1) {
        return formats.front();
    }
    const auto output = present_output(decoder);
    const bool stays =
        output != nullptr && keep_present &&
        std::find(formats.begin(), formats.end(), GST_VIDEO_INFO_FORMAT(&output->info)) != formats.end();
    return stays ? GST_VIDEO_INFO_FORMAT(&output->info) : liked_format(decoder, formats);
}

bool is_negotiated(GstVideoDecoder* decoder, const OutputFormat& output) {
    const auto present = present_output(decoder);
    return present != nullptr && GST_VIDEO_INFO_FORMAT(&present->info) == output.format &&
           static_cast<guint>(GST_VIDEO_INFO_WIDTH(&present->info)) == output.width &&
           static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&present->info)) == output.height &&
           GST_VIDEO_INFO_INTERLACE_MODE(&present->info) == output.mode;
}

bool is_accepted(GstVideoDecoder* decoder, const OutputFormat& output) {
    const auto present = present_output(decoder);
    if (present == nullptr) {
        return true;
    }
    GstVideoInfo info;
    gst_video_info_set_interlaced_format(&info, output.format, output.mode, output.width, output.height);
    info.fps_n = present->info.fps_n;
    info.fps_d = present->info.fps_d;
    info.par_n = present->info.par_n;
    info.par_d = present->info.par_d;
    set_colours(info);
    const Caps caps(gst_video_info_to_caps(&info));
    return gst_pad_peer_query_accept_caps(GST_VIDEO_DECODER_SRC_PAD(decoder), caps.get());
}

bool set_output(GstVideoDecoder* decoder, const OutputFormat& output, GstVideoCodecState* input) {
    GstVideoCodecState* state = gst_video_decoder_set_interlaced_output_state(
        decoder, output.format, output.mode, output.width, output.height, input);
    if (state == nullptr) {
        return false;
    }
    set_colours(state->info);
    if (output.mode == GST_VIDEO_INTERLACE_MODE_INTERLEAVED) {
        GST_VIDEO_INFO_FIELD_ORDER(&state->info) = GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST;
    }
    gst_video_codec_state_unref(state);
    return true;
}

}  // namespace jpegdeblock_plugin
