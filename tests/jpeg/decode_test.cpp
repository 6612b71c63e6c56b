// SPDX-License-Identifier: LGPL-2.1-or-later
#include <random>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "libjpeg_reference.h"

namespace jpegdeblock::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kBaselineFrame = 0xc0, kHuffmanTable = 0xc4, kStartOfScan = 0xda;

constexpr std::pair<IdctMethod, J_DCT_METHOD> kMethods[] = {
    {IdctMethod::kIslow, JDCT_ISLOW}, {IdctMethod::kIfast, JDCT_IFAST}, {IdctMethod::kFloat, JDCT_FLOAT}};

void expect_equal_to_libjpeg(const Bytes& jpeg, int width, int height) {
    for (const auto& [ours, theirs] : kMethods) {
        const LumaImage image = decode_jpeg_luma(jpeg, ours);
        EXPECT_EQ(image.width, width);
        EXPECT_EQ(image.height, height);
        EXPECT_EQ(image.samples, libjpeg_decompress_luma(jpeg, theirs)) << "libjpeg method " << theirs;
    }
}

void expect_error(const Bytes& jpeg, ErrorCode code, const std::string& reason) {
    try {
        decode_jpeg_luma(jpeg, IdctMethod::kIslow, "broken.jpg");
        FAIL() << "accepted; expected: " << reason;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code);
        EXPECT_THAT(error.what(), testing::HasSubstr("broken.jpg"));
        EXPECT_THAT(error.what(), testing::HasSubstr(reason));
    }
}

/// Decodes what may be damaged: either an Error or a picture of the size it says.
void expect_error_or_picture(std::span<const std::uint8_t> jpeg) {
    try {
        const LumaImage image = decode_jpeg_luma(jpeg);
        EXPECT_GE(image.width, 1);
        EXPECT_GE(image.height, 1);
        EXPECT_EQ(image.samples.size(),
                  static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height));
    } catch (const Error& error) {
        EXPECT_EQ(error.code() == ErrorCode::kUnsupported || error.code() == ErrorCode::kInvalidFile, true)
            << error.what();
    }
}

TEST(DecodeJpeg, NothingIsNoJpeg) {
    expect_error({}, ErrorCode::kInvalidFile, "empty");
}

TEST(DecodeJpeg, ColourSpacesWithoutLumaAreRefused) {
    expect_error(compress({.input = JCS_RGB, .stored = JCS_RGB}), ErrorCode::kUnsupported, "RGB");
    expect_error(compress({.input = JCS_CMYK, .stored = JCS_CMYK}), ErrorCode::kUnsupported, "CMYK");
    expect_error(compress({.input = JCS_CMYK, .stored = JCS_YCCK}), ErrorCode::kUnsupported, "YCCK");
    expect_error(compress({.input = JCS_UNKNOWN, .stored = JCS_UNKNOWN}), ErrorCode::kUnsupported,
                 "2 components");
}

TEST(DecodeJpeg, LumaWithFewerSamplesThanChromaIsRefused) {
    expect_error(compress({.horizontal_sampling = {1, 2}}), ErrorCode::kUnsupported, "fewer samples");
    expect_error(compress({.vertical_sampling = {1, 2}}), ErrorCode::kUnsupported, "fewer samples");
}

TEST(DecodeJpeg, TruncatedAnywhere) {
    for (const bool progressive : {false, true}) {
        const Bytes jpeg = compress({.width = 40, .height = 24, .quality = 30, .progressive = progressive});
        for (std::size_t size = 0; size < jpeg.size(); ++size)
            expect_error_or_picture(std::span(jpeg).first(size));
    }
}

TEST(DecodeJpeg, TruncatedFileKeepsTheRowsItHas) {
    const JpegRecipe recipe{.width = 64, .height = 256};
    const Bytes jpeg = compress(recipe);
    const LumaImage whole = decode_jpeg_luma(jpeg);
    const LumaImage half = decode_jpeg_luma(std::span(jpeg).first(jpeg.size() / 2));
    ASSERT_EQ(half.height, 256);
    const std::size_t rows = 64 * 96;
    EXPECT_TRUE(std::equal(half.samples.begin(), half.samples.begin() + rows, whole.samples.begin()));
    EXPECT_NE(half.samples, whole.samples);
}

TEST(DecodeJpeg, TruncatedProgressiveFileIsNotSmoothed) {
    const Bytes jpeg = compress({.width = 64, .height = 64, .progressive = true});
    const std::span<const std::uint8_t> start = std::span(jpeg).first(jpeg.size() / 4);
    const Bytes plain = libjpeg_decompress_luma(start, JDCT_ISLOW, false);
    ASSERT_NE(plain, libjpeg_decompress_luma(start, JDCT_ISLOW, true)) << "the file does not tell";
    EXPECT_EQ(decode_jpeg_luma(start).samples, plain);
}

TEST(DecodeJpeg, Garbage) {
    std::mt19937 generator(1);
    for (int i = 0; i < 200; ++i) {
        Bytes bytes(1 + generator() % 600);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
        if (i % 2 == 1 && bytes.size() >= 3) std::copy_n("\xff\xd8\xff", 3, bytes.begin());
        expect_error_or_picture(bytes);
    }
}

TEST(DecodeJpeg, DamagedBytes) {
    std::mt19937 generator(2);
    for (const bool progressive : {false, true}) {
        const Bytes jpeg = compress({.width = 40, .height = 24, .progressive = progressive});
        for (int i = 0; i < 500; ++i) {
            Bytes damaged = jpeg;
            for (int k = 0; k < 3; ++k)
                damaged[generator() % damaged.size()] = static_cast<std::uint8_t>(generator());
            expect_error_or_picture(damaged);
        }
    }
}

TEST(DecodeJpeg, SizeThatTheDataCannotHold) {
    Bytes jpeg = compress({});
    const std::size_t frame_header = find_segment(jpeg, kBaselineFrame);
    std::fill_n(jpeg.begin() + static_cast<std::ptrdiff_t>(frame_header) + 5, 4, std::uint8_t{0xfd});
    expect_error(jpeg, ErrorCode::kInvalidFile, "65021x65021 pixels");
}

TEST(DecodeJpeg, EndlessScansAreRefused) {
    const Bytes jpeg = compress({.input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .progressive = true});
    // Repeat the first scan, which libjpeg does accept, with a warning each time.
    const std::size_t scan = find_segment(jpeg, kStartOfScan);
    std::size_t end = scan + 2;
    while (jpeg[end] != 0xff || jpeg[end + 1] == 0) ++end;
    const auto at = [&](std::size_t position) {
        return jpeg.begin() + static_cast<std::ptrdiff_t>(position);
    };
    Bytes repeated(jpeg.begin(), at(end));
    for (int i = 0; i < 600; ++i) repeated.insert(repeated.end(), at(scan), at(end));
    repeated.insert(repeated.end(), {0xff, 0xd9});
    expect_error(repeated, ErrorCode::kInvalidFile, "500 scans");
}

TEST(DecodeJpeg, WarningsArePrintedNowhere) {
    const Bytes jpeg = compress({});
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    decode_jpeg_luma(std::span(jpeg).first(jpeg.size() / 2));
    EXPECT_THROW(decode_jpeg_luma(std::span(jpeg).first(20)), Error);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(DecodeJpeg, EverySizeEqualsLibjpeg) {
    for (const auto& [width, height] :
         {std::pair(1, 1), {1, 17}, {7, 5}, {8, 8}, {9, 8}, {33, 17}, {64, 48}, {130, 3}})
        expect_equal_to_libjpeg(compress({.width = width, .height = height, .quality = 20}), width, height);
}

TEST(DecodeJpeg, EverySamplingEqualsLibjpeg) {
    for (const int horizontal : {1, 2, 4})
        for (const int vertical : {1, 2})
            expect_equal_to_libjpeg(compress({.width = 61,
                                              .height = 45,
                                              .horizontal_sampling = {horizontal, 1},
                                              .vertical_sampling = {vertical, 1}}),
                                    61, 45);
}

TEST(DecodeJpeg, EveryProcessEqualsLibjpeg) {
    expect_equal_to_libjpeg(compress({.input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE}), 64, 48);
    expect_equal_to_libjpeg(compress({.progressive = true}), 64, 48);
    expect_equal_to_libjpeg(compress({.arithmetic = true}), 64, 48);
    expect_equal_to_libjpeg(compress({.one_scan_each = true}), 64, 48);
    expect_equal_to_libjpeg(compress({.restart_interval = 3}), 64, 48);
    expect_equal_to_libjpeg(compress({.quality = 1, .baseline = false}), 64, 48);
}

TEST(DecodeJpeg, MotionJpegFrameWithoutHuffmanTables) {
    const Bytes jpeg = compress({});
    const Bytes abbreviated = without_segments(jpeg, kHuffmanTable);
    ASSERT_LT(abbreviated.size(), jpeg.size());
    EXPECT_EQ(decode_jpeg_luma(abbreviated).samples, decode_jpeg_luma(jpeg).samples);
    EXPECT_EQ(read_jpeg_header(abbreviated).luma_table, ijg_luma_table(60));
}

TEST(DecodeJpeg, BytesAfterTheEndAreIgnored) {
    const Bytes jpeg = compress({});
    Bytes padded = jpeg;
    padded.insert(padded.end(), 100, 0);
    EXPECT_EQ(decode_jpeg_luma(padded).samples, decode_jpeg_luma(jpeg).samples);
}

}  // namespace
}  // namespace jpegdeblock::test
