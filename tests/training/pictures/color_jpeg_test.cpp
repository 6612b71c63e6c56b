// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/color_jpeg.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <algorithm>

#include "../../support/drawn_pictures.h"
#include "jpeg/luma_codec.h"

namespace jpegdeblock::training {
namespace {

RgbPicture uniform_picture(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    RgbPicture picture{width, height, {}};
    for (int i = 0; i < width * height; ++i) picture.samples.insert(picture.samples.end(), {r, g, b});
    return picture;
}

RgbPicture grey_picture(const LumaImage& luma) {
    RgbPicture picture{luma.width, luma.height, {}};
    for (const std::uint8_t level : luma.samples)
        picture.samples.insert(picture.samples.end(), {level, level, level});
    return picture;
}

TEST(ColorJpegTest, RefusesBadQualitiesAndSizes) {
    const RgbPicture picture = uniform_picture(8, 8, 1, 2, 3);
    EXPECT_THROW(encode_color_jpeg(picture, -1), Error);
    EXPECT_THROW(encode_color_jpeg(picture, 101), Error);
    EXPECT_THROW(encode_color_jpeg(uniform_picture(0, 0, 0, 0, 0), 50), Error);
    EXPECT_THROW(encode_color_jpeg(uniform_picture(65501, 1, 0, 0, 0), 50), Error);
}

TEST(ColorJpegTest, RefusesWhatIsNoJpeg) {
    EXPECT_THROW(decode_color_jpeg({}), Error);
    EXPECT_THROW(decode_color_jpeg(std::vector<std::uint8_t>(100, 7)), Error);
}

TEST(ColorJpegTest, WritesThreeComponentsWithChromaHalved) {
    const auto bytes = encode_color_jpeg(uniform_picture(33, 17, 200, 30, 90), 60);
    const JpegHeader header = read_jpeg_header(bytes);
    EXPECT_EQ(header.width, 33);
    EXPECT_EQ(header.height, 17);
    EXPECT_EQ(header.components, 3);
    EXPECT_EQ(header.luma_table, ijg_luma_table(60));
    // ITU-T T.81, B.2.2: the frame header's component 1 has sampling factors 2x2.
    const std::vector<std::uint8_t> start = {0xff, 0xc0, 0, 17, 8, 0, 17, 0, 33, 3, 1, 0x22};
    EXPECT_NE(std::search(bytes.begin(), bytes.end(), start.begin(), start.end()), bytes.end());
}

TEST(ColorJpegTest, QualityZeroIsQualityOne) {
    const RgbPicture picture = grey_picture(draw_picture(40, 24, 1));
    EXPECT_EQ(encode_color_jpeg(picture, 0), encode_color_jpeg(picture, 1));
    EXPECT_NE(encode_color_jpeg(picture, 1), encode_color_jpeg(picture, 2));
}

TEST(ColorJpegTest, GreyPixelsGiveTheLumaOfAGreyJpeg) {
    const LumaImage luma = draw_picture(45, 38, 2);
    const RgbPicture decoded = decode_color_jpeg(encode_color_jpeg(grey_picture(luma), 30));
    const LumaImage expected = decode_jpeg_luma(encode_grey_jpeg(luma.view(), 30));
    EXPECT_EQ(decoded.samples, grey_picture(expected).samples);
}

TEST(ColorJpegTest, AUniformColourSurvivesQuality100) {
    const RgbPicture picture = uniform_picture(24, 16, 200, 100, 50);
    const RgbPicture decoded = decode_color_jpeg(encode_color_jpeg(picture, 100));
    ASSERT_EQ(decoded.samples.size(), picture.samples.size());
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        ASSERT_NEAR(decoded.samples[i], picture.samples[i], 2) << i;
}

}  // namespace
}  // namespace jpegdeblock::training
