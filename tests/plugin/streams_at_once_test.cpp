// SPDX-License-Identifier: LGPL-2.1-or-later
// What elements of one process take of the processors.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "../support/worker_threads.h"
#include "filter_harness.h"
#include "parsed_pipeline.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::worker_threads;
using jpegdeblock::test::worker_threads_come_down_to;

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

class StartedElement {
  public:
    explicit StartedElement(guint threads)
        : element_(GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("jpegdeblock", nullptr)))) {
        g_object_set(element_, "threads", threads, nullptr);
        EXPECT_EQ(gst_element_set_state(element_, GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
    }
    ~StartedElement() {
        gst_element_set_state(element_, GST_STATE_NULL);
        gst_object_unref(element_);
    }
    StartedElement(const StartedElement&) = delete;
    StartedElement& operator=(const StartedElement&) = delete;

  private:
    GstElement* element_;
};

TEST(StreamsAtOnce, ShareTheirWorkers) {
    ASSERT_TRUE(worker_threads_come_down_to(0));
    {
        const StartedElement first(3);
        EXPECT_EQ(worker_threads(), 2);
        const StartedElement second(3), third(3), single(1);
        EXPECT_EQ(worker_threads(), 2);
    }
    EXPECT_TRUE(worker_threads_come_down_to(0));
}

TEST(StreamsAtOnce, OneThreadIsTheStreams) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 640, 480);
    FilterHarness harness("quality=20 threads=1");
    harness.set_caps(picture);
    harness.filter(picture);
    EXPECT_TRUE(worker_threads_come_down_to(0));
    const double cpu = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) {
        harness.filter(random_picture(GST_VIDEO_FORMAT_I420, 640, 480));
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(worker_threads(), 0);
    // A busy machine adds to the wall clock only; a second thread at work would add up to as much again.
    EXPECT_LT(cpu_seconds() - cpu, 1.1 * wall.count() + 0.05);
}

TEST(StreamsAtOnce, UseNoProcessorTimeWhileIdle) {
    std::list<FilterHarness> harnesses;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    for (const char* threads : {"quality=20 threads=4", "quality=20 threads=0", "quality=20 threads=1"}) {
        harnesses.emplace_back(threads).set_caps(picture);
        harnesses.back().filter(picture);
    }
    const double cpu = cpu_seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    // One thread that spins would use 0.2.
    EXPECT_LT(cpu_seconds() - cpu, 0.05);
}

/// Adds up the bytes of buffers.
GstPadProbeReturn add_to_checksum(GstPad*, GstPadProbeInfo* info, gpointer data) {
    GstMapInfo map;
    gst_buffer_map(GST_PAD_PROBE_INFO_BUFFER(info), &map, GST_MAP_READ);
    g_checksum_update(static_cast<GChecksum*>(data), map.data, static_cast<gssize>(map.size));
    gst_buffer_unmap(GST_PAD_PROBE_INFO_BUFFER(info), &map);
    return GST_PAD_PROBE_OK;
}

TEST(StreamsAtOnce, AllEndWithTheSameFrames) {
    const std::vector<int> threads = {0, 1, 2, 2, 3, 0, 1, 2};
    std::string description;
    for (const int count : threads) {
        description +=
            "videotestsrc pattern=ball num-buffers=15 ! video/x-raw,format=I420,width=160,height=120 ! "
            "jpegdeblock quality=20 threads=" +
            std::to_string(count) + " ! fakesink ";
    }
    ParsedPipeline pipeline = parse_pipeline(description);
    ASSERT_NE(pipeline, nullptr);
    std::vector<GChecksum*> checksums;
    GstIterator* sinks = gst_bin_iterate_sinks(GST_BIN(pipeline.get()));
    GValue item = G_VALUE_INIT;
    while (gst_iterator_next(sinks, &item) == GST_ITERATOR_OK) {
        GstPad* pad = gst_element_get_static_pad(GST_ELEMENT(g_value_get_object(&item)), "sink");
        checksums.push_back(g_checksum_new(G_CHECKSUM_SHA256));
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, add_to_checksum, checksums.back(), nullptr);
        gst_object_unref(pad);
        g_value_reset(&item);
    }
    g_value_unset(&item);
    gst_iterator_free(sinks);
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    GstBus* bus = gst_element_get_bus(pipeline.get());
    GstMessage* message = gst_bus_timed_pop_filtered(
        bus, 60 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    ASSERT_NE(message, nullptr) << "deadlock";
    EXPECT_EQ(GST_MESSAGE_TYPE(message), GST_MESSAGE_EOS);
    gst_message_unref(message);
    gst_object_unref(bus);
    pipeline.reset();
    ASSERT_EQ(checksums.size(), threads.size());
    const std::string expected = g_checksum_get_string(checksums.front());
    for (GChecksum* checksum : checksums) {
        EXPECT_EQ(g_checksum_get_string(checksum), expected);
        g_checksum_free(checksum);
    }
}

}  // namespace
}  // namespace jpegdeblock_test
