// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_faults.h"

#include <utility>

#include "debug.h"

namespace jpegdeblock_plugin {

void FrameFaults::reset() {
    warned_ = {};
    any_shown_ = false;
    first_loss_.clear();
}

GstFlowReturn FrameFaults::end_stream(GstVideoDecoder* decoder) const {
    if (any_shown_ || first_loss_.empty()) {
        return GST_FLOW_OK;
    }
    GST_ELEMENT_ERROR(decoder, STREAM, DECODE,
                      ("No frame of the stream could be decoded. %s", first_loss_.c_str()),
                      ("That is the first one; property 'stats' counts them as 'frames-lost'."));
    return GST_FLOW_ERROR;
}

void FrameFaults::report(GstVideoDecoder* decoder, Kind kind, const Failure& failure) {
    GST_DEBUG_OBJECT(decoder, "%s", failure.text.c_str());
    if (!std::exchange(warned_[kind], true)) {
        post_warning(GST_ELEMENT(decoder), failure);
    }
}

void FrameFaults::report_damaged(GstVideoDecoder* decoder, GstVideoCodecFrame* frame,
                                 const std::string& cause) {
    GST_VIDEO_CODEC_FRAME_FLAG_SET(frame, GST_VIDEO_CODEC_FRAME_FLAG_CORRUPTED);
    statistics_.add_damaged();
    report(decoder, kDamaged,
           {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "A frame is damaged: " + cause + ".",
            "It is shown as far as it can be, its buffer flagged as corrupted; set property "
            "'discard-corrupted-frames' to leave such frames out. Further ones are counted as "
            "'frames-damaged' in property 'stats'."});
}

void FrameFaults::report_lost(GstVideoDecoder* decoder, const Failure& failure) {
    statistics_.add_lost();
    if (first_loss_.empty()) first_loss_ = failure.text;
    Failure warning = failure;
    // The library cannot know that it is the stream whose data are wrong, and not a file of the user's.
    if (failure.domain != GST_STREAM_ERROR) {
        warning.domain = GST_STREAM_ERROR;
        warning.code = GST_STREAM_ERROR_DECODE;
    }
    warning.text = "A frame is lost: " + failure.text;
    if (!warning.debug.empty()) warning.debug += " ";
    warning.debug +=
        "Further frames that are lost like this are counted as 'frames-lost' in property 'stats'; property "
        "'max-errors' says how many in a row end the stream.";
    const bool unsupported =
        failure.domain == GST_STREAM_ERROR && failure.code == GST_STREAM_ERROR_NOT_IMPLEMENTED;
    report(decoder, unsupported ? kUnsupported : kUnreadable, warning);
}

GstFlowReturn FrameFaults::drop_lost(GstVideoDecoder* decoder, GstVideoCodecFrame* frame,
                                     const Failure& failure) {
    report_lost(decoder, failure);
    gst_video_decoder_drop_frame(decoder, frame);
    GstFlowReturn flow = GST_FLOW_OK;
    GST_VIDEO_DECODER_ERROR(decoder, 1, STREAM, DECODE, ("%s", failure.text.c_str()),
                            ("Property 'max-errors' says how many such frames in a row end the stream."),
                            flow);
    return flow;
}

}  // namespace jpegdeblock_plugin
