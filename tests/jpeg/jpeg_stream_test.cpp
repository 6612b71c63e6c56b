// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/jpeg.h>

#include <gtest/gtest.h>

#include <vector>

namespace jpegdeblock_test {
namespace {

using jpegdeblock::JpegStream;
using Bytes = std::vector<std::uint8_t>;

// Entropy-coded data with a stuffed byte and a restart marker, before them a segment that holds a thumbnail.
const Bytes kJpeg = {0xff, 0xd8, 0xff, 0xe1, 0x00, 0x06, 0xff, 0xd8, 0xff, 0xd9, 0xff, 0xff, 0xda,
                     0x00, 0x03, 0x01, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9};

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

// What an element makes of the stream when `piece` bytes arrive at a time, frames or scans of progressive
// ones. The last one may lack its end.
std::vector<Bytes> found_in(const Bytes& stream, std::size_t piece) {
    JpegStream finder;
    std::vector<Bytes> frames;
    Bytes waiting, frame;
    for (std::size_t position = 0; position < stream.size(); position += piece) {
        const auto from = stream.begin() + static_cast<std::ptrdiff_t>(position);
        waiting.insert(waiting.end(), from,
                       from + static_cast<std::ptrdiff_t>(std::min(piece, stream.size() - position)));
        bool again = true;
        while (again && !waiting.empty()) {
            const JpegStream::Found found = finder.look(waiting);
            const auto start = waiting.begin() + static_cast<std::ptrdiff_t>(found.skip);
            const auto end = start + static_cast<std::ptrdiff_t>(found.take);
            frame.insert(frame.end(), start, end);
            waiting.erase(waiting.begin(), end);
            if (found.complete || found.scan_complete) {
                frames.push_back(frame);
                frame.clear();
            }
            again = found.complete || found.scan_complete;
        }
    }
    if (finder.inside()) {
        frames.push_back(joined({frame, waiting}));
    }
    return frames;
}

class InPieces : public testing::TestWithParam<std::size_t> {
  protected:
    std::vector<Bytes> found(const Bytes& stream) const { return found_in(stream, GetParam()); }
};

TEST_P(InPieces, NoJpeg) {
    EXPECT_TRUE(found({0x00}).empty());
    EXPECT_TRUE(found({0xff, 0xd9, 0xff, 0xff, 0x00, 0xd8, 0xff}).empty());
}

TEST(JpegStream, FindsNothingInNoBytes) {
    JpegStream finder;
    EXPECT_EQ(finder.look({}).skip, 0u);
    EXPECT_FALSE(finder.inside());
    finder.look(Bytes{0xff, 0xd8, 0xff});
    const JpegStream::Found found = finder.look({});
    EXPECT_EQ(found.skip + found.take, 0u);
    EXPECT_TRUE(finder.inside());
}

TEST_P(InPieces, OneAfterTheOther) {
    EXPECT_EQ(found(kJpeg), std::vector<Bytes>{kJpeg});
    EXPECT_EQ(found(joined({kJpeg, kJpeg, kJpeg})), (std::vector{kJpeg, kJpeg, kJpeg}));
}

TEST_P(InPieces, GarbageAndPaddingBetweenThem) {
    const Bytes garbage = {0x00, 0xff, 0x00, 0xff, 0xff, 0x17};
    EXPECT_EQ(found(joined({garbage, kJpeg, garbage, {0xff}, kJpeg, garbage})), (std::vector{kJpeg, kJpeg}));
}

TEST_P(InPieces, WithoutEndMarkers) {
    const Bytes open(kJpeg.begin(), kJpeg.end() - 2);
    EXPECT_EQ(found(joined({open, kJpeg})), (std::vector{open, kJpeg}));
    EXPECT_EQ(found(joined({kJpeg, open})), (std::vector{kJpeg, open}));
}

// Headers as encoders write them, the table's steps such that they look like a start for a while.
const Bytes kHeaders = {0xff, 0xd8, 0xff, 0xdb, 0,    9, 0, 0xff, 0xd8, 0xff, 0xd8, 0xff,
                        0xd7, 0xff, 0xc0, 0,    5,    8, 1, 2,    0xff, 0xc4, 0,    5,
                        0,    0xff, 0xd8, 0xff, 0xda, 0, 5, 1,    0,    63};

TEST_P(InPieces, CutOffInTheirHeaders) {
    const Bytes end = {0x12, 0xff, 0xd9};
    EXPECT_EQ(found(joined({kHeaders, end, kHeaders, end})),
              (std::vector{joined({kHeaders, end}), joined({kHeaders, end})}));
    for (std::size_t size = 2; size <= kHeaders.size(); ++size) {
        const Bytes cut(kHeaders.begin(), kHeaders.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(found(joined({cut, kJpeg, kJpeg})), (std::vector{cut, kJpeg, kJpeg})) << size;
    }
}

TEST_P(InPieces, WithLengthsThatAreTooLarge) {
    for (const std::size_t at : {4u, 15u, 22u, 29u}) {
        Bytes jpeg = joined({kHeaders, {0x12, 0xff, 0xd9}});
        jpeg[at] = 0x40;
        EXPECT_EQ(found(joined({kJpeg, jpeg, kJpeg})), (std::vector{kJpeg, jpeg, kJpeg})) << at;
    }
}

TEST_P(InPieces, ReservedMarkersInDataHaveNoSegment) {
    const Bytes jpeg = {0xff, 0xd8, 0xff, 0xda, 0, 2, 0x12, 0xff, 0xff, 0xff, 0x3c, 0x7f, 0xff, 0xff, 0xd9};
    EXPECT_EQ(found(joined({jpeg, kJpeg})), (std::vector{jpeg, kJpeg}));
}

TEST_P(InPieces, ScansOfProgressiveJpegs) {
    const Bytes start = {0xff, 0xd8, 0xff, 0xc2, 0x00, 0x04, 0xff, 0xda},
                first = {0xff, 0xda, 0x00, 0x03, 0x01, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xc4},
                second = {0x00, 0x03, 0xff, 0xff, 0xda, 0x00, 0x02, 0x07, 0xff, 0xff, 0xda},
                third = {0x00, 0x02, 0xff, 0xd9};
    const Bytes first_piece = joined({start, first});
    EXPECT_EQ(found(joined({kJpeg, start, first, second, third, kJpeg, {0x00}})),
              (std::vector{kJpeg, first_piece, second, third, kJpeg}));
    EXPECT_EQ(found(joined({start, first, second})),
              (std::vector{first_piece, Bytes(second.begin(), second.end())}));
}

TEST(EmptyJpegs, AreLeftOutBeforeAPicture) {
    const auto left_of = [](const Bytes& bytes) {
        std::span<const std::uint8_t> left = bytes, before;
        do {
            before = left;
            left = jpegdeblock::without_empty_jpeg(before);
        } while (left.size() < before.size());
        return Bytes(left.begin(), left.end());
    };
    const Bytes start = {0xff, 0xd8}, nothing = {0xff, 0xd8, 0xff, 0xd9}, garbage(20, 7),
                tables = {0xff, 0xd8, 0xff, 0xdb, 0, 3, 5, 0xff, 0xd9}, cut = {0xff, 0xd8, 0xff, 0xdb, 0, 3},
                scan_only = {0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 0xff, 0xd9};
    for (const Bytes& empty :
         {Bytes(), start, nothing, tables, joined({start, nothing, {0, 0}, tables, {0}})}) {
        EXPECT_EQ(left_of(empty), Bytes());
        EXPECT_EQ(left_of(joined({empty, kJpeg})), kJpeg);
    }
    for (const Bytes& not_empty : {garbage, cut, scan_only, kJpeg}) EXPECT_EQ(left_of(not_empty), not_empty);
    EXPECT_EQ(left_of(joined({cut, kJpeg})), joined({cut, kJpeg}));
}

TEST(FrameHeader, IsReadThoughItComesInPieces) {
    const Bytes jpeg = {0xff, 0xd8, 0xff, 0xc4, 0, 3, 9,    0xff, 0xc0, 0,    11,  8,
                        1,    2,    3,    4,    1, 1, 0x11, 0,    0xff, 0xd9, 0xff};
    for (const std::size_t piece : {1u, 3u, 100u}) {
        JpegStream finder;
        Bytes waiting;
        JpegStream::Found found;
        for (std::size_t at = 0; at < jpeg.size() && !found.complete; ++at) {
            waiting.push_back(jpeg[at]);
            if ((at + 1) % piece != 0 && at + 1 < jpeg.size()) continue;
            found = finder.look(waiting);
            waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(found.take));
        }
        ASSERT_TRUE(found.header);
        EXPECT_EQ(found.header->height, 0x102);
        EXPECT_EQ(found.header->width, 0x304);
        EXPECT_FALSE(found.has_scan);
    }
}

INSTANTIATE_TEST_SUITE_P(JpegStream, InPieces, testing::Values(1, 2, 3, 7, 26, 1000));

}  // namespace
}  // namespace jpegdeblock_test
