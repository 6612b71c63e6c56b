// SPDX-License-Identifier: LGPL-2.1-or-later
// The decoder's promises: coefficients and tables as in the file, samples as libjpeg's, and what is left of
// damaged files.
#include <algorithm>
#include <ostream>
#include <random>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>
#include "engine/engine.h"

#include "jpeg/reconstruction.h"

#include "decoded_components.h"
#include "libjpeg_reference.h"

namespace jpegdeblock::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kHuffmanTable = 0xc4, kQuantizationTable = 0xdb, kBaselineFrame = 0xc0;

void expect_equal_to_libjpeg(const JpegPicture& picture, const Bytes& jpeg) {
    const std::vector<RawComponent> expected = libjpeg_decompress_raw(jpeg);
    ASSERT_EQ(picture.components.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(picture.components[i].width, expected[i].width);
        EXPECT_EQ(picture.components[i].height, expected[i].height);
        EXPECT_EQ(decoded(picture.components[i]), expected[i].samples) << "component " << i;
    }
}

TEST(ReadCoefficients, NothingIsNoJpeg) {
    JpegReader reader;
    EXPECT_THROW(reader.read({}), Error);
    EXPECT_THROW(reader.read(Bytes{0xff, 0xd8, 0xff, 0xd9}), Error);
}

TEST(ReadCoefficients, ErrorsNameTheFileAndLeaveTheReaderUsable) {
    JpegReader reader;
    const Bytes jpeg = compress({});
    for (int i = 0; i < 3; ++i) {
        try {
            reader.read(Bytes(100, 7), "broken.jpg");
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
            EXPECT_THAT(error.what(), testing::HasSubstr("broken.jpg"));
        }
        expect_equal_to_libjpeg(reader.read(jpeg), jpeg);
    }
}

TEST(ReadCoefficients, SizeThatTheDataCannotHold) {
    Bytes jpeg = compress({});
    const std::size_t frame_header = find_segment(jpeg, kBaselineFrame);
    std::fill_n(jpeg.begin() + static_cast<std::ptrdiff_t>(frame_header) + 5, 4, std::uint8_t{0xfd});
    EXPECT_THROW(JpegReader().read(jpeg), Error);
}

TEST(ReadCoefficients, AStepOfZeroMakesItsCoefficientZero) {
    for (const bool progressive : {false, true}) {
        Bytes jpeg = compress({.progressive = progressive});
        jpeg[find_segment(jpeg, kQuantizationTable) + 5 + 3] = 0;
        JpegReader reader;
        const JpegPicture& picture = reader.read(jpeg);
        EXPECT_FALSE(picture.damaged) << picture.damage;
        EXPECT_EQ(picture.components[0].table.step[kZigzagToRow[3]], 0);
        EXPECT_EQ(effective_steps(picture.components[0].table, {}).step[kZigzagToRow[3]], 1);
        expect_equal_to_libjpeg(picture, jpeg);
    }
}

TEST(ReadCoefficients, ATableThatIsMissingIsNotTakenFromThePictureBefore) {
    JpegReader reader;
    const Bytes jpeg = compress({});
    reader.read(jpeg);
    EXPECT_THROW(reader.read(without_segments(jpeg, kQuantizationTable)), Error);
}

TEST(ReadCoefficients, TruncatedAnywhere) {
    JpegReader reader;
    for (const bool progressive : {false, true}) {
        const JpegRecipe recipe{.width = 40,
                                .height = 24,
                                .quality = 30,
                                .progressive = progressive,
                                .horizontal_sampling = {2, 1},
                                .vertical_sampling = {2, 1},
                                .restart_interval = 2};
        const Bytes jpeg = compress(recipe);
        bool began = false;
        for (std::size_t size = 0; size + 2 < jpeg.size(); ++size) {
            const Bytes start(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(size));
            try {
                const JpegPicture& picture = reader.read(start);
                began = true;
                EXPECT_TRUE(picture.damaged || size + 4 > jpeg.size()) << size << " of " << jpeg.size();
                EXPECT_EQ(picture.damaged, !picture.damage.empty());
                // libjpeg gives up where a table between two scans is cut off.
                if (!progressive) expect_equal_to_libjpeg(picture, start);
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::kInvalidFile);
                EXPECT_FALSE(began) << size << ": " << error.what();
            }
        }
        EXPECT_TRUE(began);
    }
}

TEST(ReadCoefficients, DamagedBytes) {
    JpegReader reader;
    std::mt19937 generator(2);
    int survived = 0;
    for (const bool progressive : {false, true}) {
        const Bytes jpeg = compress({.width = 40, .height = 24, .progressive = progressive});
        for (int i = 0; i < 500; ++i) {
            Bytes bytes = jpeg;
            for (int k = 0; k < 3; ++k)
                bytes[generator() % bytes.size()] = static_cast<std::uint8_t>(generator());
            try {
                for (const JpegComponent& component : reader.read(bytes).components) decoded(component);
                ++survived;
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::kInvalidFile) << error.what();
            }
        }
    }
    EXPECT_GT(survived, 100);
}

TEST(ReadCoefficients, WhatComesBeforeAFatalErrorIsKept) {
    // The second and third component's scan ends in a table that no decoder accepts.
    const JpegRecipe recipe{.one_scan_each = true};
    const Bytes jpeg = compress(recipe);
    std::size_t second_scan = 0;
    for (std::size_t i = 0, scans = 0; i + 1 < jpeg.size() && scans < 2; ++i)
        if (jpeg[i] == 0xff && jpeg[i + 1] == 0xda && ++scans == 2) second_scan = i;
    Bytes broken(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(second_scan));
    broken.insert(broken.end(), {0xff, kHuffmanTable, 0x00, 0x03, 0x77, 0xff, 0xd9});
    JpegReader reader;
    const JpegPicture& picture = reader.read(broken);
    EXPECT_TRUE(picture.damaged);
    EXPECT_EQ(decoded(picture.components[0]), libjpeg_decompress_raw(jpeg)[0].samples);
    for (const std::size_t i : {1, 2})
        EXPECT_THAT(decoded(picture.components[i]), testing::Each(128)) << "component " << i;
}

TEST(ReadCoefficients, EndlessScansAreRefused) {
    const Bytes jpeg = compress({.input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .progressive = true});
    const std::size_t scan = find_segment(jpeg, 0xda);
    std::size_t end = scan + 2;
    while (jpeg[end] != 0xff || jpeg[end + 1] == 0) ++end;
    const auto at = [&](std::size_t position) {
        return jpeg.begin() + static_cast<std::ptrdiff_t>(position);
    };
    Bytes repeated(jpeg.begin(), at(end));
    for (int i = 0; i < 600; ++i) repeated.insert(repeated.end(), at(scan), at(end));
    EXPECT_THROW(JpegReader().read(repeated), Error);
}

TEST(ReadCoefficients, AMissingEndMarkerIsNoDamage) {
    Bytes jpeg = compress({.restart_interval = 3});
    jpeg.resize(jpeg.size() - 2);
    JpegReader reader;
    const JpegPicture& picture = reader.read(jpeg);
    EXPECT_FALSE(picture.damaged) << picture.damage;
    EXPECT_EQ(picture.size, jpeg.size());
}

TEST(ReadCoefficients, BytesAfterTheEndAreIgnored) {
    const Bytes jpeg = compress({});
    for (const std::uint8_t padding : {0x00, 0xff, 0xd8}) {
        Bytes padded = jpeg;
        padded.resize(jpeg.size() + 37, padding);
        JpegReader reader;
        const JpegPicture& picture = reader.read(padded);
        EXPECT_FALSE(picture.damaged) << picture.damage;
        EXPECT_EQ(picture.size, jpeg.size());
        expect_equal_to_libjpeg(picture, jpeg);
    }
}

TEST(ReadCoefficients, MotionJpegWithoutHuffmanTablesUsesTheStandardOnes) {
    const Bytes jpeg = compress({});
    JpegReader reader;
    // A picture with tables of its own before must not matter.
    reader.read(compress({.optimized = true}));
    expect_equal_to_libjpeg(reader.read(without_segments(jpeg, kHuffmanTable)), jpeg);
}

TEST(ReadCoefficients, ColourSpaces) {
    const std::pair<JpegRecipe, JpegColorSpace> cases[] = {
        {{.input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE}, JpegColorSpace::kGrey},
        {{}, JpegColorSpace::kYCbCr},
        {{.stored = JCS_RGB}, JpegColorSpace::kRgb},
        {{.input = JCS_CMYK, .stored = JCS_CMYK}, JpegColorSpace::kCmyk},
        {{.input = JCS_CMYK, .stored = JCS_YCCK}, JpegColorSpace::kYcck},
        {{.input = JCS_UNKNOWN, .stored = JCS_UNKNOWN}, JpegColorSpace::kUnknown}};
    for (const auto& [recipe, expected] : cases) {
        const Bytes jpeg = compress(recipe);
        JpegReader reader;
        const JpegPicture& picture = reader.read(jpeg);
        EXPECT_EQ(picture.color_space, expected) << name_of(expected);
        expect_equal_to_libjpeg(picture, jpeg);
    }
}

TEST(ReadCoefficients, TablesAreThoseOfTheFile) {
    JpegReader reader;
    const JpegPicture& picture = reader.read(compress({.quality = 30}));
    EXPECT_EQ(picture.components[0].table, ijg_luma_table(30));
    EXPECT_EQ(picture.components[1].table, ijg_chroma_table(30));
    EXPECT_EQ(picture.components[2].table, ijg_chroma_table(30));
}

TEST(DecodeComponent, MoreThanThereIsIsRefused) {
    JpegReader reader;
    const JpegComponent& component = reader.read(compress({})).components[0];
    Bytes samples(72 * 56);
    EXPECT_THROW(decode_component(component, {samples.data(), 72, 48, 72}), Error);
    EXPECT_THROW(decode_component(component, {samples.data(), 64, 56, 72}), Error);
}

TEST(DecodeComponent, APartIsThePartOfTheWhole) {
    JpegReader reader;
    const JpegComponent& component = reader.read(compress({})).components[0];
    const Bytes whole = decoded(component);
    Bytes part(21 * 13);
    decode_component(component, {part.data(), 21, 13, 21});
    for (std::size_t y = 0; y < 13; ++y)
        EXPECT_TRUE(std::equal(whole.begin() + 64 * static_cast<std::ptrdiff_t>(y),
                               whole.begin() + 64 * static_cast<std::ptrdiff_t>(y) + 21,
                               part.begin() + 21 * static_cast<std::ptrdiff_t>(y)));
}

TEST(DecodeComponent, ByWorkersIsTheSame) {
    JpegReader reader;
    const JpegComponent& component = reader.read(compress({})).components[0];
    const auto workers = make_workers(3);
    Bytes samples(static_cast<std::size_t>(component.width) * component.height), larger(72 * 56);
    decode_component(component, {samples.data(), component.width, component.height, component.width},
                     *workers);
    EXPECT_EQ(samples, decoded(component));
    EXPECT_THROW(decode_component(component, {larger.data(), 72, 48, 72}, *workers), Error);
}

// Every sampling that libjpeg writes by every way of coding: equal to libjpeg bit for bit.
struct Coding {
    const char* name;
    bool progressive, arithmetic, optimized, one_scan_each;
    int restart_interval, quality;
};
constexpr Coding kCodings[] = {{"baseline", false, false, false, false, 0, 60},
                               {"optimized", false, false, true, false, 0, 90},
                               {"restarts", false, false, false, false, 1, 20},
                               {"rare restarts", false, false, true, false, 7, 98},
                               {"progressive", true, false, true, false, 0, 75},
                               {"progressive restarts", true, false, true, false, 3, 5},
                               {"arithmetic", false, true, false, false, 0, 50},
                               {"arithmetic progressive", true, true, false, false, 2, 50},
                               {"scan by scan", false, false, false, true, 0, 60}};
constexpr std::pair<int, int> kSamplings[][2] = {{{1, 1}, {1, 1}}, {{2, 1}, {1, 1}}, {{1, 2}, {1, 1}},
                                                 {{2, 2}, {1, 1}}, {{4, 1}, {1, 1}}, {{1, 4}, {1, 1}},
                                                 {{4, 2}, {1, 1}}, {{2, 2}, {2, 1}}, {{2, 2}, {1, 2}},
                                                 {{3, 1}, {1, 1}}, {{1, 1}, {2, 2}}, {{1, 2}, {1, 2}}};
constexpr std::pair<int, int> kSizes[] = {{64, 48}, {41, 35}, {7, 5}};

TEST(DecodeComponent, EqualsLibjpeg) {
    JpegReader reader;
    int pictures = 0;
    for (const auto& [width, height] : kSizes)
        for (const Coding& coding : kCodings)
            for (const auto& sampling : kSamplings)
                for (const bool grey : {false, true}) {
                    if (grey && &sampling != &kSamplings[0]) continue;
                    const J_COLOR_SPACE space = grey ? JCS_GRAYSCALE : JCS_YCbCr;
                    const Bytes jpeg =
                        compress({.width = width,
                                  .height = height,
                                  .input = space,
                                  .stored = space,
                                  .quality = coding.quality,
                                  .progressive = coding.progressive,
                                  .arithmetic = coding.arithmetic,
                                  .optimized = coding.optimized,
                                  .one_scan_each = coding.one_scan_each,
                                  .horizontal_sampling = {sampling[0].first, sampling[1].first},
                                  .vertical_sampling = {sampling[0].second, sampling[1].second},
                                  .restart_interval = coding.restart_interval});
                    SCOPED_TRACE(testing::Message()
                                 << width << "x" << height << ", " << coding.name << ", " << sampling[0].first
                                 << "x" << sampling[0].second << " to " << sampling[1].first << "x"
                                 << sampling[1].second << (grey ? ", grey" : ""));
                    const JpegPicture& picture = reader.read(jpeg);
                    EXPECT_FALSE(picture.damaged) << picture.damage;
                    EXPECT_EQ(picture.width, width);
                    EXPECT_EQ(picture.height, height);
                    EXPECT_EQ(picture.progressive, coding.progressive);
                    EXPECT_EQ(picture.size, jpeg.size());
                    expect_equal_to_libjpeg(picture, jpeg);
                    ++pictures;
                }
    EXPECT_GE(pictures, 200);
}

TEST(DecodeComponent, EqualsLibjpegOnExtremes) {
    // Coefficients far beyond what samples give: quality 1 has steps of 255.
    std::mt19937 generator(5);
    JpegReader reader;
    for (const int quality : {1, 5, 50, 100}) {
        JpegRecipe recipe{.width = 64, .height = 64, .input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE};
        recipe.quality = quality;
        Bytes samples(64 * 64);
        for (std::uint8_t& sample : samples) sample = generator() % 2 ? 255 : 0;
        const Bytes jpeg = libjpeg_compress(recipe, samples);
        expect_equal_to_libjpeg(reader.read(jpeg), jpeg);
    }
}

}  // namespace
}  // namespace jpegdeblock::test
