// SPDX-License-Identifier: LGPL-2.1-or-later
// Past which elements a frame's table goes.
#include "table_meta.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <string>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

const jpegdeblock_plugin::TableMeta kMeta = {
    .luma = {jpegdeblock::ijg_luma_table(20)},
    .chroma = {{jpegdeblock::ijg_chroma_table(20), jpegdeblock::ijg_chroma_table(20)}},
    .luma_restored = true,
    .chroma_restored = true};

// What is left of the table behind a pipeline, between caps of I420 video of 64x48 and `after`.
std::optional<jpegdeblock_plugin::TableMeta> meta_behind(const std::string& pipeline, const char* after) {
    gst_object_unref(gst_element_factory_make("jpegdeblock", nullptr));  // Its plugin registers the meta.
    GstHarness* harness = gst_harness_new_parse(pipeline.c_str());
    gst_harness_set_caps_str(harness, "video/x-raw, format=I420, width=64, height=48, framerate=25/1", after);
    GstBuffer* buffer = make_buffer(random_picture(GST_VIDEO_FORMAT_I420, 64, 48));
    jpegdeblock_plugin::set_table_meta(buffer, kMeta);
    GstBuffer* out = gst_harness_push_and_pull(harness, buffer);
    const auto meta = jpegdeblock_plugin::table_meta_of(out);
    gst_buffer_unref(out);
    gst_harness_teardown(harness);
    return meta;
}

TEST(TableBehindElements, IsDroppedWhereThePictureIsAnother) {
    for (const auto& [pipeline, after] :
         {std::pair{"videoflip video-direction=horiz", "video/x-raw"},
          std::pair{"videoflip video-direction=vert", "video/x-raw"},
          std::pair{"videoflip video-direction=90r", "video/x-raw"},
          std::pair{"videocrop left=4", "video/x-raw"}, std::pair{"videobox top=-2", "video/x-raw"},
          std::pair{"videoscale", "video/x-raw, width=32, height=24"},
          std::pair{"videoconvert", "video/x-raw, format=RGB"}}) {
        EXPECT_FALSE(meta_behind(pipeline, after)) << pipeline;
    }
}

// Elements that work in place keep all metas: what a filter behind them makes of one.
std::optional<jpegdeblock_plugin::TableMeta> meta_valid_behind(const std::string& pipeline,
                                                               const char* after) {
    gst_object_unref(gst_element_factory_make("jpegdeblock", nullptr));
    GstHarness* harness = gst_harness_new_parse(pipeline.c_str());
    gst_harness_set_caps_str(harness, "video/x-raw, format=I420, width=64, height=48, framerate=25/1", after);
    const Picture picture = picture_of(GST_VIDEO_FORMAT_I420, random_luma(64, 48));
    GstBuffer* buffer = make_buffer(picture);
    GstVideoInfo info = picture.info;
    GstVideoFrame frame;
    EXPECT_TRUE(gst_video_frame_map(
        &frame, &info, buffer,
        static_cast<GstMapFlags>(GST_MAP_READ | static_cast<int>(GST_VIDEO_FRAME_MAP_FLAG_NO_REF))));
    jpegdeblock_plugin::set_table_meta(buffer, kMeta, jpegdeblock_plugin::checksums_of(frame));
    gst_video_frame_unmap(&frame);
    GstBuffer* out = gst_harness_push_and_pull(harness, buffer);
    GstCaps* caps = gst_pad_get_current_caps(harness->sinkpad);
    EXPECT_TRUE(gst_video_info_from_caps(&info, caps));
    gst_caps_unref(caps);
    EXPECT_TRUE(gst_video_frame_map(&frame, &info, out, GST_MAP_READ));
    const auto meta = jpegdeblock_plugin::table_meta_of(frame);
    gst_video_frame_unmap(&frame);
    gst_buffer_unref(out);
    gst_harness_teardown(harness);
    return meta;
}

TEST(TableBehindElements, DoesNotHoldWhereSamplesAreOthers) {
    for (const std::string pipeline :
         {"videobalance brightness=0.1", "videobalance contrast=1.2", "gamma gamma=1.3", "videocrop left=8",
          "videocrop top=3", "videomedian", "timeoverlay", "textoverlay text=hello", "smooth",
          "videoflip video-direction=180", "videobox left=-8"}) {
        GstElementFactory* factory = gst_element_factory_find(pipeline.substr(0, pipeline.find(' ')).c_str());
        if (factory == nullptr) {
            continue;  // Of a set of plugins that is not installed.
        }
        gst_object_unref(factory);
        EXPECT_FALSE(meta_valid_behind(pipeline, "video/x-raw")) << pipeline;
    }
}

TEST(TableBehindElements, SaysNothingMoreOfChromaWhereThatIsAnother) {
    const auto meta = meta_valid_behind("videobalance saturation=0.2", "video/x-raw");
    ASSERT_TRUE(meta);
    EXPECT_EQ(meta->luma, kMeta.luma);
    EXPECT_TRUE(meta->luma_restored);
    EXPECT_TRUE(meta->chroma.empty());
    EXPECT_FALSE(meta->chroma_restored);
}

TEST(TableBehindElements, HoldsWhereThePictureDoes) {
    for (const char* pipeline : {"identity", "queue", "videoconvert", "videobalance"}) {
        EXPECT_EQ(meta_valid_behind(pipeline, "video/x-raw"), kMeta) << pipeline;
    }
}

// What a filter leaves for the next one.

class SecondFilter : public testing::Test {
  protected:
    SecondFilter() {
        first.set_caps(picture);
        second.set_caps(picture);
    }

    GstBuffer* through_both(GstBuffer* buffer) { return second.filter(first.filter(buffer)); }

    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    const std::vector<std::uint8_t> restored = with_luma(picture, deblocked(luma_of(picture))).bytes;
    FilterHarness first, second;
};

TEST_F(SecondFilter, PassesWhatTheFirstRestoredByItsOwnEstimate) {
    for (int i = 0; i < 2; ++i) {
        GstBuffer* out = through_both(make_buffer(picture));
        EXPECT_EQ(bytes_of(out), restored);
        const auto meta = jpegdeblock_plugin::table_meta_of(out);
        ASSERT_TRUE(meta);
        EXPECT_TRUE(meta->luma_restored);
        EXPECT_FALSE(meta->chroma_restored);
        EXPECT_EQ(meta->luma, std::vector{jpegdeblock::ijg_luma_table(20)});
        gst_buffer_unref(out);
    }
    EXPECT_EQ(second.statistic("passed"), 2u);
    EXPECT_EQ(second.statistic("tiles-computed") + second.statistic("tiles-reused"), 0u);
}

TEST_F(SecondFilter, PassesWhatTheFirstRestoredByAMeta) {
    GstBuffer* buffer = make_buffer(picture);
    jpegdeblock_plugin::set_table_meta(buffer, {.luma = {jpegdeblock::ijg_luma_table(20)}});
    GstBuffer* out = through_both(buffer);
    EXPECT_EQ(bytes_of(out), restored);
    EXPECT_EQ(second.statistic("passed"), 1u);
    gst_buffer_unref(out);
}

TEST_F(SecondFilter, RestoresWhatTheFirstPassed) {
    g_object_set(first.element(), "strength", 0.0, nullptr);
    GstBuffer* out = through_both(make_buffer(picture));
    EXPECT_EQ(bytes_of(out), restored);
    EXPECT_EQ(first.statistic("passed"), 1u);
    EXPECT_EQ(second.statistic("passed"), 0u);
    gst_buffer_unref(out);
}

TEST(TableBehindElements, StaysWhereThePictureDoes) {
    for (const char* pipeline : {"identity", "queue", "videoconvert", "videoscale"}) {
        EXPECT_EQ(meta_behind(pipeline, "video/x-raw"), kMeta) << pipeline;
    }
}

}  // namespace
}  // namespace jpegdeblock_test
