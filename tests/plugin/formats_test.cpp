// SPDX-License-Identifier: LGPL-2.1-or-later
// Every format and size: luma becomes what the library makes of it, and no other byte changes.
#include <gtest/gtest.h>

#include <tuple>

#include "filter_harness.h"
#include "pictures.h"

namespace jpegdeblock_test {
namespace {

using Size = std::pair<int, int>;

class Formats : public testing::TestWithParam<std::tuple<PixelLayout, Size>> {
  protected:
    GstVideoFormat format() const { return std::get<0>(GetParam()).format; }
    Size size() const { return std::get<1>(GetParam()); }
    void expect_restored(const Picture& picture) {
        FilterHarness harness;
        harness.set_caps(picture);
        const Picture expected = with_luma(picture, deblocked(luma_of(picture)));
        EXPECT_EQ(harness.filter(picture), expected.bytes);
        if (size().first >= 8) {
            EXPECT_NE(picture.bytes, expected.bytes) << "the test model does nothing";
        }
    }
};

// What does not depend on the size beyond its being odd.
class FormatsInSmall : public Formats {};

TEST_P(Formats, RestoresLumaAlone) {
    expect_restored(random_picture(format(), size().first, size().second));
}

TEST_P(FormatsInSmall, LeavesPaddingAlone) {
    expect_restored(random_picture(format(), size().first, size().second, 12));
}

TEST_P(FormatsInSmall, CopiesASharedBuffer) {
    const Picture picture = random_picture(format(), size().first, size().second);
    FilterHarness harness;
    harness.set_caps(picture);
    GstBuffer* shared = make_buffer(picture);
    GstBuffer* out = harness.filter(gst_buffer_ref(shared));
    ASSERT_NE(out, nullptr);
    EXPECT_NE(out, shared);
    EXPECT_EQ(bytes_of(shared), picture.bytes);
    EXPECT_EQ(bytes_of(out), with_luma(picture, deblocked(luma_of(picture))).bytes);
    EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(out), 1);
    gst_buffer_unref(out);
    EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(shared), 1);
    gst_buffer_unref(shared);
}

TEST_P(FormatsInSmall, ComparesHalfAndHalf) {
    const Picture picture = random_picture(format(), size().first, size().second);
    FilterHarness harness("quality=20 compare=0.5");
    harness.set_caps(picture);
    const int first_column = (size().first + 1) / 2;
    EXPECT_EQ(harness.filter(picture), with_luma(picture, deblocked(luma_of(picture)), first_column).bytes);
}

std::string name_of(const testing::TestParamInfo<std::tuple<PixelLayout, Size>>& info) {
    const auto& [layout, size] = info.param;
    return std::string(gst_video_format_to_string(layout.format)) + "_" + std::to_string(size.first) + "x" +
           std::to_string(size.second);
}

INSTANTIATE_TEST_SUITE_P(All, Formats,
                         testing::Combine(testing::ValuesIn(pixel_layouts()),
                                          testing::Values(Size{384, 288}, Size{385, 289}, Size{8, 8},
                                                          Size{7, 5}, Size{1, 1})),
                         name_of);

INSTANTIATE_TEST_SUITE_P(All, FormatsInSmall,
                         testing::Combine(testing::ValuesIn(pixel_layouts()),
                                          testing::Values(Size{41, 27}, Size{7, 5})),
                         name_of);

TEST(GreyPicturesInRgb, AreRestoredAsGrey) {
    const jpegdeblock::LumaImage luma = random_luma(64, 48);
    const jpegdeblock::LumaImage restored = deblocked(luma);
    Picture picture = random_picture(GST_VIDEO_FORMAT_RGB, 64, 48);
    for (std::size_t i = 0; i < luma.samples.size(); ++i) {
        std::fill_n(picture.bytes.begin() + i * 3, 3, luma.samples[i]);
    }
    FilterHarness harness;
    harness.set_caps(picture);
    const std::vector<std::uint8_t> out = harness.filter(picture);
    ASSERT_EQ(out.size(), picture.bytes.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        ASSERT_EQ(out[i], restored.samples[i / 3]) << "byte " << i;
    }
}

TEST(UnknownFormats, AreRefused) {
    FilterHarness harness;
    gst_harness_set_src_caps_str(harness.get(), "video/x-raw, format=I420_10LE, width=16, height=16");
    EXPECT_EQ(gst_harness_push(harness.get(), gst_harness_create_buffer(harness.get(), 768)),
              GST_FLOW_NOT_NEGOTIATED);
}

TEST(MemoryOfDevices, IsRefused) {
    FilterHarness harness;
    gst_harness_set_src_caps_str(harness.get(),
                                 "video/x-raw(memory:GLMemory), format=RGBA, width=16, height=16");
    EXPECT_EQ(gst_harness_push(harness.get(), gst_harness_create_buffer(harness.get(), 1024)),
              GST_FLOW_NOT_NEGOTIATED);
}

TEST(ShortBuffers, PassWithAWarning) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_I420, 64, 48);
    FilterHarness harness;
    harness.set_caps(picture);
    GstBuffer* out = harness.filter(gst_buffer_new_memdup(picture.bytes.data(), 100));
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(bytes_of(out), std::vector<std::uint8_t>(picture.bytes.begin(), picture.bytes.begin() + 100));
    gst_buffer_unref(out);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).domain, GST_CORE_ERROR);
}

}  // namespace
}  // namespace jpegdeblock_test
