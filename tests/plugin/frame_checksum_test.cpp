// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_checksum.h"

#include <gtest/gtest.h>

#include "pictures.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock_plugin::FrameChecksums;

FrameChecksums checksums(const Picture& picture) {
    GstBuffer* buffer = make_buffer(picture);
    GstVideoInfo info = picture.info;
    GstVideoFrame frame;
    EXPECT_TRUE(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
    const FrameChecksums result = jpegdeblock_plugin::checksums_of(frame);
    gst_video_frame_unmap(&frame);
    gst_buffer_unref(buffer);
    return result;
}

// Sizes with and without a rest after the last whole words.
class Checksums : public testing::TestWithParam<int> {};

TEST_P(Checksums, AnyByteOfLumaCounts) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_GRAY8, GetParam(), 5);
    const FrameChecksums before = checksums(picture);
    EXPECT_EQ(checksums(picture), before);
    for (int y = 0; y < 5; ++y) {
        for (int x = 0; x < GetParam(); ++x) {
            Picture other = picture;
            other.bytes[static_cast<std::size_t>(y * GST_VIDEO_INFO_PLANE_STRIDE(&picture.info, 0) + x)] ^=
                0x80;
            EXPECT_NE(checksums(other).first, before.first) << x << "," << y;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Widths, Checksums, testing::Values(1, 8, 31, 32, 33, 100));

TEST(Checksums, ChromaCountsApart) {
    for (const GstVideoFormat format :
         {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_Y444}) {
        const Picture picture = random_picture(format, 64, 48);
        Picture other = picture;
        other.bytes[GST_VIDEO_INFO_PLANE_OFFSET(&picture.info, 1) + 3] ^= 1;
        EXPECT_EQ(checksums(other).first, checksums(picture).first);
        EXPECT_NE(checksums(other).other, checksums(picture).other);
    }
}

TEST(Checksums, PaddingDoesNotCount) {
    const jpegdeblock::LumaImage luma = random_luma(50, 20);
    EXPECT_EQ(checksums(picture_of(GST_VIDEO_FORMAT_GRAY8, luma)),
              checksums(picture_of(GST_VIDEO_FORMAT_GRAY8, luma, 24)));
}

TEST(Checksums, AllOfAPackedPixelCounts) {
    for (const GstVideoFormat format :
         {GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_xRGB, GST_VIDEO_FORMAT_BGRA}) {
        const Picture picture = random_picture(format, 16, 4);
        for (std::size_t byte = 0; byte < 4; ++byte) {
            Picture other = picture;
            other.bytes[byte] ^= 1;
            EXPECT_NE(checksums(other), checksums(picture)) << gst_video_format_to_string(format) << byte;
        }
    }
}

}  // namespace
}  // namespace jpegdeblock_test
