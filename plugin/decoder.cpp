// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decoder.h"

#include <jpegdeblock/error.h>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "debug.h"
#include "object_lock.h"

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::JpegFrame;
using jpegdeblock::JpegPicture;
using jpegdeblock::JpegStream;

// Why a picture cannot be shown.
Failure unsupported_colours(const JpegPicture& picture) {
    const std::string colours = picture.color_space == jpegdeblock::JpegColorSpace::kUnknown
                                    ? std::to_string(picture.components.size()) + " components"
                                    : std::string(name_of(picture.color_space)) + " colours";
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_NOT_IMPLEMENTED,
            "The JPEG has " + colours + "; only 1 (grey), 3 (YCbCr, RGB) and 4 (CMYK, YCCK) can be decoded.",
            ""};
}

// What is left of a frame that begins without the marker.
Failure start_missing() {
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE,
            "The frame is not a JPEG that can be decoded: its start is missing.", ""};
}

// One picture that is unlike those before does not end the stream where downstream does not take it.
Failure not_accepted(const OutputFormat& output) {
    return {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
            "The JPEG would be shown as " + std::to_string(output.width) + "x" +
                std::to_string(output.height) + " " + gst_video_format_to_string(output.format) +
                ", unlike those before, and what follows the element does not take that.",
            "Put videoconvert and videoscale behind jpegdeblockdec for JPEGs of different colours or sizes."};
}

// Whether a scan's header (T.81, B.2.3) stands anywhere in the bytes.
bool holds_scan(std::span<const guint8> bytes) {
    constexpr std::size_t kSize = 5;  // The marker, the length, the number of components.
    for (std::size_t at = 0; at + kSize <= bytes.size(); ++at) {
        const guint8* header = bytes.data() + at;
        const int components = header[4];
        if (header[0] == 0xff && header[1] == 0xda && header[2] == 0 && components >= 1 && components <= 4 &&
            header[3] == 6 + 2 * components) {
            return true;
        }
    }
    return false;
}

bool begins_jpeg(std::span<const guint8> bytes) {
    return bytes.size() > 2 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

// Where in the adapter the buffer that came last begins; where its bytes end if it has no time of its own.
gsize begin_of_last_buffer(GstAdapter* adapter, gsize available) {
    guint64 distance = 0;
    const GstClockTime time = gst_adapter_prev_pts_at_offset(adapter, available - 1, &distance);
    const bool is_known = GST_CLOCK_TIME_IS_VALID(time) && distance < available;
    return is_known ? available - 1 - static_cast<gsize>(distance) : available;
}

// read: takes the buffer's bytes. The failure of a JPEG that is too large names the property that limits it.
template <typename Read>
std::optional<Failure> read_mapped(GstBuffer* buffer, const Settings& settings, Read read) {
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        return Failure{GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "The frame's memory cannot be read.", ""};
    }
    const std::optional<Failure> failure = guarded(
        Stage::kRunning,
        [&] {
            try {
                read(std::span<const guint8>(map.data, map.size));
            } catch (const jpegdeblock::Error& error) {
                if (error.code() != jpegdeblock::ErrorCode::kTooLarge) throw;
                throw jpegdeblock::Error(error.code(),
                                         std::string(error.what()) + " Property 'max-pixels' is " +
                                             std::to_string(settings.max_pixels) +
                                             "; 0 sets no limit, for JPEGs that can be trusted.");
            }
        },
        [] { return std::string(); });
    gst_buffer_unmap(buffer, &map);
    return failure;
}

}  // namespace

void Decoder::take_input(GstVideoCodecState* input) {
    g_clear_pointer(&input_, gst_video_codec_state_unref);
    input_ = input != nullptr ? gst_video_codec_state_ref(input) : nullptr;
}

void Decoder::forget_stream() {
    stream_.reset();
    first_field_found_ = false;
    pieces_ = {};
    skipped_time_ = GST_CLOCK_TIME_NONE;
    last_picture_ = G_MININT64;
    core.forget_stream();
}

bool Decoder::start() {
    if (!core.start()) {
        return false;
    }
    forget_stream();
    faults_.reset();
    reader_.forget_tables();
    limit_pixels(core.properties().max_pixels);
    gst_video_decoder_set_packetized(element_, FALSE);
    return true;
}

void Decoder::limit_pixels(guint64 most) {
    reader_.set_most_pixels(most);
    stream_.set_most_pixels(most);
}

void Decoder::stop() {
    core.stop();
    take_input(nullptr);
}

void Decoder::flush() {
    forget_stream();
}

void Decoder::set_format(GstVideoCodecState* input) {
    take_input(input);
    input_changed_ = true;
    core.pace.reset();
    gboolean parsed = FALSE;
    gst_structure_get_boolean(gst_caps_get_structure(input->caps, 0), "parsed", &parsed);
    gst_video_decoder_set_packetized(element_, parsed);
}

void Decoder::follow_late() {
    const bool drop = core.properties().late == Late::kDrop;
    {
        const ObjectLock lock(element_);
        if (drop == std::exchange(drops_late_, drop)) {
            return;
        }
    }
    g_object_set(element_, "qos", static_cast<gboolean>(drop), nullptr);
}

// Whether a scan that has just become complete is to be shown. In reverse, frames are handled long after they
// were parsed, so that they must be whole.
bool Decoder::wants_picture_of_scan() const {
    const Settings settings = core.properties();
    const gint64 interval = gint64{1000} * settings.progressive_interval;
    return settings.progressive && element_->input_segment.rate > 0.0 &&
           g_get_monotonic_time() - interval >= last_picture_;
}

// Only whoever cut the stream into frames can have put both fields into one.
bool Decoder::may_hold_fields() const {
    const bool in_frames =
        gst_video_decoder_get_packetized(element_) || element_->input_segment.format == GST_FORMAT_TIME;
    return in_frames && input_ != nullptr;
}

// Whether the JPEG that was found is the first field of a frame whose second is among the rest of the
// buffer's bytes, or an empty one between the two.
bool Decoder::is_field(const JpegStream::Found& found, std::span<const std::uint8_t> rest) const {
    if (!found.complete || !jpegdeblock::find_start_of_image(rest)) {
        return false;
    }
    if (first_field_found_) {
        return !found.header && !found.has_scan;
    }
    return found.header && !pieces_.begun && may_hold_fields() &&
           jpegdeblock::is_field_of_frame(found.header->width, found.header->height, input_->info.width,
                                          input_->info.height);
}

// What is to be taken of the adapter's bytes. Where buffers with times begin with JPEGs, as demuxers cut
// them, none goes on in the next one, whatever lengths it claims.
Decoder::Parsed Decoder::look(GstAdapter* adapter, gsize available) {
    Parsed parsed;
    std::span<const guint8> bytes(static_cast<const guint8*>(gst_adapter_map(adapter, available)), available);
    const bool in_frames = element_->input_segment.format == GST_FORMAT_TIME;
    const gsize buffer = in_frames ? begin_of_last_buffer(adapter, available) : available;
    const bool was_inside = stream_.inside();
    const bool ends = was_inside && begun_with_buffer_ && begins_jpeg(bytes.subspan(buffer));
    if (ends) bytes = bytes.first(buffer);
    parsed.found = stream_.look(bytes);
    JpegStream::Found& found = parsed.found;
    if (ends && !found.complete && !found.scan_complete) {
        found.take = bytes.size();
        found.complete = true;
        stream_.reset();
    }
    if (!was_inside && !first_field_found_) {
        begun_with_buffer_ = buffer == found.skip;
    }
    parsed.is_field = is_field(found, bytes.subspan(found.skip + found.take));
    parsed.lacks_start = holds_scan(bytes.first(found.skip));
    gst_adapter_unmap(adapter);
    return parsed;
}

GstFlowReturn Decoder::parse(GstVideoCodecFrame* frame, GstAdapter* adapter, bool at_eos) {
    GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT(frame);
    const gsize available = gst_adapter_available(adapter);
    Parsed parsed;
    const JpegStream::Found& found = parsed.found;
    if (available > 0) {  // Not of a buffer without bytes.
        parsed = look(adapter, available);
        gst_adapter_flush(adapter, found.skip);
    }
    if (parsed.lacks_start) {
        faults_.report_lost(element_, start_missing());
    }
    if (found.take > 0) {
        gst_video_decoder_add_to_frame(element_, static_cast<int>(found.take));
    }
    pieces_.next_piece_is_last = !found.scan_complete;
    first_field_found_ = parsed.is_field || (first_field_found_ && !found.complete);
    if (parsed.is_field) {
        return GST_FLOW_OK;
    }
    if (found.complete) {
        return gst_video_decoder_have_frame(element_);
    }
    if (found.scan_complete) {
        return wants_picture_of_scan() ? gst_video_decoder_have_frame(element_) : GST_FLOW_OK;
    }
    if (!at_eos) {
        return GST_VIDEO_DECODER_FLOW_NEED_DATA;
    }
    const gsize rest = gst_adapter_available(adapter);
    if (!stream_.inside()) {
        gst_adapter_flush(adapter, rest);
        return GST_FLOW_OK;
    }
    stream_.reset();
    gst_video_decoder_add_to_frame(element_, static_cast<int>(rest));
    return gst_video_decoder_have_frame(element_);
}

FrameWork Decoder::begin_work(GstVideoCodecFrame* frame) {
    const GstClockTime duration = frame_duration(frame->duration, input_ != nullptr ? input_->info.fps_n : 0,
                                                 input_ != nullptr ? input_->info.fps_d : 1);
    return core.pace.begin(element_->input_segment, frame->pts, duration,
                           core.settings().late == Late::kPass);
}

// late=drop only.
bool Decoder::is_too_late(GstVideoCodecFrame* frame) const {
    return core.settings().late == Late::kDrop && gst_video_decoder_get_max_decode_time(element_, frame) < 0;
}

GstFlowReturn Decoder::drop_late(GstVideoCodecFrame* frame) {
    core.restoration.statistics().add_dropped();
    return gst_video_decoder_drop_frame(element_, frame);
}

// A picture that was read but cannot be shown; if it came with a piece of its JPEG, the rest could not
// either.
GstFlowReturn Decoder::drop_picture(GstVideoCodecFrame* frame, const Failure& failure) {
    pieces_.lost = true;
    return faults_.drop_lost(element_, frame, failure);
}

// Empty JPEGs and tables for those to come show nothing, but the next picture may have come with their time.
GstFlowReturn Decoder::skip_empty(GstVideoCodecFrame* frame) {
    GST_DEBUG_OBJECT(element_, "a JPEG without a picture is skipped");
    skipped_time_ = frame->pts;
    gst_video_decoder_release_frame(element_, frame);
    return GST_FLOW_OK;
}

GstFlowReturn Decoder::handle_frame(GstVideoCodecFrame* frame) {
    const GstClockTime skipped_time = std::exchange(skipped_time_, GST_CLOCK_TIME_NONE);
    if (!GST_CLOCK_TIME_IS_VALID(frame->pts)) {
        frame->pts = skipped_time;
    }
    core.follow_properties(gst_segment_to_stream_time(&element_->input_segment, GST_FORMAT_TIME, frame->pts),
                           [this] { limit_pixels(core.settings().max_pixels); });
    if (pieces_.begun || !pieces_.next_piece_is_last) {
        return handle_piece(frame);
    }
    if (is_too_late(frame)) {
        return drop_late(frame);
    }
    if (GST_BUFFER_IS_DISCONT(frame->input_buffer)) {
        core.restoration.forget_frame_before();
    }
    FrameWork work = begin_work(frame);
    bool is_empty = false;
    const std::optional<Failure> failure =
        work.measure([&] { return read_whole(frame->input_buffer, is_empty); });
    if (is_empty) {
        return skip_empty(frame);
    }
    if (failure) {
        return faults_.drop_lost(element_, frame, *failure);
    }
    const GstFlowReturn flow = show(frame, work, true);
    pieces_ = {};
    return flow;
}

// One or more scans of a progressive JPEG.
GstFlowReturn Decoder::handle_piece(GstVideoCodecFrame* frame) {
    const bool first = !pieces_.begun, last = pieces_.next_piece_is_last;
    const bool in_video = input_ != nullptr && input_->info.fps_n > 0;
    if (!first && in_video && GST_CLOCK_TIME_IS_VALID(pieces_.time)) {
        // The base class takes each piece for another frame of the video.
        frame->pts = pieces_.time;
        frame->duration = pieces_.duration;
    }
    FrameWork work = begin_work(frame);
    pieces_.begun = true;
    std::optional<Failure> failure;
    if (!pieces_.lost) {
        failure = work.measure([&] {
            return read_mapped(frame->input_buffer, core.settings(), [&](std::span<const guint8> bytes) {
                reader_.read_piece(bytes, first, last);
            });
        });
    }
    const std::unique_ptr<GstVideoCodecFrame, decltype(&gst_video_codec_frame_unref)> kept(
        gst_video_codec_frame_ref(frame), gst_video_codec_frame_unref);
    GstFlowReturn flow = GST_FLOW_OK;
    if (failure) {
        pieces_.lost = true;
        flow = faults_.drop_lost(element_, frame, *failure);
    } else if (pieces_.lost || reader_.frame().empty()) {
        gst_video_decoder_release_frame(element_, frame);
    } else if (is_too_late(frame)) {
        flow = drop_late(frame);
    } else {
        flow = show(frame, work, last);
    }
    // Whatever became of the piece: shown or dropped, the base class has given it the JPEG's time by now.
    pieces_.time = frame->pts;
    pieces_.duration = frame->duration;
    if (last) {
        pieces_ = {};
    }
    return flow;
}

// is_empty: set where there is no picture in the buffer, and none is meant to be.
std::optional<Failure> Decoder::read_whole(GstBuffer* buffer, bool& is_empty) {
    if (gst_buffer_get_size(buffer) == 0) {
        is_empty = true;
        return std::nullopt;
    }
    const bool announced = may_hold_fields();
    const int width = announced ? input_->info.width : 0;
    const int height = announced ? input_->info.height : 0;
    return read_mapped(buffer, core.settings(), [&](std::span<const guint8> bytes) {
        for (;;) {
            std::exception_ptr failure;
            try {
                if (!reader_.read(bytes, width, height).empty()) return;
            } catch (...) {
                failure = std::current_exception();
            }
            // Tables alone and empty JPEGs may stand before the picture.
            const std::span<const guint8> rest = jpegdeblock::without_empty_jpeg(bytes);
            const bool is_end = rest.empty() || rest.size() == bytes.size();
            is_empty = rest.empty() || (is_end && !failure);
            if (is_empty && holds_scan(bytes)) {
                is_empty = false;
                throw jpegdeblock::Error(
                    jpegdeblock::ErrorCode::kInvalidFile,
                    "The frame is not a JPEG that can be decoded: it has scans, but no frame header.");
            }
            if (is_empty) return;
            if (is_end) std::rethrow_exception(failure);
            bytes = rest;
        }
    });
}

// Restores and pushes the picture that was read. last: of its JPEG.
GstFlowReturn Decoder::show(GstVideoCodecFrame* frame, FrameWork& work, bool last) {
    const JpegFrame& jpeg = reader_.frame();
    const std::span<const GstVideoFormat> formats = formats_of(layout_of(*jpeg.fields[0]));
    if (formats.empty()) {
        return drop_picture(frame, unsupported_colours(*jpeg.fields[0]));
    }
    const OutputFormat output = {
        choose_format(element_, formats, !input_changed_),
        jpeg.interlaced ? GST_VIDEO_INTERLACE_MODE_INTERLEAVED : GST_VIDEO_INTERLACE_MODE_PROGRESSIVE,
        static_cast<guint>(jpeg.width()), static_cast<guint>(jpeg.height)};
    const bool changes = input_changed_ || !is_negotiated(element_, output);
    if (changes && !input_changed_ && !is_accepted(element_, output)) {
        return drop_picture(frame, not_accepted(output));
    }
    const std::optional<std::string> damage = jpeg.damage();
    if (damage) {
        faults_.report_damaged(element_, frame, *damage);
    }
    if (const std::optional<std::string> note = jpeg.note()) {
        GST_DEBUG_OBJECT(element_, "irregular, but nothing is lost: %s", note->c_str());
    }
    GstFlowReturn flow = changes ? negotiate(output) : GST_FLOW_OK;
    if (flow == GST_FLOW_OK) {
        flow = gst_video_decoder_allocate_output_frame(element_, frame);
    }
    if (flow != GST_FLOW_OK) {
        gst_video_decoder_release_frame(element_, frame);
        return flow;
    }
    const std::optional<Failure> failure =
        work.measure([&] { return write(frame->output_buffer, work.time(frame->pts)); });
    if (damage) {
        core.restoration.forget_frame_before();  // It is none to restore others from.
    }
    if (failure) {
        gst_video_decoder_release_frame(element_, frame);
        post_error(GST_ELEMENT(element_), *failure);
        return GST_FLOW_ERROR;
    }
    if (last) {
        GST_BUFFER_FLAG_SET(frame->output_buffer, GST_VIDEO_BUFFER_FLAG_MARKER);
    }
    last_picture_ = g_get_monotonic_time();
    faults_.note_shown();
    if (core.pace.end(work)) {
        gst_video_decoder_set_latency(element_, core.pace.latency(), core.pace.latency());
    }
    return gst_video_decoder_finish_frame(element_, frame);
}

GstFlowReturn Decoder::negotiate(const OutputFormat& output) {
    if (!set_output(element_, output, input_)) {
        return GST_FLOW_NOT_NEGOTIATED;
    }
    const double rate = input_ != nullptr && input_->info.fps_d > 0
                            ? static_cast<double>(input_->info.fps_n) / input_->info.fps_d
                            : 0.0;
    if (!core.begin_stream({static_cast<int>(output.width), static_cast<int>(output.height), rate})) {
        return GST_FLOW_ERROR;
    }
    if (!gst_video_decoder_negotiate(element_)) {
        return GST_PAD_IS_FLUSHING(GST_VIDEO_DECODER_SRC_PAD(element_)) ? GST_FLOW_FLUSHING
                                                                        : GST_FLOW_NOT_NEGOTIATED;
    }
    input_changed_ = false;
    return GST_FLOW_OK;
}

std::optional<Failure> Decoder::write(GstBuffer* buffer, const FrameTime& time) {
    GstVideoCodecState* output = gst_video_decoder_get_output_state(element_);
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
    const std::optional<Failure> failure =
        core.restoration.decode(reader_.frame(), frame, core.settings(), time);
    gst_video_frame_unmap(&frame);
    return failure;
}

}  // namespace jpegdeblock_plugin
