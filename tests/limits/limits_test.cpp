// SPDX-License-Identifier: LGPL-2.1-or-later
// What files of strangers cannot exceed. Limits that belong to one reader alone are tested with it
// (docs/trust.md has a table of all).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/quantization.h>
#include <unistd.h>

#include <fstream>

#include "hostile_jpegs.h"

namespace jpegdeblock::test {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

/// Bytes of a JPEG that goes on for ever after `start` until the stream ends it; at most `most`.
std::uint64_t taken_of_endless(JpegStream& stream, const Bytes& start, std::uint64_t most) {
    JpegStream::Found found = stream.look(start);
    std::uint64_t taken = found.take;
    Bytes rest(start.begin() + static_cast<std::ptrdiff_t>(found.take), start.end());
    rest.resize(rest.size() + kChunk, 0x55);
    while (taken <= most) {
        found = stream.look(rest);
        taken += found.take;
        if (found.complete) return taken;
        rest.assign(kChunk, 0x55);
    }
    return taken;
}

TEST(JpegStreamLimit, AJpegWithoutAnEndEnds) {
    JpegStream stream;
    const std::uint64_t limit = JpegStream::kMostBytesBeside + JpegStream::kMostBytesPerPixel * 256 * 256;
    const std::uint64_t taken = taken_of_endless(stream, headers(256, 256), limit + 2 * kChunk);
    EXPECT_GT(taken, limit);
    EXPECT_LE(taken, limit + kChunk);
    EXPECT_FALSE(stream.inside());
}

TEST(JpegStreamLimit, HoldsBeforeThereIsAHeaderToo) {
    JpegStream stream;
    EXPECT_LE(taken_of_endless(stream, {0xff, 0xd8}, 2 * JpegStream::kMostBytesBeside),
              JpegStream::kMostBytesBeside + kChunk);
}

TEST(JpegStreamLimit, WhatWillBeRefusedIsGivenNoRoomForItsClaim) {
    JpegStream stream;
    EXPECT_LE(taken_of_endless(stream, headers(65500, 65500), 2 * JpegStream::kMostBytesBeside),
              JpegStream::kMostBytesBeside + kChunk);
    stream.set_most_pixels(1024 * 1024);
    EXPECT_LE(taken_of_endless(stream, headers(1025, 1024), 2 * JpegStream::kMostBytesBeside),
              JpegStream::kMostBytesBeside + kChunk);
    stream.reset();  // The limit stays.
    EXPECT_GT(taken_of_endless(stream, headers(1024, 1024), 2 * JpegStream::kMostBytesBeside),
              JpegStream::kMostBytesBeside + 8 * kChunk - 1);
    stream.set_most_pixels(0);
    EXPECT_GT(taken_of_endless(stream, headers(65500, 65500), JpegStream::kMostBytesBeside + 2 * kChunk),
              JpegStream::kMostBytesBeside + 2 * kChunk);
}

TEST(JpegStreamLimit, TheNextJpegIsFoundAfterOneWithoutAnEnd) {
    JpegStream stream;
    taken_of_endless(stream, headers(16, 16), 2 * JpegStream::kMostBytesBeside);
    Bytes next = {0x55, 0x55};
    const Bytes start = headers(16, 16), end = {0, 0, 0xff, 0xd9};
    next.insert(next.end(), start.begin(), start.end());
    next.insert(next.end(), end.begin(), end.end());
    const JpegStream::Found found = stream.look(next);
    EXPECT_EQ(found.skip, 2u);
    EXPECT_EQ(found.take, start.size() + end.size());
    EXPECT_TRUE(found.complete);
}

ErrorCode failure(const Bytes& jpeg, std::string& reason) {
    try {
        JpegReader().read(jpeg);
    } catch (const Error& error) {
        reason = error.what();
        return error.code();
    }
    ADD_FAILURE() << "It can be read.";
    return ErrorCode::kEngine;
}

TEST(JpegReaderLimit, SizesAreRefusedBeforeThereIsMemoryForThem) {
    std::string reason;
    EXPECT_EQ(failure(headers(65500, 65500), reason), ErrorCode::kTooLarge);
    EXPECT_THAT(reason, testing::HasSubstr("65500x65500"));
    EXPECT_EQ(failure(headers(16384, 16384), reason), ErrorCode::kInvalidFile);
    EXPECT_THAT(reason, testing::HasSubstr("bytes"));
    JpegReader reader;
    reader.set_most_samples(0);
    EXPECT_THROW(reader.read(headers(65500, 65500)), Error);
}

TEST(JpegReaderLimit, ScansAreCounted) {
    JpegReader reader;
    const JpegPicture& picture = reader.read(of_empty_scans(512, 512, 500));
    EXPECT_EQ(picture.scans, 500);
    EXPECT_FALSE(picture.damaged) << picture.damage;
    for (const int scans : {501, 10000}) {
        std::string reason;
        EXPECT_EQ(failure(of_empty_scans(512, 512, scans), reason), ErrorCode::kInvalidFile);
        EXPECT_THAT(reason, testing::HasSubstr("500 scans"));
    }
}

TEST(JpegReaderLimit, PassesOverALargePictureAreCounted) {
    EXPECT_EQ(JpegReader().read(of_empty_scans(4096, 4096, 64)).scans, 64);
    std::string reason;
    EXPECT_EQ(failure(of_empty_scans(4096, 4096, 66), reason), ErrorCode::kTooLarge);
    EXPECT_THAT(reason, testing::HasSubstr("64 times"));
}

TEST(JpegReaderLimit, StatesOfBlocksAreCounted) {
    // Eight scans leave 256 states: all that can be told apart. The ninth would double them.
    constexpr int kRows = 300, kScans = 9, kTold = 8;
    JpegReader reader;
    const JpegPicture& picture = reader.read(of_damaged_rows(kRows, kScans));
    EXPECT_TRUE(picture.damaged);
    EXPECT_EQ(picture.scans, 1 + kScans);
    const JpegComponent& component = picture.components.at(0);
    EXPECT_EQ(component.states.size(), 256u);
    ASSERT_EQ(component.state_of_block.size(), std::size_t{kRows});
    for (int row = 0; row < kRows; ++row) {
        SCOPED_TRACE(row);
        ASSERT_LT(component.state_of_block[static_cast<std::size_t>(row)], component.states.size());
        ScanState expected;
        expected.missing_bits.fill(ScanState::kAbsent);
        expected.missing_bits[0] = 0;
        for (int scan = 0; scan < kTold; ++scan)
            if ((row >> scan & 1) == 0)
                expected.missing_bits[kZigzagToRow[static_cast<std::size_t>(scan) + 1]] = 0;
        EXPECT_EQ(component.state_at(0, row), expected);
    }
}

/// How often the reader is asked for a picture, as the decoder element does.
struct Asked {
    std::size_t jpegs = 0, pictures = 0;
};

Asked read_all(std::span<const std::uint8_t> bytes, JpegStream& stream, JpegReader& reader) {
    Asked asked;
    while (!bytes.empty()) {
        const JpegStream::Found found = stream.look(bytes);
        const auto jpeg = bytes.subspan(found.skip, found.complete ? found.take : bytes.size() - found.skip);
        bytes = bytes.subspan(found.skip + jpeg.size());
        if (jpeg.empty()) break;
        ++asked.jpegs;
        try {
            if (!reader.read(jpeg).components.empty()) ++asked.pictures;
        } catch (const Error&) {
        }
    }
    return asked;
}

TEST(HostileJpegs, MayChangeAllBlocksInEachScan) {
    JpegReader reader;
    const JpegPicture& picture = reader.read(of_changing_scans(64, 64, 500));
    EXPECT_EQ(picture.scans, 500);
    EXPECT_EQ(picture.damage, "scans are missing");
    // All bits of all but the last coefficient, of which three have come.
    for (const std::int16_t* row : picture.components.at(0).block_rows)
        for (const std::int16_t* block = row; block < row + 8 * 64; block += 64) {
            EXPECT_EQ(block[kZigzagToRow[1]], 255);
            EXPECT_EQ(block[kZigzagToRow[62]], 255);
            EXPECT_EQ(block[kZigzagToRow[63]], 0xe0);
        }
}

// Sanitizers keep what has been freed for a while.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(HostileJpegs, NothingIsKeptOfPicturesWithoutEnds) {
    const auto resident = [] {
        std::size_t pages = 0, held = 0;
        std::ifstream("/proc/self/statm") >> pages >> held;
        return held * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    };
    Bytes pictures;
    constexpr std::size_t kPictures = 1000;
    for (std::size_t i = 0; i < kPictures; ++i) {
        const Bytes picture = headers(16, 16);
        pictures.insert(pictures.end(), picture.begin(), picture.end());
        pictures.resize(pictures.size() + 4, 0);
    }
    JpegStream stream;
    JpegReader reader;
    EXPECT_EQ(read_all(pictures, stream, reader).pictures, kPictures);
    const std::size_t before = resident();
    for (int round = 0; round < 10; ++round) read_all(pictures, stream, reader);
    EXPECT_LE(resident(), before + (std::size_t{1} << 18)) << "26 bytes for each";
}
#endif

TEST(HostileJpegs, AreReadInBoundedTime) {
    constexpr std::size_t kBytes = 20000;
    for (const HostileJpeg& jpeg : hostile_jpegs(kBytes)) {
        SCOPED_TRACE(jpeg.name);
        JpegStream stream;
        JpegReader reader;
        const Asked asked = read_all(jpeg.bytes, stream, reader);
        EXPECT_LE(asked.jpegs, jpeg.bytes.size() / 2);
        EXPECT_LE(asked.pictures, jpeg.pixels / 256 + 1);
    }
}

}  // namespace
}  // namespace jpegdeblock::test
