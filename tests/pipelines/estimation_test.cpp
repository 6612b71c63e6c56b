// SPDX-License-Identifier: LGPL-2.1-or-later
// That the quality is found from what GStreamer's decoders really put out.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <memory>

#include "recording.h"

namespace jpegdeblock_test {
namespace {

using OwnedStructure = std::unique_ptr<GstStructure, decltype(&gst_structure_free)>;

// Runs a pipeline with a jpegdeblock named `filter` to its end and returns its statistics.
OwnedStructure statistics_after(const std::string& description) {
    GstElement* pipeline = gst_parse_launch(description.c_str(), nullptr);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline);
    GstMessage* message = gst_bus_timed_pop_filtered(
        bus, 30 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    EXPECT_TRUE(message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) << description;
    gst_clear_message(&message);
    gst_object_unref(bus);
    GstElement* filter = gst_bin_get_by_name(GST_BIN(pipeline), "filter");
    GstStructure* stats = nullptr;
    g_object_get(filter, "stats", &stats, nullptr);
    gst_object_unref(filter);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    return {stats, gst_structure_free};
}

void expect_found(const GstStructure* stats, int quality) {
    gint found = 0;
    guint64 frames = 0;
    guint64 passed = 0;
    ASSERT_TRUE(gst_structure_get(stats, "quality", G_TYPE_INT, &found, "frames", G_TYPE_UINT64, &frames,
                                  "passed", G_TYPE_UINT64, &passed, nullptr));
    EXPECT_EQ(found, quality);
    EXPECT_EQ(frames, 3u);
    EXPECT_EQ(passed, 0u);
}

// The test picture `zone-plate` has detail of every frequency.
std::string pipeline(int quality, const std::string& decoder) {
    return "videotestsrc num-buffers=3 pattern=zone-plate kx2=20 ky2=20 kt=1 ! "
           "video/x-raw,format=I420,width=320,height=240 ! jpegenc quality=" +
           std::to_string(quality) + " ! " + decoder + " ! jpegdeblock name=filter ! fakesink";
}

class Decoders : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(Decoders, QualityIsFound) {
    const auto& [decoder, quality] = GetParam();
    if (decoder.find("avdec_mjpeg") != std::string::npos && !has_element("avdec_mjpeg")) {
        GTEST_SKIP() << "avdec_mjpeg is not installed";
    }
    expect_found(statistics_after(pipeline(quality, decoder)).get(), quality);
}

// avdec_mjpeg takes parsed JPEG only, as demuxers give it.
INSTANTIATE_TEST_SUITE_P(All, Decoders,
                         testing::Combine(testing::Values("jpegdec", "jpegdec idct-method=islow",
                                                          "jpegdec idct-method=ifast",
                                                          "jpegdec idct-method=float",
                                                          "matroskamux ! matroskademux ! avdec_mjpeg"),
                                          testing::Values(20, 50, 75)));

TEST(Converted, QualityIsFoundThroughRgb) {
    expect_found(statistics_after(pipeline(30, "jpegdec ! videoconvert ! video/x-raw,format=BGRx")).get(),
                 30);
}

}  // namespace
}  // namespace jpegdeblock_test
