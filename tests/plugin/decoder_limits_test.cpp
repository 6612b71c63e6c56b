// SPDX-License-Identifier: LGPL-2.1-or-later
// Streams that would make the decoder keep more and more.
#include <jpegdeblock/jpeg.h>

#include "decoder_harness.h"

namespace jpegdeblock_test {
namespace {

TEST(EndlessJpegs, AreGivenUpAndTheNextOneIsShown) {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    constexpr std::size_t kPieces = jpegdeblock::JpegStream::kMostBytesBeside / kPiece + 2;
    Decoder decoder("", "image/jpeg");
    Bytes start = compress({});
    start.resize(start.size() - 2);
    EXPECT_EQ(decoder.push(start), GST_FLOW_OK);
    const Bytes more(kPiece, 0x55);
    for (std::size_t i = 0; i < kPieces; ++i) EXPECT_EQ(decoder.push(more), GST_FLOW_OK);
    // What there was of it has been shown, and nothing of it is kept.
    EXPECT_NE(decoder.pull(), nullptr);
    EXPECT_EQ(decoder.statistic("frames-damaged") + decoder.statistic("frames-lost"), 0u);
    EXPECT_NE(decoder.decode(joined({compress({}), {0}})), nullptr);
}

}  // namespace
}  // namespace jpegdeblock_test
