// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder_frames.h"

#include <chrono>
#include <string>
#include <utility>

#include "debug.h"
#include "decoder_state.h"
#include "element_properties.h"
#include "table_meta.h"

namespace jpegdeblock_plugin {
namespace {

/// The work on a frame.
struct FrameWork {
    gint64 begin;                                       ///< Microseconds of monotonic time.
    std::optional<std::chrono::nanoseconds> time_left;  ///< At the beginning; nothing: as long as it takes.
};

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
        running_time_now(GST_ELEMENT(decoder)),
        gst_segment_to_running_time(&decoder->input_segment, GST_FORMAT_TIME, frame->pts), duration);
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
        post_warning(
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

}  // namespace

std::optional<Failure> take_settings(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    const std::optional<Failure> failure = copy_settings(decoder, state.settings, state.frame_settings);
    // The base class drops what a sink would find late, even after it was decoded.
    g_object_set(decoder, "qos", static_cast<gboolean>(state.frame_settings.late == Late::kDrop), nullptr);
    return failure;
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

}  // namespace jpegdeblock_plugin
