// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder_frames.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "debug.h"
#include "decoder_state.h"
#include "element_properties.h"
#include "object_lock.h"
#include "output_format.h"
#include "table_meta.h"

namespace jpegdeblock_plugin {
namespace {

/// The work on a frame: reading, restoring and writing it. What the element waits for in between, the
/// negotiation and a free buffer, is no work: that time is downstream's.
class FrameWork {
  public:
    FrameWork(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
        DecoderState& state = state_of(decoder);
        duration_ = frame->duration;
        if (!GST_CLOCK_TIME_IS_VALID(duration_) && state.input != nullptr && state.input->info.fps_n > 0) {
            duration_ =
                gst_util_uint64_scale_int(GST_SECOND, state.input->info.fps_d, state.input->info.fps_n);
        }
        if (state.frame_settings.late == Late::kPass) {
            allowed_ = state.deadline.time_left(
                running_time_now(GST_ELEMENT(decoder)),
                gst_segment_to_running_time(&decoder->input_segment, GST_FORMAT_TIME, frame->pts), duration_);
        }
    }

    /// Calls a part of the work.
    template <typename Part>
    auto measure(Part part) {
        const gint64 begin = g_get_monotonic_time();
        auto result = part();
        worked_ += g_get_monotonic_time() - begin;
        return result;
    }

    /// How much longer it may take; nothing: as long as it takes.
    std::optional<std::chrono::nanoseconds> time_left() const {
        return allowed_ ? std::optional(*allowed_ - std::chrono::microseconds(worked_)) : std::nullopt;
    }

    /// For how long the element holds a frame. Where the time is limited, a frame that took longer than it
    /// lasts is made up for with the next ones.
    GstClockTime held() const {
        const GstClockTime worked = static_cast<GstClockTime>(worked_) * GST_USECOND;
        return allowed_ && GST_CLOCK_TIME_IS_VALID(duration_) ? std::min(worked, duration_) : worked;
    }

  private:
    GstClockTime duration_;
    std::optional<std::chrono::nanoseconds> allowed_;
    gint64 worked_ = 0;  // Microseconds.
};

// Why the picture that was read cannot be shown.
Failure unsupported_colours(const PictureDecoder& pictures) {
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_NOT_IMPLEMENTED,
            "The JPEG has " + pictures.colours() +
                "; only 1 (grey), 3 (YCbCr, RGB) and 4 (CMYK, YCCK) can be decoded.",
            ""};
}

// One picture that is unlike those before does not end the stream where downstream does not take it.
Failure not_accepted(const OutputFormat& output) {
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
            "The JPEG would be shown as " + std::to_string(output.width) + "x" +
                std::to_string(output.height) + " " + gst_video_format_to_string(output.format) +
                ", unlike those before, and what follows the element does not take that.",
            "Put videoconvert and videoscale behind jpegdeblockdec for JPEGs of different colours or sizes."};
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

// is_empty: set where there is no picture in the buffer, and none is meant to be.
std::optional<Failure> read_whole(GstVideoDecoder* decoder, GstBuffer* buffer, bool& is_empty) {
    DecoderState& state = state_of(decoder);
    if (gst_buffer_get_size(buffer) == 0) {
        is_empty = true;
        return std::nullopt;
    }
    const bool announced = may_hold_fields(decoder);
    const int width = announced ? state.input->info.width : 0;
    const int height = announced ? state.input->info.height : 0;
    return read_mapped(buffer, [&](std::span<const guint8> bytes) {
        for (;;) {
            const std::optional<Failure> failure = state.pictures.read(bytes, width, height);
            if (!failure && state.pictures.has_picture()) {
                return failure;
            }
            const std::span<const guint8> rest = without_empty_jpeg(bytes);
            const bool is_end = rest.empty() || rest.size() == bytes.size();
            is_empty = rest.empty() || (is_end && !failure);
            if (is_end) {
                return failure;
            }
            bytes = rest;
        }
    });
}

std::optional<Failure> write(GstVideoDecoder* decoder, GstBuffer* buffer,
                             std::optional<std::chrono::nanoseconds> time) {
    DecoderState& state = state_of(decoder);
    GstVideoCodecState* output = gst_video_decoder_get_output_state(decoder);
    GstVideoFrame frame;
    // Without a reference of its own, so that the buffer stays writable.
    const bool mapped = gst_video_frame_map(
        &frame, &output->info, buffer,
        static_cast<GstMapFlags>(GST_MAP_READWRITE | static_cast<int>(GST_VIDEO_FRAME_MAP_FLAG_NO_REF)));
    gst_video_codec_state_unref(output);
    if (!mapped) {
        return Failure{GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, "The raw frame cannot be written to.",
                       ""};
    }
    std::optional<Failure> failure =
        state.pictures.write(frame, state.restoration, state.frame_settings, time);
    if (!failure) {
        failure = guarded(
            Stage::kRunning,
            [&] {
                if (const std::optional<TableMeta> meta = state.pictures.table_meta(state.frame_settings)) {
                    set_table_meta(buffer, *meta, checksums_of(frame));
                }
            },
            [] { return std::string(); });
    }
    gst_video_frame_unmap(&frame);
    return failure;
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

// Empty JPEGs and tables for those to come show nothing, but the next picture may have come with their time.
GstFlowReturn skip_empty(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    GST_DEBUG_OBJECT(decoder, "a JPEG without a picture is skipped");
    state_of(decoder).skipped_time = frame->pts;
    gst_video_decoder_release_frame(decoder, frame);
    return GST_FLOW_OK;
}

// A picture that was read but cannot be shown; if it came with a piece of its JPEG, the rest could not
// either.
GstFlowReturn drop_picture(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, const Failure& failure) {
    DecoderState& state = state_of(decoder);
    state.pieces.lost = true;
    return state.faults.drop_lost(decoder, frame, failure);
}

// Restores and pushes the picture that was read. last: of its JPEG.
GstFlowReturn show(GstVideoDecoder* decoder, GstVideoCodecFrame* frame, FrameWork& work, bool last) {
    DecoderState& state = state_of(decoder);
    const std::span<const GstVideoFormat> formats = state.pictures.formats();
    if (formats.empty()) {
        return drop_picture(decoder, frame, unsupported_colours(state.pictures));
    }
    const OutputFormat output = choose_output(decoder, formats);
    const bool changes = state.input_changed || !is_negotiated(decoder, output);
    if (changes && !state.input_changed && !is_accepted(decoder, output)) {
        return drop_picture(decoder, frame, not_accepted(output));
    }
    if (const std::optional<std::string> damage = state.pictures.damage()) {
        state.faults.report_damaged(decoder, frame, *damage);
    }
    if (!state.pictures.note().empty()) {
        GST_DEBUG_OBJECT(decoder, "irregular, but nothing is lost: %s", state.pictures.note().c_str());
    }
    GstFlowReturn flow = changes ? negotiate(decoder, output) : GST_FLOW_OK;
    if (flow == GST_FLOW_OK) {
        flow = gst_video_decoder_allocate_output_frame(decoder, frame);
    }
    if (flow != GST_FLOW_OK) {
        gst_video_decoder_release_frame(decoder, frame);
        return flow;
    }
    const std::optional<Failure> failure =
        work.measure([&] { return write(decoder, frame->output_buffer, work.time_left()); });
    if (failure) {
        gst_video_decoder_release_frame(decoder, frame);
        post_error(GST_ELEMENT(decoder), *failure);
        return GST_FLOW_ERROR;
    }
    if (last) {
        GST_BUFFER_FLAG_SET(frame->output_buffer, GST_VIDEO_BUFFER_FLAG_MARKER);
    }
    state.last_picture = g_get_monotonic_time();
    state.faults.note_shown();
    if (state.latency.update(work.held())) {
        gst_video_decoder_set_latency(decoder, state.latency.reported(), state.latency.reported());
    }
    return gst_video_decoder_finish_frame(decoder, frame);
}

// One or more scans of a progressive JPEG.
GstFlowReturn handle_piece(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    DecoderState& state = state_of(decoder);
    PiecewiseJpeg& pieces = state.pieces;
    const bool first = !pieces.begun, last = pieces.next_piece_is_last;
    const bool in_video = state.input != nullptr && state.input->info.fps_n > 0;
    if (!first && in_video && GST_CLOCK_TIME_IS_VALID(pieces.time)) {
        // The base class takes each piece for another frame of the video.
        frame->pts = pieces.time;
        frame->duration = pieces.duration;
    }
    FrameWork work(decoder, frame);
    pieces.begun = true;
    std::optional<Failure> failure;
    if (!pieces.lost) {
        failure = work.measure([&] {
            return read_mapped(frame->input_buffer, [&](std::span<const guint8> bytes) {
                return state.pictures.read_piece(bytes, first, last);
            });
        });
    }
    const std::unique_ptr<GstVideoCodecFrame, decltype(&gst_video_codec_frame_unref)> kept(
        gst_video_codec_frame_ref(frame), gst_video_codec_frame_unref);
    GstFlowReturn flow = GST_FLOW_OK;
    if (failure) {
        pieces.lost = true;
        flow = state.faults.drop_lost(decoder, frame, *failure);
    } else if (pieces.lost || !state.pictures.has_picture()) {
        gst_video_decoder_release_frame(decoder, frame);
    } else if (is_too_late(decoder, frame)) {
        flow = drop_late(decoder, frame);
    } else {
        flow = show(decoder, frame, work, last);
    }
    // Whatever became of the piece: shown or dropped, the base class has given it the JPEG's time by now.
    pieces.time = frame->pts;
    pieces.duration = frame->duration;
    if (last) {
        pieces = {};
    }
    return flow;
}

}  // namespace

std::optional<Failure> take_settings(GstVideoDecoder* decoder) {
    DecoderState& state = state_of(decoder);
    {
        const ObjectLock lock(decoder);
        state.pictures.set_most_pixels(state.max_pixels);
    }
    return copy_settings(decoder, state.settings, state.frame_settings);
}

bool may_hold_fields(GstVideoDecoder* decoder) {
    const bool in_frames =
        gst_video_decoder_get_packetized(decoder) || decoder->input_segment.format == GST_FORMAT_TIME;
    return in_frames && state_of(decoder).input != nullptr;
}

GstFlowReturn handle_frame(GstVideoDecoder* decoder, GstVideoCodecFrame* frame) {
    DecoderState& state = state_of(decoder);
    const GstClockTime skipped_time = std::exchange(state.skipped_time, GST_CLOCK_TIME_NONE);
    if (!GST_CLOCK_TIME_IS_VALID(frame->pts)) {
        frame->pts = skipped_time;
    }
    follow_properties(decoder, frame);
    if (state.pieces.begun || !state.pieces.next_piece_is_last) {
        return handle_piece(decoder, frame);
    }
    if (is_too_late(decoder, frame)) {
        return drop_late(decoder, frame);
    }
    FrameWork work(decoder, frame);
    bool is_empty = false;
    const std::optional<Failure> failure =
        work.measure([&] { return read_whole(decoder, frame->input_buffer, is_empty); });
    if (is_empty) {
        return skip_empty(decoder, frame);
    }
    if (failure) {
        return state.faults.drop_lost(decoder, frame, *failure);
    }
    const GstFlowReturn flow = show(decoder, frame, work, true);
    state.pieces = {};
    return flow;
}

}  // namespace jpegdeblock_plugin
