// SPDX-License-Identifier: LGPL-2.1-or-later
// What jpegdeblockdec does with JPEGs that are damaged, lost or none.
#include <gmock/gmock.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <string>

#include "decoder_harness.h"
#include "filter_harness.h"
#include "libjpeg_reference.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::libjpeg_decompress_raw;
using testing::HasSubstr;
using testing::Not;

TEST(DecodeErrors, NoJpegAtAllIsDroppedAndTheStreamGoesOn) {
    Decoder decoder;
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(decoder.push(Bytes(500, 7)), GST_FLOW_OK);
        EXPECT_EQ(decoder.pull(), nullptr);
    }
    const Complaint warning = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_EQ(warning.domain, GST_STREAM_ERROR);
    EXPECT_EQ(warning.code, GST_STREAM_ERROR_DECODE);
    EXPECT_THAT(warning.text, HasSubstr("lost"));
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).domain, 0u) << "warned twice";
    EXPECT_EQ(decoder.statistic("frames-lost"), 2u);
    EXPECT_NE(decoder.decode(compress({})), nullptr);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_ERROR).domain, 0u);
}

TEST(DecodeErrors, AFrameLostWhileTheStreamIsPlayedBackwardsIsNotTheEnd) {
    Decoder decoder;
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.rate = -1;
    segment.stop = segment.position = GST_SECOND;
    ASSERT_TRUE(gst_harness_push_event(decoder.get(), gst_event_new_segment(&segment)));
    const Bytes good = compress({});
    int shown = 0;
    GstClockTime time = 400 * GST_MSECOND;
    for (const Bytes& jpeg : {Bytes(500, 7), good, good}) {
        GstBuffer* buffer = gst_buffer_new_memdup(jpeg.data(), jpeg.size());
        GST_BUFFER_PTS(buffer) = time -= 40 * GST_MSECOND;
        GST_BUFFER_DURATION(buffer) = 40 * GST_MSECOND;
        GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
        EXPECT_EQ(gst_harness_push(decoder.get(), buffer), GST_FLOW_OK);
    }
    EXPECT_TRUE(gst_harness_push_event(decoder.get(), gst_event_new_eos()));
    while (decoder.pull() != nullptr) ++shown;
    EXPECT_EQ(shown, 2);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_ERROR).domain, 0u);
    EXPECT_EQ(decoder.statistic("frames-lost"), 1u);
}

TEST(DecodeErrors, LostAndDamagedFramesAreToldApart) {
    const Bytes whole = compress({.width = 64, .height = 256});
    const Bytes half(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
    Decoder decoder("strength=0");
    EXPECT_NE(decoder.decode(half), nullptr);
    EXPECT_EQ(decoder.decode(Bytes(500, 7)), nullptr);
    EXPECT_NE(decoder.decode(half), nullptr);
    EXPECT_EQ(decoder.decode(Bytes(500, 7)), nullptr);
    const Complaint damaged = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_THAT(damaged.text, HasSubstr("damaged"));
    EXPECT_THAT(damaged.debug, HasSubstr("discard-corrupted-frames"));
    const Complaint lost = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_THAT(lost.text, HasSubstr("lost"));
    EXPECT_THAT(lost.debug, Not(HasSubstr("corrupted")));
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).domain, 0u);
    EXPECT_EQ(decoder.statistic("frames-damaged"), 2u);
    EXPECT_EQ(decoder.statistic("frames-lost"), 2u);
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

TEST(DecodeErrors, OtherNumbersOfComponentsAreDroppedSayingSoAndTheStreamGoesOn) {
    Decoder decoder;
    EXPECT_NE(decoder.decode(compress({})), nullptr);
    EXPECT_EQ(decoder.push(compress({.input = JCS_UNKNOWN, .stored = JCS_UNKNOWN})), GST_FLOW_OK);
    EXPECT_EQ(decoder.pull(), nullptr);
    EXPECT_NE(decoder.decode(compress({})), nullptr);
    const Complaint warning = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_EQ(warning.domain, GST_STREAM_ERROR);
    EXPECT_EQ(warning.code, GST_STREAM_ERROR_NOT_IMPLEMENTED);
    EXPECT_THAT(warning.text, HasSubstr("2 components"));
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_ERROR).domain, 0u);
    EXPECT_EQ(decoder.statistic("frames-lost"), 1u);
}

TEST(DecodeErrors, AFrameThatDownstreamDoesNotTakeIsDroppedAndTheStreamGoesOn) {
    const Bytes jpeg = compress({.horizontal_sampling = {2, 1}, .vertical_sampling = {2, 1}});
    Decoder decoder;
    gst_harness_set_sink_caps_str(decoder.get(), "video/x-raw, format=I420, width=64");
    EXPECT_NE(decoder.decode(jpeg), nullptr);
    for (const JpegRecipe& recipe : {JpegRecipe{.stored = JCS_RGB}, JpegRecipe{.width = 16}}) {
        EXPECT_EQ(decoder.push(compress(recipe)), GST_FLOW_OK);
        EXPECT_EQ(decoder.pull(), nullptr);
        EXPECT_NE(decoder.decode(jpeg), nullptr);
    }
    const Complaint warning = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_EQ(warning.code, GST_STREAM_ERROR_FORMAT);
    EXPECT_THAT(warning.text, HasSubstr("64x48 RGB"));
    EXPECT_EQ(decoder.statistic("frames-lost"), 2u);
}

TEST(DecodeErrors, MorePixelsThanMaxPixelsAreLostNamingTheProperty) {
    const Bytes jpeg = compress({.width = 64, .height = 48});
    Decoder decoder("max-pixels=3071");
    EXPECT_EQ(decoder.push(jpeg), GST_FLOW_OK);
    EXPECT_EQ(decoder.pull(), nullptr);
    const Complaint warning = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING);
    EXPECT_EQ(warning.domain, GST_STREAM_ERROR);
    EXPECT_THAT(warning.text, testing::AllOf(HasSubstr("64x48"), HasSubstr("'max-pixels' is 3071")));
    for (const guint64 enough : {guint64{3072}, guint64{0}, G_MAXUINT64}) {
        g_object_set(decoder.get()->element, "max-pixels", enough, nullptr);
        EXPECT_NE(decoder.decode(jpeg), nullptr) << enough;
    }
    g_object_set(decoder.get()->element, "max-pixels", guint64{300}, nullptr);  // Not even its samples.
    EXPECT_EQ(decoder.decode(jpeg), nullptr);
    EXPECT_EQ(decoder.statistic("frames-lost"), 2u);
}

TEST(DecodeErrors, WithoutALimitOnlyWhatTheFileCannotHoldIsRefused) {
    Bytes jpeg = compress({});
    for (const std::size_t at : {5u, 7u}) jpeg[jpegdeblock::test::find_segment(jpeg, 0xc0) + at] = 60000 >> 8;
    for (const bool limited : {true, false}) {
        Decoder decoder(limited ? "" : "max-pixels=0");
        EXPECT_EQ(decoder.push(jpeg), GST_FLOW_OK);
        const std::string text = pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text;
        EXPECT_EQ(text.find("max-pixels") != std::string::npos, limited) << text;
        EXPECT_THAT(text, HasSubstr(limited ? "pixels" : "bytes"));
    }
}

TEST(DecodeErrors, AStreamWithoutAnyFrameThatCanBeShownEndsWithAnErrorThatSaysWhy) {
    for (const bool one_is_good : {false, true}) {
        Decoder decoder;
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(decoder.push(compress({.input = JCS_UNKNOWN, .stored = JCS_UNKNOWN})), GST_FLOW_OK);
        if (one_is_good) {
            EXPECT_NE(decoder.decode(compress({})), nullptr);
        }
        gst_harness_push_event(decoder.get(), gst_event_new_eos());
        const Complaint error = pop_complaint(decoder.bus(), GST_MESSAGE_ERROR);
        EXPECT_EQ(error.text.find("2 components") != std::string::npos, !one_is_good) << error.text;
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

}  // namespace
}  // namespace jpegdeblock_test
