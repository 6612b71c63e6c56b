// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_deadline.h"

#include <gtest/gtest.h>

namespace jpegdeblock_test {
namespace {

using jpegdeblock_plugin::FrameDeadline;
using std::chrono::milliseconds;

constexpr GstClockTime kMs = GST_MSECOND;
constexpr GstClockTime kFrame = 40 * kMs;

void observe(FrameDeadline& deadline, GstQOSType type, GstClockTimeDiff lateness, GstClockTime frame) {
    GstEvent* event = gst_event_new_qos(type, 1.0, lateness, frame);
    deadline.observe_qos(event);
    gst_event_unref(event);
}

TEST(FrameDeadline, IsNoneWhereNobodyWaits) {
    FrameDeadline deadline;
    EXPECT_FALSE(deadline.time_left(5000 * kMs, 0, kFrame)) << "neither live nor synchronized";
    deadline.set_live(true);
    EXPECT_FALSE(deadline.time_left(GST_CLOCK_TIME_NONE, 0, kFrame)) << "no clock";
    EXPECT_FALSE(deadline.time_left(0, GST_CLOCK_TIME_NONE, kFrame)) << "no timestamp";
    EXPECT_FALSE(deadline.time_left(0, 0, GST_CLOCK_TIME_NONE)) << "no frame rate";
    EXPECT_FALSE(deadline.time_left(0, 0, 0)) << "no frame rate";
}

TEST(FrameDeadline, LiveFramesThatArriveAsEverHaveMostOfTheirDuration) {
    FrameDeadline deadline;
    deadline.set_live(true);
    for (GstClockTime i = 0; i < 300; ++i)
        EXPECT_EQ(deadline.time_left(i * kFrame + 3 * kMs, i * kFrame, kFrame), milliseconds(35));
}

TEST(FrameDeadline, LiveFramesThatPileUpHaveLess) {
    FrameDeadline deadline;
    deadline.set_live(true);
    deadline.time_left(0, 0, kFrame);
    EXPECT_EQ(deadline.time_left(kFrame + 20 * kMs, kFrame, kFrame), milliseconds(15));
    EXPECT_EQ(deadline.time_left(2 * kFrame + 500 * kMs, 2 * kFrame, kFrame), milliseconds(0));
}

TEST(FrameDeadline, LiveFramesMayUseTheLatencyThatSinksWait) {
    FrameDeadline deadline;
    deadline.set_live(true);
    deadline.set_latency(60 * kMs);
    deadline.time_left(0, 0, kFrame);
    EXPECT_EQ(deadline.time_left(kFrame + 30 * kMs, kFrame, kFrame), milliseconds(30));
    EXPECT_EQ(deadline.time_left(2 * kFrame + 50 * kMs, 2 * kFrame, kFrame), milliseconds(10));
    EXPECT_EQ(deadline.time_left(3 * kFrame, 3 * kFrame, kFrame), milliseconds(35))
        << "no more than its share";
}

TEST(FrameDeadline, ADelayThatStaysIsTheStreamsOwn) {
    FrameDeadline deadline;
    deadline.set_live(true);
    deadline.time_left(0, 0, kFrame);
    std::optional<std::chrono::nanoseconds> left;
    for (GstClockTime i = 1; i < 1000; ++i)
        left = deadline.time_left(i * kFrame + 30 * kMs, i * kFrame, kFrame);
    ASSERT_TRUE(left);
    EXPECT_GT(*left, milliseconds(34));
}

TEST(FrameDeadline, PlaybackCountsOnceASinkWaits) {
    FrameDeadline deadline;
    EXPECT_FALSE(deadline.time_left(0, 100 * kMs, kFrame));
    observe(deadline, GST_QOS_TYPE_UNDERFLOW, -5 * static_cast<GstClockTimeDiff>(kMs), 40 * kMs);
    EXPECT_EQ(deadline.time_left(0, 100 * kMs, kFrame), milliseconds(100));
    EXPECT_EQ(deadline.time_left(110 * kMs, 100 * kMs, kFrame), milliseconds(0));
    deadline.set_latency(30 * kMs);
    EXPECT_EQ(deadline.time_left(110 * kMs, 100 * kMs, kFrame), milliseconds(20));
    deadline.reset();
    EXPECT_FALSE(deadline.time_left(110 * kMs, 100 * kMs, kFrame));
}

TEST(FrameDeadline, FramesThatASinkWouldFindLateHaveNone) {
    FrameDeadline deadline;
    observe(deadline, GST_QOS_TYPE_UNDERFLOW, 100 * kMs, 1000 * kMs);
    EXPECT_EQ(deadline.time_left(GST_CLOCK_TIME_NONE, 1100 * kMs, kFrame), milliseconds(0));
    EXPECT_FALSE(deadline.time_left(GST_CLOCK_TIME_NONE, 1101 * kMs, kFrame));
    observe(deadline, GST_QOS_TYPE_OVERFLOW, -1, 1040 * kMs);
    EXPECT_FALSE(deadline.time_left(GST_CLOCK_TIME_NONE, 1080 * kMs, kFrame)) << "caught up";
}

TEST(FrameDeadline, ThrottlingIsNoLateness) {
    FrameDeadline deadline;
    observe(deadline, GST_QOS_TYPE_THROTTLE, 500 * kMs, 1000 * kMs);
    EXPECT_FALSE(deadline.time_left(0, 1001 * kMs, kFrame));
}

}  // namespace
}  // namespace jpegdeblock_test
