// SPDX-License-Identifier: LGPL-2.1-or-later
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "libjpeg_reference.h"
#include "synthetic_picture.h"

namespace jpegdeblock::test {
namespace {

template <typename Argument>
void expect_invalid(ConstPlane luma, const Argument& argument, const std::string& found) {
    try {
        encode_grey_jpeg(luma, argument);
        FAIL() << "accepted; expected: " << found;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
        EXPECT_THAT(error.what(), testing::HasSubstr(found));
    }
}

TEST(EncodeGreyJpeg, QualityOutOfRange) {
    const LumaImage picture = synthetic_picture(8, 8);
    expect_invalid(picture.view(), 0, "quality 0");
    expect_invalid(picture.view(), 101, "quality 101");
}

TEST(EncodeGreyJpeg, SizeOutOfRange) {
    const LumaImage picture = synthetic_picture(8, 8);
    expect_invalid({picture.samples.data(), 0, 8, 8}, 50, "0x8");
    expect_invalid({picture.samples.data(), 8, 0, 8}, 50, "8x0");
    expect_invalid({picture.samples.data(), 8, -1, 8}, 50, "8x-1");
    expect_invalid({picture.samples.data(), 65501, 1, 65501}, 50, "65501x1");
    expect_invalid({picture.samples.data(), 1, 65501, 1}, 50, "1x65501");
}

TEST(EncodeGreyJpeg, StepOutOfRange) {
    const LumaImage picture = synthetic_picture(8, 8);
    QuantizationTable table;
    table.step[9] = 0;
    expect_invalid(picture.view(), table, "step 0 of coefficient 9");
    table.step[9] = 256;
    expect_invalid(picture.view(), table, "step 256 of coefficient 9");
}

TEST(EncodeGreyJpeg, BytesAreThoseOfLibjpeg) {
    for (const int quality : {1, 10, 50, 90, 100}) {
        const LumaImage picture = synthetic_picture(61, 47);
        const JpegRecipe recipe{.width = 61,
                                .height = 47,
                                .input = JCS_GRAYSCALE,
                                .stored = JCS_GRAYSCALE,
                                .quality = quality,
                                .optimized = true};
        EXPECT_EQ(encode_grey_jpeg(picture.view(), quality), libjpeg_compress(recipe, picture.samples))
            << "quality " << quality;
    }
}

TEST(EncodeGreyJpeg, TableIsWrittenAsGiven) {
    QuantizationTable table;
    for (std::size_t i = 0; i < 64; ++i) table.step[i] = static_cast<std::uint16_t>(255 - i);
    const LumaImage picture = synthetic_picture(16, 16);
    const JpegHeader header = read_jpeg_header(encode_grey_jpeg(picture.view(), table));
    EXPECT_EQ(header.luma_table, table);
    EXPECT_EQ(header.components, 1);
    EXPECT_FALSE(header.progressive);
}

TEST(EncodeGreyJpeg, QualityAndItsTableWriteTheSame) {
    const LumaImage picture = synthetic_picture(24, 16);
    EXPECT_EQ(encode_grey_jpeg(picture.view(), 35), encode_grey_jpeg(picture.view(), ijg_luma_table(35)));
}

TEST(EncodeGreyJpeg, BytesBetweenTheRowsAreNotPartOfThePicture) {
    const LumaImage picture = synthetic_picture(21, 13);
    std::vector<std::uint8_t> padded(40 * 13, 255);
    for (int y = 0; y < 13; ++y) std::copy_n(picture.view().row(y), 21, padded.begin() + 40 * y);
    EXPECT_EQ(encode_grey_jpeg({padded.data(), 21, 13, 40}, 70), encode_grey_jpeg(picture.view(), 70));
}

TEST(EncodeGreyJpeg, StepsOfOneKeepTheSamplesWithinOneLevel) {
    const LumaImage picture = synthetic_picture(75, 50);
    const LumaImage decoded = decode_jpeg_luma(encode_grey_jpeg(picture.view(), 100));
    ASSERT_EQ(decoded.samples.size(), picture.samples.size());
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        EXPECT_NEAR(decoded.samples[i], picture.samples[i], 2) << "sample " << i;
}

TEST(EncodeGreyJpeg, LargeFile) {
    std::mt19937 generator(1);
    LumaImage noise{512, 512, std::vector<std::uint8_t>(512 * 512)};
    for (std::uint8_t& sample : noise.samples) sample = static_cast<std::uint8_t>(generator());
    const JpegRecipe recipe{.width = 512,
                            .height = 512,
                            .input = JCS_GRAYSCALE,
                            .stored = JCS_GRAYSCALE,
                            .quality = 100,
                            .optimized = true};
    const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(noise.view(), 100);
    EXPECT_GT(jpeg.size(), 200000u);
    EXPECT_EQ(jpeg, libjpeg_compress(recipe, noise.samples));
}

TEST(EncodeGreyJpeg, ThinnestAndLongest) {
    const std::vector<std::uint8_t> line(65500, 77);
    const LumaImage decoded = decode_jpeg_luma(encode_grey_jpeg({line.data(), 65500, 1, 65500}, 100));
    EXPECT_EQ(decoded.width, 65500);
    EXPECT_EQ(decoded.samples, line);
}

}  // namespace
}  // namespace jpegdeblock::test
