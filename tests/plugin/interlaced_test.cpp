// SPDX-License-Identifier: LGPL-2.1-or-later
// Of interleaved fields each was a JPEG of its own, with its own 8x8 grid.
#include <gtest/gtest.h>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::LumaImage;

LumaImage field_of(const LumaImage& luma, int field) {
    LumaImage result{luma.width, 0, {}};
    for (int y = field; y < luma.height; y += 2, ++result.height) {
        const auto row = luma.samples.begin() + static_cast<std::ptrdiff_t>(y) * luma.width;
        result.samples.insert(result.samples.end(), row, row + luma.width);
    }
    return result;
}

LumaImage deblocked_by_field(const LumaImage& luma) {
    LumaImage result = luma;
    for (int field = 0; field < 2; ++field) {
        const LumaImage part = field_of(luma, field);
        if (part.height == 0) {
            continue;
        }
        const LumaImage restored = deblocked(part);
        for (int y = 0; y < part.height; ++y) {
            std::copy_n(restored.samples.begin() + static_cast<std::ptrdiff_t>(y) * luma.width, luma.width,
                        result.samples.begin() + static_cast<std::ptrdiff_t>(2 * y + field) * luma.width);
        }
    }
    return result;
}

class Interlaced : public testing::TestWithParam<std::tuple<GstVideoFormat, int>> {
  protected:
    const Picture picture = random_picture(std::get<0>(GetParam()), 64, std::get<1>(GetParam()), 0,
                                           GST_VIDEO_INTERLACE_MODE_INTERLEAVED);
    const std::vector<std::uint8_t> by_field = with_luma(picture, deblocked_by_field(luma_of(picture))).bytes;
    const std::vector<std::uint8_t> whole = with_luma(picture, deblocked(luma_of(picture))).bytes;
};

TEST_P(Interlaced, InterleavedFieldsAreRestoredApart) {
    FilterHarness harness;
    harness.set_caps(picture, "interlace-mode=interleaved");
    EXPECT_EQ(harness.filter(picture), by_field);
    EXPECT_EQ(harness.statistic("frames"), 1u);
    EXPECT_EQ(harness.filter(picture), by_field);
}

TEST_P(Interlaced, MixedFollowsTheBuffersFlag) {
    FilterHarness harness;
    harness.set_caps(picture, "interlace-mode=mixed");
    GstBuffer* in = make_buffer(picture);
    GST_BUFFER_FLAG_SET(in, GST_VIDEO_BUFFER_FLAG_INTERLACED);
    GstBuffer* out = harness.filter(in);
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(bytes_of(out), by_field);
    EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(out, GST_VIDEO_BUFFER_FLAG_INTERLACED));
    gst_buffer_unref(out);
    EXPECT_EQ(harness.filter(picture), whole);
}

GstCaps* caps_of_mode(const std::string& mode) {
    return gst_caps_from_string(("video/x-raw, format=I420, width=64, height=48, framerate=25/1" +
                                 (mode.empty() ? "" : ", interlace-mode=" + mode))
                                    .c_str());
}

TEST(InterlaceModes, WithFieldsApartAreNotOffered) {
    const FilterHarness harness;
    for (const char* name : {"sink", "src"}) {
        GstPad* pad = gst_element_get_static_pad(harness.element(), name);
        for (const char* mode : {"fields", "alternate"}) {
            GstCaps* caps = caps_of_mode(mode);
            EXPECT_FALSE(gst_pad_query_accept_caps(pad, caps)) << mode;
            GstCaps* offered = gst_pad_query_caps(pad, caps);
            EXPECT_TRUE(gst_caps_is_empty(offered)) << mode;
            gst_caps_unref(offered);
            gst_caps_unref(caps);
        }
        for (const char* mode : {"", "progressive", "interleaved", "mixed"}) {
            GstCaps* caps = caps_of_mode(mode);
            EXPECT_TRUE(gst_pad_query_accept_caps(pad, caps)) << mode;
            gst_caps_unref(caps);
        }
        gst_object_unref(pad);
    }
}

TEST(InterlaceModes, WithFieldsApartAreRefusedWithoutAnError) {
    FilterHarness harness;
    GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
    GstCaps* caps = caps_of_mode("fields");
    EXPECT_FALSE(gst_pad_send_event(pad, gst_event_new_caps(caps)));
    gst_caps_unref(caps);
    gst_object_unref(pad);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_ERROR).domain, 0u);
}

TEST(InterlaceModes, NotNamedIsProgressive) {
    FilterHarness harness;
    harness.set_caps(random_picture(GST_VIDEO_FORMAT_I420, 64, 48));
    GstCaps* caps = gst_pad_get_current_caps(harness.get()->sinkpad);
    ASSERT_NE(caps, nullptr);
    EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(caps, 0), "interlace-mode"), "progressive");
    gst_caps_unref(caps);
}

INSTANTIATE_TEST_SUITE_P(All, Interlaced,
                         testing::Combine(testing::Values(GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12,
                                                          GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_RGB),
                                          testing::Values(1, 2, 33, 48)));

}  // namespace
}  // namespace jpegdeblock_test
