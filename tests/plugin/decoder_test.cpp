// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblockdec between two pads of the test.
#include <gmock/gmock.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <jpegdeblock/quantization.h>
#include <string>

#include "decoder_harness.h"
#include "filter_harness.h"
#include "libjpeg_reference.h"
#include "table_meta.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::libjpeg_decompress_raw;
using testing::HasSubstr;

// Errors first.

TEST(DecodeErrors, NoJpegAtAllIsDroppedAndTheStreamGoesOn) {
    Decoder decoder;
    EXPECT_EQ(decoder.push(Bytes(500, 7)), GST_FLOW_OK);
    EXPECT_EQ(decoder.pull(), nullptr);
    EXPECT_EQ(decoder.push({0xff, 0xd8, 0xff, 0xd9}), GST_FLOW_OK);
    const Complaint warning = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_EQ(warning.domain, GST_STREAM_ERROR);
    EXPECT_EQ(warning.code, GST_STREAM_ERROR_DECODE);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).domain, 0u) << "warned twice";
    EXPECT_NE(decoder.decode(compress({})), nullptr);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_ERROR).domain, 0u);
}

TEST(DecodeErrors, MaxErrorsEndsTheStream) {
    Decoder decoder("max-errors=2");
    const Bytes broken(500, 7);
    EXPECT_EQ(decoder.push(broken), GST_FLOW_OK);
    EXPECT_NE(decoder.decode(compress({})), nullptr);
    EXPECT_EQ(decoder.push(broken), GST_FLOW_OK);
    EXPECT_EQ(decoder.push(broken), GST_FLOW_OK);
    EXPECT_EQ(decoder.push(broken), GST_FLOW_ERROR);
    const Complaint error = pop_complaint(decoder.bus(), GST_MESSAGE_ERROR);
    EXPECT_EQ(error.code, GST_STREAM_ERROR_DECODE);
    EXPECT_THAT(error.debug, HasSubstr("max-errors"));
}

TEST(DecodeErrors, OtherColoursAreRefusedNamingTheWayOut) {
    const std::pair<JpegRecipe, const char*> cases[] = {{{.stored = JCS_RGB}, "RGB"},
                                                        {{.input = JCS_CMYK, .stored = JCS_CMYK}, "CMYK"},
                                                        {{.input = JCS_CMYK, .stored = JCS_YCCK}, "YCCK"}};
    for (const auto& [recipe, name] : cases) {
        Decoder decoder;
        EXPECT_EQ(decoder.push(compress(recipe)), GST_FLOW_ERROR);
        const Complaint error = pop_complaint(decoder.bus(), GST_MESSAGE_ERROR);
        EXPECT_EQ(error.domain, GST_STREAM_ERROR);
        EXPECT_EQ(error.code, GST_STREAM_ERROR_NOT_IMPLEMENTED);
        EXPECT_THAT(error.text, HasSubstr(name));
        EXPECT_THAT(error.debug, HasSubstr("jpegdec"));
    }
}

TEST(DecodeErrors, ATruncatedFrameIsShownFlaggedAndReportedOnce) {
    const Bytes whole = compress({.width = 64, .height = 256});
    const Bytes half(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
    Decoder decoder("strength=0");
    for (int i = 0; i < 3; ++i) {
        const Buffer buffer = decoder.decode(half);
        ASSERT_NE(buffer, nullptr);
        EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED));
        EXPECT_EQ(decoder.component(buffer, 0), libjpeg_decompress_raw(half)[0].samples);
    }
    const Buffer good = decoder.decode(whole);
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(good.get(), GST_BUFFER_FLAG_CORRUPTED));
    EXPECT_THAT(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, HasSubstr("damaged"));
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).domain, 0u);
}

// Samples.

struct Sampling {
    int horizontal, vertical;
    GstVideoFormat format;
};

TEST(Decode, SamplesAreLibjpegsInTheJpegsOwnFormat) {
    for (const auto& [horizontal, vertical, format] : {Sampling{2, 2, GST_VIDEO_FORMAT_I420},
                                                       {2, 1, GST_VIDEO_FORMAT_Y42B},
                                                       {1, 1, GST_VIDEO_FORMAT_Y444}})
        for (const auto& [width, height] : {std::pair{64, 48}, {41, 35}, {1, 1}}) {
            SCOPED_TRACE(testing::Message() << horizontal << vertical << ' ' << width << 'x' << height);
            const Bytes jpeg = compress({.width = width,
                                         .height = height,
                                         .horizontal_sampling = {horizontal, 1},
                                         .vertical_sampling = {vertical, 1}});
            Decoder decoder("strength=0");
            const Buffer buffer = decoder.decode(jpeg);
            ASSERT_NE(buffer, nullptr);
            const GstVideoInfo info = decoder.info();
            EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&info), format);
            EXPECT_EQ(info.width, width);
            EXPECT_EQ(info.height, height);
            const auto expected = libjpeg_decompress_raw(jpeg);
            for (int i = 0; i < 3; ++i) EXPECT_EQ(decoder.component(buffer, i), expected[i].samples) << i;
        }
}

TEST(Decode, OtherSamplingsAreRepeatedTo444) {
    for (const auto& [luma, chroma] : {std::pair{std::pair{4, 1}, std::pair{1, 1}},
                                       {std::pair{1, 2}, std::pair{1, 1}},
                                       {std::pair{1, 1}, std::pair{2, 2}}}) {
        const Bytes jpeg = compress({.width = 40,
                                     .height = 24,
                                     .horizontal_sampling = {luma.first, chroma.first},
                                     .vertical_sampling = {luma.second, chroma.second}});
        Decoder decoder("strength=0");
        const Buffer buffer = decoder.decode(jpeg);
        ASSERT_NE(buffer, nullptr);
        const GstVideoInfo info = decoder.info();
        EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&info), GST_VIDEO_FORMAT_Y444);
        const auto raw = libjpeg_decompress_raw(jpeg);
        for (int i = 0; i < 3; ++i) {
            Bytes expected;
            for (int y = 0; y < 24; ++y)
                for (int x = 0; x < 40; ++x)
                    expected.push_back(raw[i].samples[static_cast<std::size_t>(
                        y * raw[i].height / 24 * raw[i].width + x * raw[i].width / 40)]);
            EXPECT_EQ(decoder.component(buffer, i), expected) << i;
        }
    }
}

TEST(Decode, GreyStaysGrey) {
    const Bytes jpeg = compress({.width = 33, .input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE});
    Decoder decoder("strength=0");
    const Buffer buffer = decoder.decode(jpeg);
    const GstVideoInfo info = decoder.info();
    EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&info), GST_VIDEO_FORMAT_GRAY8);
    EXPECT_EQ(decoder.component(buffer, 0), libjpeg_decompress_raw(jpeg)[0].samples);
}

TEST(Decode, LumaIsRestoredChromaIsNot) {
    const JpegRecipe recipe{.width = 83, .height = 45, .quality = 20, .horizontal_sampling = {2, 1}};
    const Bytes jpeg = compress(recipe);
    Decoder decoder;
    const Buffer buffer = decoder.decode(jpeg);
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(decoder.component(buffer, 0), restored_luma(jpeg));
    EXPECT_NE(decoder.component(buffer, 0), libjpeg_decompress_raw(jpeg)[0].samples);
    for (int i = 1; i < 3; ++i)
        EXPECT_EQ(decoder.component(buffer, i), libjpeg_decompress_raw(jpeg)[i].samples);
}

TEST(Decode, CompareLeavesTheLeftShareAlone) {
    const Bytes jpeg = compress({.width = 80, .height = 16, .quality = 20});
    Decoder decoder("compare=0.25");
    const Bytes luma = decoder.component(decoder.decode(jpeg), 0);
    const Bytes plain = libjpeg_decompress_raw(jpeg)[0].samples, restored = restored_luma(jpeg);
    for (std::size_t i = 0; i < luma.size(); ++i)
        ASSERT_EQ(luma[i], (i % 80 < 20 ? plain : restored)[i]) << i;
}

TEST(Decode, ColoursAreAnnouncedAsJpegdecDoes) {
    Decoder decoder;
    decoder.decode(compress({}));
    const GstVideoInfo info = decoder.info();
    EXPECT_EQ(info.colorimetry.range, GST_VIDEO_COLOR_RANGE_0_255);
    EXPECT_EQ(info.colorimetry.matrix, GST_VIDEO_COLOR_MATRIX_BT601);
    EXPECT_EQ(info.fps_n, 25);
}

TEST(Decode, SizesMayChangeFromFrameToFrame) {
    Decoder decoder("strength=0");
    for (const int width : {64, 40, 64}) {
        const Bytes jpeg = compress({.width = width});
        EXPECT_EQ(decoder.component(decoder.decode(jpeg), 0), libjpeg_decompress_raw(jpeg)[0].samples);
    }
}

TEST(Decode, UnparsedStreamsAreCutIntoFrames) {
    const Bytes jpeg = compress({.width = 48, .height = 40, .restart_interval = 2});
    Decoder decoder("strength=0", "image/jpeg");
    Bytes stream;
    for (int i = 0; i < 5; ++i) {
        stream.insert(stream.end(), jpeg.begin(), jpeg.end());
        stream.insert(stream.end(), 3, 0);
    }
    for (std::size_t at = 0; at < stream.size(); at += 100) {
        const auto from = stream.begin() + static_cast<std::ptrdiff_t>(at);
        decoder.push(
            Bytes(from, from + static_cast<std::ptrdiff_t>(std::min<std::size_t>(100, stream.size() - at))));
    }
    gst_harness_push_event(decoder.get(), gst_event_new_eos());
    int frames = 0;
    while (const Buffer buffer = decoder.pull()) {
        EXPECT_EQ(decoder.component(buffer, 0), libjpeg_decompress_raw(jpeg)[0].samples);
        ++frames;
    }
    EXPECT_EQ(frames, 5);
}

TEST(Decode, ALastFrameWithoutItsEndMarkerIsShown) {
    Bytes jpeg = compress({});
    jpeg.resize(jpeg.size() - 2);
    Decoder decoder("strength=0", "image/jpeg");
    decoder.push(jpeg);
    EXPECT_EQ(decoder.pull(), nullptr);
    gst_harness_push_event(decoder.get(), gst_event_new_eos());
    const Buffer buffer = decoder.pull();
    ASSERT_NE(buffer, nullptr);
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED));
}

class TwoFields : public testing::Test {
  protected:
    static Bytes field(int quality) { return compress({.width = 48, .height = 40, .quality = quality}); }
    static constexpr char kCaps[] = "image/jpeg, parsed=true, width=48, height=80";

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
    EXPECT_EQ(meta->tables, (std::vector{jpegdeblock::ijg_luma_table(20), jpegdeblock::ijg_luma_table(50)}));
}

TEST_F(TwoFields, TheFirstStandsInForASecondThatIsMissing) {
    const Bytes top = field(20);
    Decoder decoder("strength=0", kCaps);
    const Buffer buffer = decoder.decode(top);
    ASSERT_NE(buffer, nullptr);
    EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED));
    const Bytes luma = decoder.component(buffer, 0);
    EXPECT_EQ(rows_of(luma, 0), rows_of(luma, 1));
}

// Chroma.

TEST(PlanesAll, RestoresEachComponentAtItsOwnSampling) {
    for (const auto& [horizontal, vertical] : {std::pair{1, 1}, {2, 1}, {2, 2}}) {
        const JpegRecipe recipe = {.width = 73,
                                   .height = 51,
                                   .quality = 20,
                                   .horizontal_sampling = {horizontal, 1},
                                   .vertical_sampling = {vertical, 1}};
        const Bytes jpeg = compress(recipe);
        Decoder decoder("planes=all");
        const Buffer buffer = decoder.decode(jpeg);
        ASSERT_NE(buffer, nullptr);
        EXPECT_EQ(decoder.component(buffer, 0), restored_luma(jpeg));
        for (int index = 1; index < 3; ++index) {
            EXPECT_EQ(decoder.component(buffer, index), restored_component(jpeg, index))
                << horizontal << "x" << vertical << " component " << index;
        }
        const auto meta = jpegdeblock_plugin::table_meta_of(buffer.get());
        ASSERT_TRUE(meta);
        const jpegdeblock::QuantizationTable table = jpegdeblock::ijg_chroma_table(20);
        EXPECT_EQ(meta->chroma_tables, (decltype(meta->chroma_tables){{table, table}}));
        EXPECT_TRUE(meta->chroma_restored);
    }
}

TEST(PlanesAll, RestoresBeforeSamplesAreRepeated) {
    const Bytes jpeg = compress({.width = 64, .height = 48, .quality = 20, .horizontal_sampling = {4, 1}});
    Decoder decoder("planes=all");
    const Buffer buffer = decoder.decode(jpeg);
    ASSERT_NE(buffer, nullptr);
    const Bytes restored = restored_component(jpeg, 2), shown = decoder.component(buffer, 2);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        ASSERT_EQ(shown[i], restored[i / 4]) << i;
    }
}

TEST(PlanesAll, OfGreyPicturesIsLuma) {
    const Bytes jpeg = compress({.input = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .quality = 20});
    Decoder decoder("planes=all");
    const Buffer buffer = decoder.decode(jpeg);
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(decoder.component(buffer, 0), restored_luma(jpeg));
}

TEST(PlanesAll, ComparesAndPassesAsLumaDoes) {
    const Bytes jpeg = compress({.quality = 20});
    const auto plain = libjpeg_decompress_raw(jpeg);
    for (const bool half : {true, false}) {
        Decoder decoder(half ? "planes=all compare=0.5" : "planes=all strength=0");
        const Bytes cb = decoder.component(decoder.decode(jpeg), 1);
        const Bytes restored = half ? restored_component(jpeg, 1) : plain[1].samples;
        for (std::size_t i = 0; i < cb.size(); ++i) {
            const bool left = static_cast<int>(i) % plain[1].width < plain[1].width / 2;
            ASSERT_EQ(cb[i], (left ? plain[1].samples : restored)[i]) << i;
        }
    }
}

// The table that goes with the frame.

TEST(Table, TravelsWithTheFrame) {
    for (const bool restored : {false, true}) {
        Decoder decoder(restored ? "" : "strength=0");
        const Buffer buffer = decoder.decode(compress({.quality = 35}));
        const auto meta = jpegdeblock_plugin::table_meta_of(buffer.get());
        ASSERT_TRUE(meta);
        EXPECT_EQ(meta->tables, std::vector{jpegdeblock::ijg_luma_table(35)});
        EXPECT_EQ(meta->restored, restored);
        const Buffer copy(gst_buffer_copy(buffer.get()));
        EXPECT_EQ(jpegdeblock_plugin::table_meta_of(copy.get()), meta);
        const Buffer part(gst_buffer_copy_region(buffer.get(), GST_BUFFER_COPY_ALL, 0, 16));
        EXPECT_FALSE(jpegdeblock_plugin::table_meta_of(part.get()));
    }
}

TEST(Table, ServesTheFilterAndWhatIsRestoredIsNotRestoredAgain) {
    const Bytes jpeg = compress({.width = 64, .height = 48, .quality = 25});
    for (const bool restored : {false, true}) {
        Decoder decoder(restored ? "" : "strength=0");
        Buffer buffer = decoder.decode(jpeg);
        const Bytes before = decoder.component(buffer, 0);
        FilterHarness filter("quality=0");
        GstCaps* caps = gst_pad_get_current_caps(decoder.get()->sinkpad);
        gst_harness_set_src_caps(filter.get(), caps);
        Buffer after(filter.filter(buffer.release()));
        ASSERT_NE(after, nullptr);
        const Bytes luma = decoder.component(after, 0);
        EXPECT_EQ(luma == before, restored);
        EXPECT_EQ(filter.statistic_text("table-source"), restored ? "none" : "given");
    }
}

TEST(Statistics, OfTheDecoder) {
    Decoder decoder;
    decoder.decode(compress({.quality = 35}));
    GstStructure* stats = nullptr;
    g_object_get(decoder.get()->element, "stats", &stats, nullptr);
    EXPECT_STREQ(gst_structure_get_string(stats, "table-source"), "given");
    gint quality = 0;
    gst_structure_get_int(stats, "quality", &quality);
    EXPECT_EQ(quality, 35);
    gst_structure_free(stats);
}

}  // namespace
}  // namespace jpegdeblock_test
