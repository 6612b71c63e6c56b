// SPDX-License-Identifier: LGPL-2.1-or-later
// Events, flags and metadata of a stream, and what of it the element remembers.
#include <gtest/gtest.h>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

TEST(CapsChange, InMidStream) {
    FilterHarness harness;
    for (const auto& [format, width, height] :
         {std::tuple{GST_VIDEO_FORMAT_I420, 64, 48}, std::tuple{GST_VIDEO_FORMAT_I420, 385, 289},
          std::tuple{GST_VIDEO_FORMAT_RGB, 33, 17}, std::tuple{GST_VIDEO_FORMAT_YUY2, 7, 5},
          std::tuple{GST_VIDEO_FORMAT_GRAY8, 1, 1}, std::tuple{GST_VIDEO_FORMAT_I420, 64, 48}}) {
        const Picture picture = random_picture(format, width, height);
        harness.set_caps(picture);
        EXPECT_EQ(harness.filter(picture), with_luma(picture, deblocked(luma_of(picture))).bytes)
            << gst_video_format_to_string(format) << " " << width << "x" << height;
    }
}

TEST(CapsChange, KeepsColorimetry) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    for (const char* colorimetry : {"bt601", "bt709", "1:4:0:0"}) {
        FilterHarness harness;
        harness.set_caps(picture, std::string("colorimetry=(string)") + colorimetry);
        EXPECT_EQ(harness.filter(picture), with_luma(picture, deblocked(luma_of(picture))).bytes);
        GstCaps* caps = gst_pad_get_current_caps(harness.get()->sinkpad);
        EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(caps, 0), "colorimetry"), colorimetry);
        gst_caps_unref(caps);
    }
}

TEST(Events, EndOfStreamAndTagsPass) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    harness.set_caps(picture);
    harness.filter(picture);
    gst_harness_push_event(harness.get(),
                           gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "title", nullptr)));
    EXPECT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_eos()));
    bool tag = false;
    bool end = false;
    while (GstEvent* event = gst_harness_try_pull_event(harness.get())) {
        tag = tag || GST_EVENT_TYPE(event) == GST_EVENT_TAG;
        end = end || GST_EVENT_TYPE(event) == GST_EVENT_EOS;
        gst_event_unref(event);
    }
    EXPECT_TRUE(tag);
    EXPECT_TRUE(end);
    EXPECT_EQ(gst_harness_push(harness.get(), make_buffer(picture)), GST_FLOW_EOS);
}

TEST(Events, GapPasses) {
    FilterHarness harness;
    harness.set_caps(random_picture(GST_VIDEO_FORMAT_I420, 64, 48));
    EXPECT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_gap(0, GST_SECOND / 25)));
}

TEST(Buffers, WithTheGapFlagAreSkipped) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    harness.set_caps(picture);
    GstBuffer* in = make_buffer(picture);
    GST_BUFFER_FLAG_SET(in, GST_BUFFER_FLAG_GAP);
    GstBuffer* out = harness.filter(in);
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(bytes_of(out), picture.bytes);
    EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(out, GST_BUFFER_FLAG_GAP));
    gst_buffer_unref(out);
    EXPECT_EQ(harness.statistic("passed"), 1u);
}

class Metadata : public testing::TestWithParam<bool> {};

TEST_P(Metadata, FlagsTimesAndMetasFlowThrough) {
    const bool shared = GetParam();
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    harness.set_caps(picture);
    GstBuffer* in = make_buffer(picture);
    GST_BUFFER_FLAG_SET(in, GST_BUFFER_FLAG_CORRUPTED);
    GST_BUFFER_PTS(in) = 40 * GST_MSECOND;
    GST_BUFFER_DTS(in) = 39 * GST_MSECOND;
    GST_BUFFER_DURATION(in) = 41 * GST_MSECOND;
    GST_BUFFER_OFFSET(in) = 7;
    GstVideoCropMeta* crop = gst_buffer_add_video_crop_meta(in);
    crop->x = 3;
    gst_buffer_add_video_region_of_interest_meta(in, "face", 1, 2, 3, 4);
    GstCaps* reference = gst_caps_new_empty_simple("timestamp/x-test");
    gst_buffer_add_reference_timestamp_meta(in, reference, 5, 6);

    GstBuffer* other_owner = shared ? gst_buffer_ref(in) : nullptr;
    GstBuffer* out = harness.filter(in);
    ASSERT_NE(out, nullptr);
    EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(out, GST_BUFFER_FLAG_CORRUPTED));
    EXPECT_EQ(GST_BUFFER_PTS(out), 40 * GST_MSECOND);
    EXPECT_EQ(GST_BUFFER_DTS(out), 39 * GST_MSECOND);
    EXPECT_EQ(GST_BUFFER_DURATION(out), 41 * GST_MSECOND);
    EXPECT_EQ(GST_BUFFER_OFFSET(out), 7u);
    ASSERT_NE(gst_buffer_get_video_crop_meta(out), nullptr);
    EXPECT_EQ(gst_buffer_get_video_crop_meta(out)->x, 3u);
    EXPECT_NE(gst_buffer_get_video_region_of_interest_meta_id(out, 0), nullptr);
    EXPECT_NE(gst_buffer_get_reference_timestamp_meta(out, reference), nullptr);
    EXPECT_NE(bytes_of(out), picture.bytes) << "was not restored";
    gst_buffer_unref(out);
    gst_clear_buffer(&other_owner);
    gst_caps_unref(reference);
}

INSTANTIATE_TEST_SUITE_P(Buffers, Metadata, testing::Bool(),
                         [](const auto& info) { return info.param ? "Shared" : "Writable"; });

// Frames of one stream: the first tells its quality, the flat ones do not.
class Memory : public testing::Test {
  protected:
    Memory() {
        harness.set_caps(telling);
        harness.filter(telling);
        EXPECT_EQ(harness.statistic_text("table-source"), "estimated");
        EXPECT_EQ(harness.statistic("quality"), 20u);
        harness.filter(flat);
        EXPECT_EQ(harness.statistic_text("table-source"), "remembered");
    }
    std::string source_of_flat() {
        harness.filter(flat);
        return harness.statistic_text("table-source");
    }

    const Picture telling = picture_of(GST_VIDEO_FORMAT_I420, compressed_luma(256, 192, 20));
    const Picture flat =
        picture_of(GST_VIDEO_FORMAT_I420, {256, 192, std::vector<std::uint8_t>(256 * 192, 90)});
    FilterHarness harness{"quality=0"};
};

TEST_F(Memory, LastsThroughTheStream) {
    EXPECT_EQ(source_of_flat(), "remembered");
}

TEST_F(Memory, EndsWithAFlush) {
    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
    EXPECT_EQ(source_of_flat(), "none");
    EXPECT_EQ(harness.statistic("frames"), 3u);
    EXPECT_EQ(harness.statistic("passed"), 1u);
}

TEST_F(Memory, EndsWithTheStream) {
    gst_harness_push_event(harness.get(), gst_event_new_stream_start("another"));
    EXPECT_EQ(source_of_flat(), "none");
}

TEST_F(Memory, EndsWithNewCaps) {
    harness.set_caps(flat, "pixel-aspect-ratio=2/1");
    EXPECT_EQ(source_of_flat(), "none");
}

TEST(UnknownTable, PassesTheFrame) {
    FilterHarness harness("quality=0");
    const Picture flat = picture_of(GST_VIDEO_FORMAT_RGB, {64, 48, std::vector<std::uint8_t>(64 * 48, 90)});
    harness.set_caps(flat);
    EXPECT_EQ(harness.filter(flat), flat.bytes);
    EXPECT_EQ(harness.statistic("passed"), 1u);
}

}  // namespace
}  // namespace jpegdeblock_test
