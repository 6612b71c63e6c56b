// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideodecoder.h>

#include <jpegdeblock/jpeg.h>
#include <cstdint>
#include <optional>
#include <span>

#include "element_core.h"
#include "failure.h"
#include "frame_faults.h"
#include "output_format.h"

namespace jpegdeblock_plugin {

/// What jpegdeblockdec does, behind its GObject: cuts the stream into JPEGs, reads, restores and pushes them.
/// The functions are those of GstVideoDecoderClass, and belong to the threads that it calls them in.
class Decoder {
  public:
    /// element: outlives the object.
    explicit Decoder(GstVideoDecoder* element) : core(GST_ELEMENT(element)), element_(element) {}
    ~Decoder() { take_input(nullptr); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    bool start();
    void stop();
    void flush();
    void set_format(GstVideoCodecState* input);
    /// Another stream begins, and what is left of the last one was handled. New caps alone are no new stream:
    /// parsers send some as soon as they see a picture, behind tables that came before it.
    void begin_stream() { reader_.forget_tables(); }
    GstFlowReturn parse(GstVideoCodecFrame* frame, GstAdapter* adapter, bool at_eos);

    /// Decodes, restores and pushes a JPEG, or the scans of a progressive one that came since the last call.
    GstFlowReturn handle_frame(GstVideoCodecFrame* frame);

    /// The stream has ended.
    GstFlowReturn finish() { return faults_.end_stream(element_); }

    /// After a property was set: the base class drops what a sink would find late, even after it was decoded,
    /// unless its property `qos` is off. It is `late` that decides, until the user sets `qos` to something
    /// else.
    void follow_late();

    ElementCore core;

  private:
    /// A JPEG that comes to handle_frame in pieces, each a scan or more, each as a frame of its own.
    struct PiecewiseJpeg {
        bool begun = false;                       ///< A piece has come, and not the last one.
        bool next_piece_is_last = true;           ///< What parse found.
        bool lost = false;                        ///< It cannot be shown; the rest of it is ignored.
        GstClockTime time = GST_CLOCK_TIME_NONE;  ///< Of its first picture.
        GstClockTime duration = GST_CLOCK_TIME_NONE;
    };

    /// What the next bytes of the stream are.
    struct Parsed {
        jpegdeblock::JpegStream::Found found;
        bool is_field = false;     ///< Another JPEG of the frame follows.
        bool lacks_start = false;  ///< What is skipped was a frame.
    };

    void take_input(GstVideoCodecState* input);
    void forget_stream();
    void limit_pixels(guint64 most);
    bool may_hold_fields() const;
    bool is_field(const jpegdeblock::JpegStream::Found& found, std::span<const std::uint8_t> rest) const;
    Parsed look(GstAdapter* adapter, gsize available);
    bool wants_picture_of_scan() const;

    GstFlowReturn handle_piece(GstVideoCodecFrame* frame);
    std::optional<Failure> read_whole(GstBuffer* buffer, bool& is_empty);
    GstFlowReturn show(GstVideoCodecFrame* frame, FrameWork& work, bool last);
    GstFlowReturn negotiate(const OutputFormat& output);
    std::optional<Failure> write(GstBuffer* buffer, const FrameTime& time);

    FrameWork begin_work(GstVideoCodecFrame* frame);
    bool is_too_late(GstVideoCodecFrame* frame) const;
    GstFlowReturn drop_late(GstVideoCodecFrame* frame);
    GstFlowReturn drop_picture(GstVideoCodecFrame* frame, const Failure& failure);
    GstFlowReturn skip_empty(GstVideoCodecFrame* frame);

    GstVideoDecoder* element_;
    bool drops_late_ = false;  ///< What `late` has last set `qos` to. Guarded by the object lock.

    // The streaming thread's own.
    FrameFaults faults_{core.restoration.statistics()};
    jpegdeblock::JpegStream stream_;
    bool begun_with_buffer_ = false;  ///< The JPEG that parse follows, or its first field.
    bool first_field_found_ = false;  ///< The JPEG that parse follows is a second field.
    jpegdeblock::JpegFrameReader reader_;
    PiecewiseJpeg pieces_;
    GstClockTime skipped_time_ = GST_CLOCK_TIME_NONE;  ///< Of a JPEG without a picture just before.
    gint64 last_picture_ = G_MININT64;  ///< When the last one was pushed, in microseconds of monotonic time.
    GstVideoCodecState* input_ = nullptr;
    bool input_changed_ = false;  ///< Since the output was negotiated.
};

}  // namespace jpegdeblock_plugin
