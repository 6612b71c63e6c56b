// SPDX-License-Identifier: LGPL-2.1-or-later
// Past which elements a frame's table goes.
#include "table_meta.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <string>

#include "pictures.h"

namespace jpegdeblock_test {
namespace {

const jpegdeblock_plugin::TableMeta kMeta = {.tables = {jpegdeblock::ijg_luma_table(20)}};

// What is left of the table behind a pipeline, between caps of I420 video of 64x48 and `after`.
std::optional<jpegdeblock_plugin::TableMeta> meta_behind(const std::string& pipeline, const char* after) {
    gst_object_unref(gst_element_factory_make("jpegdeblock", nullptr));  // Its plugin registers the meta.
    GstHarness* harness = gst_harness_new_parse(pipeline.c_str());
    gst_harness_set_caps_str(harness, "video/x-raw, format=I420, width=64, height=48, framerate=25/1", after);
    GstBuffer* buffer = make_buffer(random_picture(GST_VIDEO_FORMAT_I420, 64, 48));
    jpegdeblock_plugin::add_table_meta(buffer, kMeta);
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

TEST(TableBehindElements, StaysWhereThePictureDoes) {
    for (const char* pipeline : {"identity", "queue", "videoconvert", "videoscale"}) {
        EXPECT_EQ(meta_behind(pipeline, "video/x-raw"), kMeta) << pipeline;
    }
}

}  // namespace
}  // namespace jpegdeblock_test
