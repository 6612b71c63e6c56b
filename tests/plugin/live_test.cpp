// SPDX-License-Identifier: LGPL-2.1-or-later
// A camera that is faster than the machine.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "parsed_pipeline.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

constexpr int kFrames = 50, kRate = 20, kWidth = 1280, kHeight = 720;
constexpr guint64 kTiles = kWidth * kHeight / 64;

struct Arrivals {
    GstElement* pipeline = nullptr;
    int frames = 0;
    GstClockTimeDiff delay = 0;  ///< Of the last one behind its time stamp.
};

GstPadProbeReturn note_arrival(GstPad*, GstPadProbeInfo* info, gpointer data) {
    Arrivals& arrivals = *static_cast<Arrivals*>(data);
    ++arrivals.frames;
    GstClock* clock = gst_element_get_clock(arrivals.pipeline);
    const GstClockTime now = gst_clock_get_time(clock) - gst_element_get_base_time(arrivals.pipeline);
    gst_object_unref(clock);
    arrivals.delay = GST_CLOCK_DIFF(GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info)), now);
    return GST_PAD_PROBE_OK;
}

guint64 statistic(const GstStructure* stats, const char* name) {
    guint64 value = 0;
    EXPECT_TRUE(gst_structure_get_uint64(stats, name, &value)) << name;
    return value;
}

// One thread takes half a second and more for each frame of this network, half a minute for all of them.
TEST(Live, KeepsTheFrameRateOfACameraThatIsTooFast) {
    const TemporaryFolder folder;
    const std::string model = folder.file("slow.safetensors");
    save_model(model, random_model("slow", 3, 64, 6));
    Arrivals arrivals;  // Lives longer than the pipeline.
    const ParsedPipeline pipeline = parse_pipeline(
        "videotestsrc is-live=true pattern=snow num-buffers=" + std::to_string(kFrames) +
        " ! video/x-raw,format=GRAY8,width=" + std::to_string(kWidth) + ",height=" + std::to_string(kHeight) +
        ",framerate=" + std::to_string(kRate) +
        "/1 ! queue ! jpegdeblock name=filter quality=20 threads=1 precision=f32 model=" + model +
        " ! fakesink name=sink sync=true qos=true");
    ASSERT_NE(pipeline, nullptr);
    arrivals.pipeline = pipeline.get();
    GstElement* sink = gst_bin_get_by_name(GST_BIN(pipeline.get()), "sink");
    GstPad* pad = gst_element_get_static_pad(sink, "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, note_arrival, &arrivals, nullptr);
    gst_object_unref(pad);
    gst_object_unref(sink);

    const auto start = std::chrono::steady_clock::now();
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline.get());
    bool ended = false;
    while (!ended) {
        GstMessage* message = gst_bus_timed_pop_filtered(
            bus, 60 * GST_SECOND,
            static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_LATENCY));
        ASSERT_NE(message, nullptr) << "stalled";
        ASSERT_NE(GST_MESSAGE_TYPE(message), GST_MESSAGE_ERROR);
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) {
            gst_bin_recalculate_latency(GST_BIN(pipeline.get()));
        }
        ended = GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
        gst_message_unref(message);
    }
    gst_object_unref(bus);
    // A machine with other things to do may well be late, but not by what it would take to restore all.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
    EXPECT_LT(arrivals.delay, static_cast<GstClockTimeDiff>(5 * GST_SECOND));
    EXPECT_EQ(arrivals.frames, kFrames);

    GstElement* filter = gst_bin_get_by_name(GST_BIN(pipeline.get()), "filter");
    GstStructure* stats = nullptr;
    g_object_get(filter, "stats", &stats, nullptr);
    EXPECT_EQ(statistic(stats, "frames"), guint64{kFrames});
    const guint64 computed = statistic(stats, "tiles-computed"), passed = statistic(stats, "tiles-passed");
    EXPECT_GT(computed, 0u);
    EXPECT_GT(passed, 0u);
    EXPECT_EQ(computed + passed + statistic(stats, "tiles-reused"), kFrames * kTiles);
    gst_structure_free(stats);
    gst_object_unref(filter);
}

}  // namespace
}  // namespace jpegdeblock_test
