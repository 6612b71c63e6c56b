// SPDX-License-Identifier: LGPL-2.1-or-later
// Two fields of a frame, each a JPEG of its own, through jpegdeblockdec.
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include "decoder_harness.h"
#include "libjpeg_reference.h"
#include "table_meta.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::libjpeg_decompress_raw;

class TwoFields : public testing::Test {
  protected:
    static Bytes field(int quality) { return compress({.width = 48, .height = 40, .quality = quality}); }
    static constexpr char kCaps[] = "image/jpeg, parsed=true, width=48, height=80";
    static constexpr char kUnparsedCaps[] = "image/jpeg, width=48, height=80";

    // Every second row, from `first` on.
    static Bytes rows_of(const Bytes& luma, std::size_t first) {
        Bytes rows;
        for (std::size_t at = first * 48; at < luma.size(); at += 2 * 48)
            rows.insert(rows.end(), luma.begin() + static_cast<std::ptrdiff_t>(at),
                        luma.begin() + static_cast<std::ptrdiff_t>(at) + 48);
        return rows;
    }
};

TEST_F(TwoFields, AreInterleaved) {
    const Bytes top = field(20), bottom = field(50);
    Bytes both = top;
    both.insert(both.end(), 5, 0);
    both.insert(both.end(), bottom.begin(), bottom.end());
    Decoder decoder("", kCaps);
    const Buffer buffer = decoder.decode(both);
    ASSERT_NE(buffer, nullptr);
    const GstVideoInfo info = decoder.info();
    EXPECT_EQ(info.height, 80);
    EXPECT_EQ(info.interlace_mode, GST_VIDEO_INTERLACE_MODE_INTERLEAVED);
    const Bytes luma = decoder.component(buffer, 0);
    EXPECT_EQ(rows_of(luma, 0), restored_luma(top));
    EXPECT_EQ(rows_of(luma, 1), restored_luma(bottom));
    const auto meta = jpegdeblock_plugin::table_meta_of(buffer.get());
    ASSERT_TRUE(meta);
    EXPECT_EQ(meta->luma, (std::vector{jpegdeblock::ijg_luma_table(20), jpegdeblock::ijg_luma_table(50)}));
}

TEST_F(TwoFields, OfADemuxerAreWovenToo) {
    const Bytes top = field(20), bottom = field(50);
    const Bytes both = joined({top, {0, 0}, bottom}), open_end(both.begin(), both.end() - 2);
    Decoder decoder("strength=0", kUnparsedCaps);
    std::vector<Buffer> frames;
    for (const Bytes& packet : {both, joined({both, {0}}), top, both, open_end, both}) {
        EXPECT_EQ(decoder.push(packet), GST_FLOW_OK);
        while (Buffer frame = decoder.pull()) frames.push_back(std::move(frame));
    }
    const GstVideoInfo info = decoder.info();
    EXPECT_EQ(info.height, 80);
    EXPECT_EQ(info.interlace_mode, GST_VIDEO_INTERLACE_MODE_INTERLEAVED);
    ASSERT_EQ(frames.size(), 6u);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        SCOPED_TRACE(i);
        const bool lacks_second = i == 2;
        const Bytes luma = decoder.component(frames[i], 0);
        EXPECT_EQ(rows_of(luma, 0), libjpeg_decompress_raw(top)[0].samples);
        EXPECT_EQ(rows_of(luma, 1), libjpeg_decompress_raw(lacks_second ? top : bottom)[0].samples);
        EXPECT_EQ(GST_BUFFER_FLAG_IS_SET(frames[i].get(), GST_BUFFER_FLAG_CORRUPTED), lacks_second);
        EXPECT_EQ(GST_BUFFER_PTS(frames[i].get()), i * 40 * GST_MSECOND);
    }
}

TEST_F(TwoFields, TheFirstStandsInForASecondThatIsMissing) {
    const Bytes top = field(20);
    for (const char* caps : {kCaps, kUnparsedCaps}) {
        Decoder decoder("strength=0", caps);
        const Buffer buffer = decoder.decode(top);
        ASSERT_NE(buffer, nullptr);
        EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED));
        const Bytes luma = decoder.component(buffer, 0);
        EXPECT_EQ(rows_of(luma, 0), rows_of(luma, 1));
    }
}

}  // namespace
}  // namespace jpegdeblock_test
