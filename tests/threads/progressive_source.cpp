// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progressive_source.h"

#include <algorithm>

#include "libjpeg_reference.h"

namespace jpegdeblock_test {
namespace {

constexpr std::size_t kPiece = 300;
constexpr GstClockTime kFrame = GST_SECOND / 15;

}  // namespace

ProgressiveSource::ProgressiveSource(GstElement* appsrc)
    : jpeg_(jpegdeblock::test::compress({.width = 80,
                                         .height = 80,
                                         .quality = 20,
                                         .progressive = true,
                                         .horizontal_sampling = {2, 1},
                                         .vertical_sampling = {2, 1}})),
      pieces_((jpeg_.size() + kPiece - 1) / kPiece) {
    gst_util_set_object_arg(G_OBJECT(appsrc), "format", "time");
    gst_util_set_object_arg(G_OBJECT(appsrc), "stream-type", "seekable");
    gst_util_set_object_arg(G_OBJECT(appsrc), "caps", "image/jpeg,framerate=15/1");
    g_signal_connect(appsrc, "need-data", G_CALLBACK(push), this);
    g_signal_connect(appsrc, "seek-data", G_CALLBACK(seek), this);
}

void ProgressiveSource::push(GstElement* appsrc, guint, ProgressiveSource* source) {
    const std::uint64_t position = source->position_++, piece = position % source->pieces_;
    const std::size_t begin = piece * kPiece, size = std::min(kPiece, source->jpeg_.size() - begin);
    GstBuffer* buffer = gst_buffer_new_memdup(source->jpeg_.data() + begin, size);
    if (piece == 0) GST_BUFFER_PTS(buffer) = position / source->pieces_ * kFrame;
    GstFlowReturn flow = GST_FLOW_OK;
    g_signal_emit_by_name(appsrc, "push-buffer", buffer, &flow);
    gst_buffer_unref(buffer);
}

gboolean ProgressiveSource::seek(GstElement*, guint64 time, ProgressiveSource* source) {
    source->position_ = time / kFrame * source->pieces_;
    return TRUE;
}

}  // namespace jpegdeblock_test
