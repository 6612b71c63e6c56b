// SPDX-License-Identifier: LGPL-2.1-or-later
// Where there is nothing to do, the very buffer that came in goes out.
#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gstinterpolationcontrolsource.h>
#include <gtest/gtest.h>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

void expect_same_buffer(FilterHarness& harness, const Picture& picture) {
    GstBuffer* in = gst_buffer_ref(make_buffer(picture));
    GstBuffer* out = harness.filter(in);
    EXPECT_EQ(out, in);
    EXPECT_EQ(bytes_of(in), picture.bytes);
    EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(in), 2);
    gst_buffer_unref(out);
    gst_buffer_unref(in);
}

TEST(Passthrough, StrengthOfZero) {
    FilterHarness harness("quality=20 strength=0");
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    harness.set_caps(picture);
    expect_same_buffer(harness, picture);
    EXPECT_EQ(harness.statistic("frames"), 1u);
    EXPECT_EQ(harness.statistic("passed"), 1u);
    EXPECT_EQ(harness.statistic_text("table-source"), "none");
}

TEST(Passthrough, CompareOfOne) {
    FilterHarness harness("quality=20 compare=1");
    const Picture picture = random_picture(GST_VIDEO_FORMAT_NV12, 64, 48);
    harness.set_caps(picture);
    expect_same_buffer(harness, picture);
}

TEST(Passthrough, StrengthChangesWhilePlaying) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    const auto restored = with_luma(picture, deblocked(luma_of(picture))).bytes;
    harness.set_caps(picture);
    EXPECT_EQ(harness.filter(picture), restored);
    g_object_set(harness.element(), "strength", 0.0, nullptr);
    expect_same_buffer(harness, picture);
    g_object_set(harness.element(), "strength", 1.0, nullptr);
    EXPECT_EQ(harness.filter(picture), restored);
    EXPECT_EQ(harness.statistic("frames"), 3u);
    EXPECT_EQ(harness.statistic("passed"), 1u);
}

TEST(InPlace, AWritableBufferIsNotCopied) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    harness.set_caps(picture);
    GstBuffer* in = make_buffer(picture);
    GstMemory* memory = gst_buffer_peek_memory(in, 0);
    GstBuffer* out = harness.filter(in);
    EXPECT_EQ(out, in);
    EXPECT_EQ(gst_buffer_peek_memory(out, 0), memory);
    gst_buffer_unref(out);
}

TEST(ControlledStrength, FollowsTheStreamTime) {
    FilterHarness harness;
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    harness.set_caps(picture);
    GstControlSource* source = gst_interpolation_control_source_new();
    g_object_set(source, "mode", GST_INTERPOLATION_MODE_LINEAR, nullptr);
    // The binding maps 0..1 to the property's range, 0..2.
    gst_timed_value_control_source_set(GST_TIMED_VALUE_CONTROL_SOURCE(source), 0, 0.0);
    gst_timed_value_control_source_set(GST_TIMED_VALUE_CONTROL_SOURCE(source), GST_SECOND, 0.5);
    gst_object_add_control_binding(
        GST_OBJECT(harness.element()),
        gst_direct_control_binding_new(GST_OBJECT(harness.element()), "strength", source));

    const jpegdeblock::LumaImage luma = luma_of(picture);
    for (const float strength : {0.0f, 0.5f, 1.0f}) {
        GstBuffer* in = make_buffer(picture);
        GST_BUFFER_PTS(in) = static_cast<GstClockTime>(strength * GST_SECOND);
        GstBuffer* out = harness.filter(in);
        ASSERT_NE(out, nullptr);
        EXPECT_EQ(bytes_of(out),
                  with_luma(picture, deblocked(luma, {.strength = strength, .quality = 20})).bytes)
            << "strength " << strength;
        gst_buffer_unref(out);
    }
    gst_object_unref(source);
}

}  // namespace
}  // namespace jpegdeblock_test
