// SPDX-License-Identifier: LGPL-2.1-or-later
#include "passage.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "parsed_pipeline.h"

namespace jpegdeblock_test {
namespace {

constexpr GstClockTime kFrame = 40 * GST_MSECOND;
constexpr std::size_t kPiece = 977;

std::string description(Route route, int announced_height, const std::string& properties) {
    const bool bytes = route == Route::kBytes;
    std::string caps = "image/jpeg";
    if (route == Route::kFrames) caps += ",parsed=true";
    if (!bytes) caps += ",framerate=25/1";
    if (announced_height > 0 && !bytes) caps += ",width=96,height=" + std::to_string(announced_height);
    const std::string ours = " name=restorer preset=balanced threads=2 " + properties;
    const std::string elements = route == Route::kParser   ? "jpegparse ! jpegdeblockdec"
                                 : route == Route::kFilter ? "jpegdec ! jpegdeblock"
                                                           : "jpegdeblockdec";
    return "appsrc name=source format=" + std::string(bytes ? "bytes" : "time") + " caps=\"" + caps +
           "\" max-bytes=0 ! " + elements + ours + " ! appsink name=sink sync=false wait-on-eos=false";
}

struct Unref {
    void operator()(GstElement* element) const { gst_object_unref(element); }
};
using Element = std::unique_ptr<GstElement, Unref>;

Element element_of(const ParsedPipeline& pipeline, const char* name) {
    return Element(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
}

void send(GstElement* source, const std::vector<Bytes>& packets) {
    GstClockTime time = 0;
    for (const Bytes& packet : packets) {
        GstBuffer* buffer =
            packet.empty() ? gst_buffer_new() : gst_buffer_new_memdup(packet.data(), packet.size());
        GST_BUFFER_PTS(buffer) = time;
        GST_BUFFER_DURATION(buffer) = kFrame;
        time += kFrame;
        gst_app_src_push_buffer(GST_APP_SRC(source), buffer);
    }
}

void send_in_pieces(GstElement* source, const std::vector<Bytes>& packets) {
    const Bytes all = joined(packets);
    for (std::size_t at = 0; at < all.size(); at += kPiece)
        gst_app_src_push_buffer(GST_APP_SRC(source),
                                gst_buffer_new_memdup(all.data() + at, std::min(kPiece, all.size() - at)));
}

/// The samples that are to be seen, component by component.
Bytes samples_of(GstSample* sample) {
    GstVideoInfo info;
    gst_video_info_from_caps(&info, gst_sample_get_caps(sample));
    const std::string head = std::string(gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info))) + " " +
                             std::to_string(info.width) + "x" + std::to_string(info.height) + " ";
    Bytes samples(head.begin(), head.end());
    GstVideoFrame frame;
    EXPECT_TRUE(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
    for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS(&frame); ++c)
        for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, c); ++y) {
            const auto* row = static_cast<const guint8*>(GST_VIDEO_FRAME_COMP_DATA(&frame, c)) +
                              y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, c);
            for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(&frame, c); ++x)
                samples.push_back(row[x * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, c)]);
        }
    gst_video_frame_unmap(&frame);
    return samples;
}

/// Takes the messages up to the stream's end.
void watch(GstBus* bus, GstElement* ours, Passage& passage) {
    constexpr GstClockTime kPatience = 60 * GST_SECOND;
    for (;;) {
        GstMessage* message = gst_bus_timed_pop_filtered(
            bus, kPatience,
            static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING));
        if (message == nullptr) {
            passage.error = "the stream did not end";
            return;
        }
        const GstMessageType type = GST_MESSAGE_TYPE(message);
        const bool is_ours = GST_MESSAGE_SRC(message) == GST_OBJECT(ours);
        GError* error = nullptr;
        if (type == GST_MESSAGE_WARNING) {
            gst_message_parse_warning(message, &error, nullptr);
            if (is_ours) passage.warnings.emplace_back(error->message);
        } else if (type == GST_MESSAGE_ERROR) {
            gst_message_parse_error(message, &error, nullptr);
            passage.error = error->message;
        }
        g_clear_error(&error);
        gst_message_unref(message);
        if (type != GST_MESSAGE_WARNING) return;
    }
}

guint64 statistic(GstElement* element, const char* name) {
    GstStructure* stats = nullptr;
    g_object_get(element, "stats", &stats, nullptr);
    guint64 value = 0;
    gst_structure_get_uint64(stats, name, &value);
    gst_structure_free(stats);
    return value;
}

}  // namespace

const char* name_of(Route route) {
    switch (route) {
        case Route::kDecoder:
            return "decoder";
        case Route::kFrames:
            return "frames";
        case Route::kBytes:
            return "bytes";
        case Route::kParser:
            return "jpegparse";
        case Route::kFilter:
            return "jpegdec";
    }
    return "";
}

Passage pass(const std::vector<Bytes>& packets, Route route, int announced_height,
             const std::string& properties) {
    Passage passage;
    const ParsedPipeline pipeline = parse_pipeline(description(route, announced_height, properties));
    const Element source = element_of(pipeline, "source"), sink = element_of(pipeline, "sink"),
                  ours = element_of(pipeline, "restorer");
    if (route == Route::kBytes) {
        send_in_pieces(source.get(), packets);
    } else {
        send(source.get(), packets);
    }
    gst_app_src_end_of_stream(GST_APP_SRC(source.get()));
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline.get());
    watch(bus, ours.get(), passage);
    gst_object_unref(bus);
    while (GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), 0)) {
        GstBuffer* buffer = gst_sample_get_buffer(sample);
        passage.frames.push_back({samples_of(sample),
                                  GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED) != 0,
                                  GST_BUFFER_PTS(buffer)});
        gst_sample_unref(sample);
    }
    passage.damaged = statistic(ours.get(), "frames-damaged");
    passage.lost = statistic(ours.get(), "frames-lost");
    return passage;
}

}  // namespace jpegdeblock_test
