// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latency.h"

#include <gtest/gtest.h>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock_plugin::Latency;

constexpr GstClockTime kMs = GST_MSECOND;

TEST(Latency, IsZeroUntilMeasured) {
    Latency latency;
    EXPECT_EQ(latency.reported(), 0u);
    EXPECT_FALSE(latency.update(500 * kMs)) << "the first frame allocates and does not count";
    EXPECT_EQ(latency.reported(), 0u);
}

TEST(Latency, CoversTheSlowestFrameWithAMargin) {
    Latency latency;
    latency.update(kMs);
    EXPECT_TRUE(latency.update(20 * kMs));
    EXPECT_EQ(latency.reported(), 25 * kMs);
    EXPECT_FALSE(latency.update(24 * kMs)) << "within the margin";
    EXPECT_TRUE(latency.update(40 * kMs));
    EXPECT_EQ(latency.reported(), 50 * kMs);
}

TEST(Latency, FallsOnlyAfterAWindowOfMuchFasterFrames) {
    Latency latency;
    latency.update(kMs);
    latency.update(40 * kMs);
    std::size_t frames = 0;
    while (!latency.update(10 * kMs)) {
        ASSERT_LT(++frames, 3 * Latency::kRecentFrames);
    }
    EXPECT_GE(frames + 1, Latency::kRecentFrames);
    EXPECT_EQ(latency.reported(), 12 * kMs + 500 * GST_USECOND);
}

TEST(Latency, DoesNotFallForSlightlyFasterFrames) {
    Latency latency;
    latency.update(kMs);
    latency.update(40 * kMs);
    for (std::size_t i = 0; i < 3 * Latency::kRecentFrames; ++i) {
        EXPECT_FALSE(latency.update(26 * kMs));
    }
}

TEST(Latency, IsForgottenByReset) {
    Latency latency;
    latency.update(kMs);
    latency.update(40 * kMs);
    latency.reset();
    EXPECT_EQ(latency.reported(), 0u);
    EXPECT_FALSE(latency.update(40 * kMs));
}

GstPadProbeReturn answer_latency(GstPad*, GstPadProbeInfo* info, gpointer) {
    GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
    if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) {
        return GST_PAD_PROBE_OK;
    }
    gst_query_set_latency(query, TRUE, 7 * kMs, 90 * kMs);
    return GST_PAD_PROBE_HANDLED;
}

// What can be held back before data are lost is upstream's matter: this element has no queue.
TEST(LatencyQuery, LeavesTheMaximumAsItIs) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 384, 288);
    harness.set_caps(picture);
    harness.filter(picture);
    harness.filter(picture);
    GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
    gst_pad_add_probe(
        pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PUSH),
        answer_latency, nullptr, nullptr);
    gst_object_unref(pad);
    GstQuery* query = gst_query_new_latency();
    ASSERT_TRUE(gst_pad_peer_query(harness.get()->sinkpad, query));
    GstClockTime min = 0;
    GstClockTime max = 0;
    gst_query_parse_latency(query, nullptr, &min, &max);
    gst_query_unref(query);
    EXPECT_GT(min, 7 * kMs);
    EXPECT_EQ(max, 90 * kMs);
}

TEST(LatencyQuery, AddsTheElementsOwnToUpstreams) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 384, 288);
    harness.set_caps(picture);
    gst_harness_set_upstream_latency(harness.get(), 7 * kMs);
    EXPECT_EQ(gst_harness_query_latency(harness.get()), 7 * kMs);
    harness.filter(picture);
    harness.filter(picture);
    EXPECT_GT(gst_harness_query_latency(harness.get()), 7 * kMs);
    GstMessage* message = gst_bus_pop_filtered(harness.bus(), GST_MESSAGE_LATENCY);
    EXPECT_NE(message, nullptr) << "a live stream is told";
    gst_clear_message(&message);
}

}  // namespace
}  // namespace jpegdeblock_test
