// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that there is no time for: each value of the property `late`.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

GstBuffer* frame_at(const Picture& picture, GstClockTime time) {
    GstBuffer* buffer = make_buffer(picture);
    GST_BUFFER_PTS(buffer) = time;
    GST_BUFFER_DURATION(buffer) = GST_SECOND / 25;
    return buffer;
}

class Late : public testing::Test {
  protected:
    void start(const std::string& mode) {
        harness = std::make_unique<FilterHarness>("quality=20 late=" + mode);
        harness->set_caps(picture);
        push(0);
        push(GST_SECOND / 25);
    }

    /// The sink tells that the frame of one second came two seconds late.
    void be_late() {
        gst_harness_push_upstream_event(
            harness->get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 3.0, 2 * GST_SECOND, GST_SECOND));
    }

    /// What comes out for a frame; empty: nothing.
    std::vector<std::uint8_t> push(GstClockTime time, const Picture& frame) {
        GstBuffer* out = harness->filter(frame_at(frame, time));
        if (out == nullptr) {
            return {};
        }
        std::vector<std::uint8_t> bytes = bytes_of(out);
        gst_buffer_unref(out);
        return bytes;
    }
    std::vector<std::uint8_t> push(GstClockTime time) { return push(time, picture); }

    int qos_events_upstream() {
        int events = 0;
        while (GstEvent* event = gst_harness_try_pull_upstream_event(harness->get())) {
            events += GST_EVENT_TYPE(event) == GST_EVENT_QOS;
            gst_event_unref(event);
        }
        return events;
    }

    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 128, 96);
    const Picture other = with_luma(picture, {128, 96, std::vector<std::uint8_t>(128 * 96, 90)});
    const std::vector<std::uint8_t> restored = with_luma(picture, deblocked(luma_of(picture))).bytes;
    std::unique_ptr<FilterHarness> harness;
};

TEST_F(Late, PassLeavesFramesAsTheyCameUntilTheStreamHasCaughtUp) {
    start("pass");
    be_late();
    EXPECT_EQ(push(2 * GST_SECOND, other), other.bytes);
    EXPECT_EQ(push(3 * GST_SECOND, picture), picture.bytes);
    EXPECT_EQ(harness->statistic("frames-late"), 2u);
    EXPECT_EQ(harness->statistic("passed"), 2u);
    EXPECT_EQ(harness->statistic("tiles-passed"), 2u * 16 * 12);
    EXPECT_EQ(push(4 * GST_SECOND), restored);
    EXPECT_EQ(harness->statistic("frames"), 5u);
    EXPECT_EQ(harness->statistic("frames-late"), 2u);
    EXPECT_EQ(qos_events_upstream(), 0) << "decoders would drop frames";
}

TEST_F(Late, PassStillReusesUnchangedTiles) {
    start("pass");
    be_late();
    EXPECT_EQ(push(2 * GST_SECOND), restored);
    EXPECT_EQ(harness->statistic("frames-late"), 0u);
}

// Where the element has no work of its own, it cannot make up for anything.
TEST_F(Late, PassLeavesTheEventsOfFramesThatItPassesToUpstream) {
    const Picture noise = with_luma(picture, [] {
        jpegdeblock::LumaImage luma{128, 96, {}};
        std::mt19937 random(3);
        for (int i = 0; i < 128 * 96; ++i) {
            luma.samples.push_back(static_cast<std::uint8_t>(1 + random() % 254));
        }
        return luma;
    }());
    for (const char* idle : {"pass strength=0", "pass compare=1", "pass quality=99"}) {
        start(idle);
        be_late();
        EXPECT_EQ(qos_events_upstream(), 1) << idle;
        EXPECT_EQ(push(4 * GST_SECOND), picture.bytes);
        g_object_set(harness->element(), "strength", 1.0, "compare", 0.0, "quality", 20, nullptr);
        push(5 * GST_SECOND);
        be_late();
        EXPECT_EQ(qos_events_upstream(), 0) << "works again";
    }
    start("pass quality=0");
    EXPECT_EQ(push(GST_SECOND, noise), noise.bytes) << "not a JPEG";
    be_late();
    EXPECT_EQ(qos_events_upstream(), 1);
}

TEST_F(Late, DropDrops) {
    start("drop");
    be_late();
    EXPECT_TRUE(push(2 * GST_SECOND).empty());
    EXPECT_EQ(harness->statistic("frames-late"), 1u);
    EXPECT_EQ(push(4 * GST_SECOND), restored);
    EXPECT_EQ(harness->statistic("frames"), 3u);
    EXPECT_EQ(qos_events_upstream(), 1);
}

TEST_F(Late, FullRestoresEveryFrame) {
    start("full");
    be_late();
    EXPECT_EQ(push(2 * GST_SECOND), restored);
    EXPECT_EQ(harness->statistic("frames-late"), 0u);
    EXPECT_EQ(qos_events_upstream(), 1);
}

TEST_F(Late, MayChangeWhilePlaying) {
    start("pass");
    g_object_set(harness->element(), "late", 0, nullptr);
    EXPECT_EQ(push(GST_SECOND), restored);
    be_late();
    EXPECT_TRUE(push(2 * GST_SECOND).empty());
    g_object_set(harness->element(), "late", 2, nullptr);
    push(2 * GST_SECOND);  // The base class still drops what comes before the change is seen.
    EXPECT_EQ(push(4 * GST_SECOND), restored);
}

TEST_F(Late, EndsWithAFlush) {
    start("pass");
    be_late();
    gst_harness_push_event(harness->get(), gst_event_new_flush_start());
    gst_harness_push_event(harness->get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness->get(), gst_event_new_segment(&segment));
    EXPECT_EQ(push(0), restored);
}

}  // namespace
}  // namespace jpegdeblock_test
