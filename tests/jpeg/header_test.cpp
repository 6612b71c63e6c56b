// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "libjpeg_reference.h"

namespace jpegdeblock::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kBaselineFrame = 0xc0, kQuantizationTable = 0xdb;

void expect_invalid(const Bytes& jpeg, const std::string& reason) {
    try {
        read_jpeg_header(jpeg, "broken.jpg");
        FAIL() << "accepted; expected: " << reason;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
        EXPECT_THAT(error.what(), testing::HasSubstr("broken.jpg"));
        EXPECT_THAT(error.what(), testing::HasSubstr(reason));
    }
}

TEST(JpegHeader, NothingIsNoJpeg) {
    expect_invalid({}, "empty");
}

TEST(JpegHeader, OtherFormatsAreNamedByTheirFirstBytes) {
    expect_invalid({0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, "0x89 0x50");
    expect_invalid(Bytes(1000, 0), "0x00 0x00");
}

TEST(JpegHeader, FileThatEndsBeforeTheFirstScan) {
    const Bytes jpeg = compress({});
    const std::size_t frame_header = find_segment(jpeg, kBaselineFrame);
    for (std::size_t size = 1; size < frame_header + 10; ++size)
        EXPECT_THROW(read_jpeg_header(std::span(jpeg).first(size)), Error) << size << " bytes";
}

TEST(JpegHeader, SizeOfZero) {
    Bytes jpeg = compress({});
    const std::size_t frame_header = find_segment(jpeg, kBaselineFrame);
    jpeg[frame_header + 7] = jpeg[frame_header + 8] = 0;  // Width.
    expect_invalid(jpeg, "Empty JPEG image");
}

TEST(JpegHeader, TwelveBitSamples) {
    Bytes jpeg = compress({});
    jpeg[find_segment(jpeg, kBaselineFrame) + 4] = 12;
    expect_invalid(jpeg, "precision 12");
}

TEST(JpegHeader, StepOfZero) {
    Bytes jpeg = compress({});
    jpeg[find_segment(jpeg, kQuantizationTable) + 5 + 63] = 0;
    expect_invalid(jpeg, "is 0");
}

TEST(JpegHeader, TableThatIsNotDefined) {
    Bytes jpeg = compress({});
    jpeg[find_segment(jpeg, kBaselineFrame) + 12] = 3;  // Table of component 0.
    expect_invalid(jpeg, "table 3");
    jpeg[find_segment(jpeg, kBaselineFrame) + 12] = 200;
    expect_invalid(jpeg, "table 200");
}

TEST(JpegHeader, Baseline) {
    const JpegHeader header = read_jpeg_header(compress({.width = 37, .height = 21, .quality = 83}));
    EXPECT_EQ(header.width, 37);
    EXPECT_EQ(header.height, 21);
    EXPECT_EQ(header.components, 3);
    EXPECT_FALSE(header.progressive);
    EXPECT_EQ(header.luma_table, ijg_luma_table(83));
}

TEST(JpegHeader, Progressive) {
    const JpegHeader huffman = read_jpeg_header(compress({.quality = 12, .progressive = true}));
    EXPECT_TRUE(huffman.progressive);
    EXPECT_EQ(huffman.luma_table, ijg_luma_table(12));
    EXPECT_TRUE(read_jpeg_header(compress({.progressive = true, .arithmetic = true})).progressive);
}

TEST(JpegHeader, NumberOfComponents) {
    EXPECT_EQ(read_jpeg_header(compress({.input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE})).components, 1);
    EXPECT_EQ(read_jpeg_header(compress({.input = JCS_RGB, .stored = JCS_RGB})).components, 3);
    EXPECT_EQ(read_jpeg_header(compress({.input = JCS_CMYK, .stored = JCS_YCCK})).components, 4);
}

TEST(JpegHeader, SixteenBitTable) {
    // Quality 1 is 50 times table K.1.
    const JpegHeader header = read_jpeg_header(compress({.quality = 1, .baseline = false}));
    EXPECT_EQ(header.luma_table.step[0], 16 * 50);
    EXPECT_EQ(header.luma_table.step[1], 11 * 50);
    EXPECT_EQ(header.luma_table.step[8], 12 * 50);
    EXPECT_EQ(header.luma_table.step[53], 121 * 50);
    EXPECT_EQ(header.luma_table.step[63], 99 * 50);
}

TEST(JpegHeader, DataAfterTheHeaderIsNotNeeded) {
    const Bytes jpeg = compress({.quality = 40});
    const std::size_t scan = find_segment(jpeg, 0xda);
    EXPECT_EQ(read_jpeg_header(std::span(jpeg).first(scan + 14)).luma_table, ijg_luma_table(40));
}

}  // namespace
}  // namespace jpegdeblock::test
