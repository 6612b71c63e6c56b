// SPDX-License-Identifier: LGPL-2.1-or-later
// What is irregular: harmless or not; tables apart from pictures; what is too large.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "decoded_components.h"
#include "libjpeg_reference.h"

namespace jpegdeblock::test {
namespace {

using Bytes = std::vector<std::uint8_t>;
using testing::HasSubstr;

constexpr std::uint8_t kHuffmanTable = 0xc4, kQuantizationTable = 0xdb, kBaselineFrame = 0xc0,
                       kStartOfScan = 0xda;

Bytes with(Bytes jpeg, std::size_t at, const Bytes& inserted) {
    jpeg.insert(jpeg.begin() + static_cast<std::ptrdiff_t>(at), inserted.begin(), inserted.end());
    return jpeg;
}

/// Expects `irregular` to give the exact picture of `jpeg`, with a note and no damage.
void expect_harmless(const Bytes& irregular, const Bytes& jpeg) {
    JpegReader reader, other;
    const JpegPicture &picture = reader.read(irregular), &expected = other.read(jpeg);
    EXPECT_FALSE(picture.damaged) << picture.damage;
    EXPECT_EQ(picture.damage, "");
    EXPECT_NE(picture.note, "");
    EXPECT_EQ(picture.size, irregular.size());
    EXPECT_EQ(decoded(picture), decoded(expected));
}

std::string error_of(JpegReader& reader, const Bytes& jpeg, ErrorCode code) {
    try {
        reader.read(jpeg, "odd.jpg");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code);
        return error.what();
    }
    ADD_FAILURE() << "accepted";
    return "";
}

/// The segments of that code before the first scan.
Bytes segments(const Bytes& jpeg, std::uint8_t code) {
    Bytes result;
    for (std::size_t at = 2; jpeg[at + 1] != kStartOfScan;) {
        const std::size_t size = 2 + static_cast<std::size_t>(jpeg[at + 2] << 8 | jpeg[at + 3]);
        if (jpeg[at + 1] == code)
            result.insert(result.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(at),
                          jpeg.begin() + static_cast<std::ptrdiff_t>(at + size));
        at += size;
    }
    return result;
}

Bytes tables_of(const Bytes& jpeg) {
    Bytes tables = {0xff, 0xd8};
    for (const std::uint8_t code : {kQuantizationTable, kHuffmanTable}) {
        const Bytes part = segments(jpeg, code);
        tables.insert(tables.end(), part.begin(), part.end());
    }
    tables.insert(tables.end(), {0xff, 0xd9});
    return tables;
}

Bytes without_tables(const Bytes& jpeg) {
    return without_segments(without_segments(jpeg, kQuantizationTable), kHuffmanTable);
}

TEST(IrregularJpeg, WhatIsMissingIsDamage) {
    const Bytes progressive = compress({.width = 83, .height = 45, .progressive = true});
    const Bytes scans = compress({.one_scan_each = true});
    for (const Bytes& jpeg : {progressive, scans}) {
        const std::vector<std::size_t> ends = ends_of_scans(jpeg);
        for (std::size_t scan = 0; scan + 1 < ends.size(); ++scan) {
            Bytes cut(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(ends[scan]));
            cut.back() = 0xd9;  // The end of the image in place of what follows the scan.
            JpegReader reader;
            EXPECT_TRUE(reader.read(cut).damaged) << scan;
            EXPECT_FALSE(reader.read(jpeg).damaged);
        }
    }
}

TEST(IrregularJpeg, TheEndOfAnArithmeticFileIsMissed) {
    const Bytes jpeg = compress({.width = 64, .height = 480, .arithmetic = true});
    const Bytes cut(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2));
    EXPECT_TRUE(JpegReader().read(cut).damaged);
}

TEST(IrregularJpeg, BytesAfterTheDataOfAScanAreHarmless) {
    for (const bool progressive : {false, true}) {
        const Bytes jpeg = compress({.width = 83, .height = 45, .progressive = progressive});
        for (const std::size_t count : {12u, 20u, 651u}) {
            Bytes padded = jpeg;
            const std::vector<std::size_t> ends = ends_of_scans(jpeg);
            for (auto end = ends.rbegin(); end != ends.rend(); ++end)
                padded = with(padded, *end - 2, Bytes(count, 0x5a));
            expect_harmless(padded, jpeg);
        }
    }
}

TEST(IrregularJpeg, TwoBytesAfterEachScanAreHarmless) {
    const Bytes jpeg = compress({.width = 83, .height = 45, .progressive = true});
    Bytes padded = jpeg;
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) padded = with(padded, *end - 2, {0x82, 0xb7});
    JpegReader reader, other;
    const JpegPicture& picture = reader.read(padded);
    EXPECT_FALSE(picture.damaged) << picture.damage;
    EXPECT_EQ(decoded(picture), decoded(other.read(jpeg)));
}

TEST(IrregularJpeg, BytesBeforeARestartMarkerAreHarmless) {
    const Bytes jpeg = compress({.restart_interval = 5});
    std::size_t restart = find_segment(jpeg, kStartOfScan);
    while (jpeg[restart] != 0xff || jpeg[restart + 1] != 0xd1) ++restart;
    expect_harmless(with(jpeg, restart, Bytes(30, 0x3c)), jpeg);
}

TEST(IrregularJpeg, ASegmentThatIsLongerThanItSaysIsHarmless) {
    const Bytes jpeg = compress({});
    Bytes comment = {0xff, 0xfe, 0x00, 0x10};
    comment.resize(2 + 0x10 + 608, 0);
    expect_harmless(with(jpeg, 2, comment), jpeg);
}

TEST(IrregularJpeg, AScanOfASequentialJpegHoldsAllCoefficientsWhateverItSays) {
    const Bytes jpeg = compress({});
    Bytes odd = jpeg;
    const std::size_t scan = find_segment(jpeg, kStartOfScan);
    ASSERT_EQ(odd[scan + 12], 63);
    odd[scan + 12] = 0;
    expect_harmless(odd, jpeg);
}

TEST(IrregularJpeg, ARegularOneHasNoNote) {
    JpegReader reader;
    reader.read(with(compress({}), 2, {0x5a, 0x5a}));
    EXPECT_EQ(reader.read(compress({})).note, "");
}

TEST(IrregularJpeg, RgbIsKnownByItsNamesOrTheAdobeMarker) {
    JpegReader reader;
    Bytes jpeg = compress({.stored = JCS_RGB});
    EXPECT_TRUE(reader.read(jpeg).adobe_marker);
    const std::size_t frame = find_segment(jpeg, kBaselineFrame), scan = find_segment(jpeg, kStartOfScan);
    const std::string names = "RGB";
    const auto rename = [&](std::uint8_t first, bool letters) {
        for (std::size_t i = 0; i < 3; ++i)
            jpeg[frame + 10 + 3 * i] = jpeg[scan + 5 + 2 * i] =
                letters ? static_cast<std::uint8_t>(names[i]) : static_cast<std::uint8_t>(first + i);
    };
    rename(1, false);
    EXPECT_EQ(reader.read(jpeg).color_space, JpegColorSpace::kRgb);
    rename(0, true);
    EXPECT_EQ(reader.read(without_segments(jpeg, 0xee)).color_space, JpegColorSpace::kRgb);
    EXPECT_FALSE(reader.read(without_segments(jpeg, 0xee)).adobe_marker);
    rename(1, false);
    EXPECT_EQ(reader.read(without_segments(jpeg, 0xee)).color_space, JpegColorSpace::kYCbCr);
}

TEST(TablesAlone, AreKeptForThePicturesThatFollow) {
    const Bytes jpeg = compress({.optimized = true}), other = compress({.quality = 20});
    JpegReader reader, fresh;
    EXPECT_THROW(reader.read(without_tables(jpeg)), Error);
    const JpegPicture& tables = reader.read(tables_of(jpeg));
    EXPECT_TRUE(tables.components.empty());
    EXPECT_FALSE(tables.damaged);
    EXPECT_EQ(tables.size, tables_of(jpeg).size());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(decoded(reader.read(without_tables(jpeg))), decoded(fresh.read(jpeg)));
        // A picture with tables of its own in between changes nothing.
        EXPECT_EQ(decoded(reader.read(other)), decoded(fresh.read(other)));
    }
    reader.forget_tables();
    EXPECT_THROW(reader.read(without_tables(jpeg)), Error);
}

TEST(TablesAlone, MayComeApart) {
    const Bytes jpeg = compress({.optimized = true});
    JpegReader reader, fresh;
    for (const std::uint8_t code : {kQuantizationTable, kHuffmanTable}) {
        const Bytes part = segments(jpeg, code);
        reader.read(with({0xff, 0xd8, 0xff, 0xd9}, 2, part));
    }
    EXPECT_EQ(decoded(reader.read(without_tables(jpeg))), decoded(fresh.read(jpeg)));
}

TEST(TablesAlone, InPieces) {
    const Bytes jpeg = compress({.progressive = true, .optimized = true}), tables = tables_of(jpeg);
    JpegReader reader, fresh;
    reader.begin();
    for (const std::uint8_t& byte : tables) EXPECT_EQ(reader.append({&byte, 1}), nullptr);
    EXPECT_TRUE(reader.finish().components.empty());
    reader.begin();
    reader.append(without_segments(jpeg, kQuantizationTable));
    EXPECT_EQ(decoded(reader.finish()), decoded(fresh.read(jpeg)));
}

TEST(TablesAlone, APictureThatIsCutOffBeforeItsFrameIsNone) {
    const Bytes jpeg = compress({});
    JpegReader reader;
    for (std::size_t size = 0; size < find_segment(jpeg, kBaselineFrame); ++size)
        EXPECT_THROW(reader.read(std::span(jpeg).first(size)), Error) << size;
    EXPECT_THROW(reader.read(without_segments(jpeg, kQuantizationTable)), Error);
    EXPECT_THROW(reader.read(Bytes{0xff, 0xd8, 0xff, 0xd9}), Error);
}

TEST(LimitOfSamples, IsNamedBeforeAnythingIsDecoded) {
    const Bytes jpeg = compress({.width = 64, .height = 48, .horizontal_sampling = {2, 1}});
    constexpr std::uint64_t kSamples = 64 * 48 * 2;
    JpegReader reader;
    reader.set_most_samples(kSamples);
    EXPECT_FALSE(reader.read(jpeg).damaged);
    reader.set_most_samples(kSamples - 1);
    const std::string text = error_of(reader, jpeg, ErrorCode::kTooLarge);
    EXPECT_THAT(text, HasSubstr("odd.jpg"));
    EXPECT_THAT(text, HasSubstr("64x48"));
    EXPECT_THAT(text, HasSubstr("limit of 6143"));
    reader.begin();
    EXPECT_THROW(reader.append(jpeg), Error);
    reader.set_most_samples(0);
    EXPECT_FALSE(reader.read(jpeg).damaged);
}

TEST(LimitOfSamples, IsGenerousByDefault) {
    Bytes jpeg = compress({});
    const std::size_t frame = find_segment(jpeg, kBaselineFrame);
    std::fill_n(jpeg.begin() + static_cast<std::ptrdiff_t>(frame) + 5, 4, std::uint8_t{0xf0});
    JpegReader reader;
    error_of(reader, jpeg, ErrorCode::kTooLarge);
    reader.set_most_samples(0);
    error_of(reader, jpeg, ErrorCode::kInvalidFile);
}

TEST(LimitOfSamples, HoldsForPassesOverALargePictureToo) {
    const JpegRecipe recipe{.width = 2600,
                            .height = 2600,
                            .input = JCS_GRAYSCALE,
                            .stored = JCS_GRAYSCALE,
                            .scans = {{1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 0}}};
    const Bytes jpeg = libjpeg_compress(recipe, Bytes(2600 * 2600, 200));
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    const Bytes scan(jpeg.begin() + static_cast<std::ptrdiff_t>(ends[0]) - 2,
                     jpeg.begin() + static_cast<std::ptrdiff_t>(ends[1]) - 2);
    Bytes repeated = jpeg;
    for (int i = 0; i < 70; ++i) repeated = with(repeated, ends[1] - 2, scan);
    JpegReader reader;
    EXPECT_THAT(error_of(reader, repeated, ErrorCode::kTooLarge), HasSubstr("64 times"));
    reader.set_most_samples(0);
    reader.read(repeated);
}

}  // namespace
}  // namespace jpegdeblock::test
