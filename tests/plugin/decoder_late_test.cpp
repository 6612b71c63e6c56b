// SPDX-License-Identifier: LGPL-2.1-or-later
// JPEGs that there is no time for: each value of the decoder's property `late`.
#include <gtest/gtest.h>

#include <memory>

#include "decoder_harness.h"

namespace jpegdeblock_test {
namespace {

class LateJpegs : public testing::Test {
  protected:
    void start(const std::string& properties) {
        decoder = std::make_unique<Decoder>(properties);
        push(0, jpeg);
        push(GST_SECOND / 25, jpeg);
    }

    /// The sink tells that the frame of one second came two seconds late.
    void be_late() {
        gst_harness_push_upstream_event(
            decoder->get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 3.0, 2 * GST_SECOND, GST_SECOND));
    }

    /// What comes out for a JPEG; nothing where it is dropped.
    Buffer push(GstClockTime time, const Bytes& bytes) {
        GstBuffer* buffer = gst_buffer_new_memdup(bytes.data(), bytes.size());
        GST_BUFFER_PTS(buffer) = time;
        GST_BUFFER_DURATION(buffer) = GST_SECOND / 25;
        EXPECT_EQ(gst_harness_push(decoder->get(), buffer), GST_FLOW_OK);
        return decoder->pull();
    }

    Bytes pushed_component(GstClockTime time, const Bytes& bytes, int index) {
        const Buffer buffer = push(time, bytes);
        return buffer ? decoder->component(buffer, index) : Bytes();
    }

    guint64 statistic(const char* name) const { return decoder->statistic(name); }

    const Bytes jpeg = compress({.width = 128, .height = 96, .quality = 20});
    const Bytes other = compress({.width = 128, .height = 96, .quality = 30});
    std::unique_ptr<Decoder> decoder;
};

TEST_F(LateJpegs, PassLeavesThemAsDecodedUntilTheStreamHasCaughtUp) {
    start("late=pass planes=all");
    be_late();
    const Buffer late = push(2 * GST_SECOND, other);
    ASSERT_NE(late, nullptr);
    const auto plain = jpegdeblock::test::libjpeg_decompress_raw(other);
    for (int index = 0; index < 3; ++index) {
        EXPECT_EQ(decoder->component(late, index), plain[index].samples) << index;
    }
    EXPECT_EQ(statistic("frames-late"), 1u);
    EXPECT_EQ(statistic("tiles-passed"), 3u * 16 * 12);
    EXPECT_EQ(pushed_component(4 * GST_SECOND, other, 0), restored_luma(other));
    EXPECT_EQ(statistic("frames"), 4u);
    EXPECT_EQ(statistic("frames-late"), 1u);
}

TEST_F(LateJpegs, PassStillReusesUnchangedTiles) {
    start("late=pass");
    be_late();
    EXPECT_EQ(pushed_component(2 * GST_SECOND, jpeg, 0), restored_luma(jpeg));
    EXPECT_EQ(statistic("frames-late"), 0u);
}

TEST_F(LateJpegs, DropDrops) {
    start("late=drop");
    be_late();
    EXPECT_EQ(push(2 * GST_SECOND, other), nullptr);
    EXPECT_EQ(statistic("frames-late"), 1u);
    EXPECT_EQ(pushed_component(8 * GST_SECOND, other, 0), restored_luma(other));
    EXPECT_EQ(statistic("frames"), 3u);
}

TEST_F(LateJpegs, FullRestoresEveryOne) {
    start("late=full");
    be_late();
    EXPECT_EQ(pushed_component(2 * GST_SECOND, other, 0), restored_luma(other));
    EXPECT_EQ(statistic("frames-late"), 0u);
}

TEST_F(LateJpegs, EndsWithAFlush) {
    start("late=pass");
    be_late();
    gst_harness_push_event(decoder->get(), gst_event_new_flush_start());
    gst_harness_push_event(decoder->get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(decoder->get(), gst_event_new_segment(&segment));
    EXPECT_EQ(pushed_component(0, other, 0), restored_luma(other));
}

}  // namespace
}  // namespace jpegdeblock_test
