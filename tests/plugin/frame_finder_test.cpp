// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_finder.h"

#include <gtest/gtest.h>

#include <vector>

namespace jpegdeblock_test {
namespace {

using jpegdeblock_plugin::FrameFinder;
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
    FrameFinder finder;
    std::vector<Bytes> frames;
    Bytes waiting, frame;
    for (std::size_t position = 0; position < stream.size(); position += piece) {
        const auto from = stream.begin() + static_cast<std::ptrdiff_t>(position);
        waiting.insert(waiting.end(), from,
                       from + static_cast<std::ptrdiff_t>(std::min(piece, stream.size() - position)));
        bool again = true;
        while (again && !waiting.empty()) {
            const FrameFinder::Found found = finder.look(waiting);
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

INSTANTIATE_TEST_SUITE_P(FrameFinder, InPieces, testing::Values(1, 2, 3, 7, 26, 1000));

}  // namespace
}  // namespace jpegdeblock_test
