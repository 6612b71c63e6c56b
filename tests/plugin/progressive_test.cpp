// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblockdec progressive=true: a picture for each scan, while the bytes arrive.
#include <gmock/gmock.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>
#include <algorithm>

#include <jpegdeblock/jpeg.h>

#include <string>
#include "jpeg/reconstruction.h"
#include "metrics/metrics.h"

#include "decoder_harness.h"
#include "filter_harness.h"
#include "libjpeg_reference.h"
#include "table_meta.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::ends_of_scans;
using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::libjpeg_decompress_raw;

constexpr char kUnparsed[] = "image/jpeg";
constexpr std::size_t kScans = 10;  // Of libjpeg's standard script, for YCbCr.

JpegRecipe colour_recipe() {
    return {.width = 83,
            .height = 61,
            .quality = 40,
            .progressive = true,
            .horizontal_sampling = {2, 1},
            .vertical_sampling = {2, 1}};
}

JpegRecipe grey_recipe() {
    return {.width = 83,
            .height = 61,
            .input = JCS_GRAYSCALE,
            .stored = JCS_GRAYSCALE,
            .quality = 90,
            .progressive = true};
}

bool is_marked(const Buffer& buffer) {
    return GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_VIDEO_BUFFER_FLAG_MARKER);
}

bool is_corrupted(const Buffer& buffer) {
    return GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED);
}

std::vector<Buffer> pull_all(Decoder& decoder) {
    std::vector<Buffer> pictures;
    while (Buffer picture = decoder.pull()) pictures.push_back(std::move(picture));
    return pictures;
}

void push_in_pieces(Decoder& decoder, const Bytes& bytes, std::size_t size = 100) {
    for (std::size_t at = 0; at < bytes.size(); at += size) {
        const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(size, bytes.size() - at);
        ASSERT_EQ(decoder.push(Bytes(from, from + static_cast<std::ptrdiff_t>(count))), GST_FLOW_OK);
    }
}

Bytes start_of(const Bytes& jpeg, std::size_t size) {
    return {jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(size)};
}

void end_stream(Decoder& decoder) {
    gst_harness_push_event(decoder.get(), gst_event_new_eos());
}

/// The components of the only picture that progressive=false gives.
std::vector<Bytes> at_once(const Bytes& jpeg, const std::string& properties = "") {
    Decoder decoder(properties);
    const Buffer picture = decoder.decode(jpeg);
    std::vector<Bytes> components;
    for (int i = 0; i < 3; ++i) components.push_back(decoder.component(picture, i));
    return components;
}

// Errors first.

TEST(ProgressiveErrors, ATruncatedJpegEndsWithAllThatItTellsFlagged) {
    const Bytes jpeg = compress(colour_recipe());
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    const Bytes truncated = start_of(jpeg, (ends[5] + ends[6]) / 2);
    Decoder decoder("progressive=true", kUnparsed);
    push_in_pieces(decoder, truncated);
    std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), 6u);
    for (const Buffer& picture : pictures) {
        EXPECT_FALSE(is_corrupted(picture));
        EXPECT_FALSE(is_marked(picture));
    }
    end_stream(decoder);
    const std::vector<Buffer> last = pull_all(decoder);
    ASSERT_EQ(last.size(), 1u);
    EXPECT_TRUE(is_corrupted(last[0]));
    EXPECT_TRUE(is_marked(last[0]));
    const std::vector<Bytes> expected = at_once(truncated);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(decoder.component(last[0], i), expected[static_cast<std::size_t>(i)]) << i;
    }
    EXPECT_THAT(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, testing::HasSubstr("damaged"));
}

TEST(ProgressiveErrors, AJpegThatCannotBeReadIsOneErrorAndTheStreamGoesOn) {
    const Bytes jpeg = compress(colour_recipe());
    Bytes broken = jpeg;
    broken[jpegdeblock::test::find_segment(jpeg, 0xc2) + 4] = 12;  // 12 bits a sample.
    Decoder decoder("progressive=true max-errors=2", kUnparsed);
    push_in_pieces(decoder, broken);
    EXPECT_TRUE(pull_all(decoder).empty());
    push_in_pieces(decoder, joined({jpeg, {0x00}}));
    EXPECT_EQ(pull_all(decoder).size(), kScans);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_ERROR).domain, 0u);
}

TEST(ProgressiveErrors, OtherColoursAreOneErrorAndTheStreamGoesOn) {
    JpegRecipe recipe = colour_recipe();
    recipe.input = recipe.stored = JCS_UNKNOWN;
    recipe.scans = {{1, {0}, 0, 0, 0, 0}, {1, {1}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 0}, {1, {1}, 1, 63, 0, 0}};
    Decoder decoder("progressive=true max-errors=2", kUnparsed);
    push_in_pieces(decoder, joined({compress(recipe), compress(colour_recipe()), {0x00}}));
    EXPECT_EQ(pull_all(decoder).size(), kScans);
    EXPECT_THAT(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, testing::HasSubstr("2 components"));
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_ERROR).text, "");
    EXPECT_EQ(decoder.statistic("frames-lost"), 1u);
}

// Pictures.

TEST(Progressive, EachScanIsAPictureOnceItsBytesAreThere) {
    const Bytes jpeg = compress(colour_recipe());
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    ASSERT_EQ(ends.size(), kScans);
    jpegdeblock::JpegReader reader;
    jpegdeblock::Deblocker deblocker(jpegdeblock::load_shared_model(test_model("balanced")),
                                     jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1));
    reader.begin();
    Decoder decoder("progressive=true", kUnparsed);
    std::size_t from = 0;
    for (std::size_t scan = 0; scan < kScans; ++scan) {
        SCOPED_TRACE(scan);
        // Whoever follows a stream must see a byte more than a scan's to know that it is not the last.
        const std::size_t to = std::min(ends[scan] + 1, jpeg.size());
        const Bytes piece(jpeg.begin() + static_cast<std::ptrdiff_t>(from),
                          jpeg.begin() + static_cast<std::ptrdiff_t>(to));
        from = to;
        decoder.push(piece);
        const std::vector<Buffer> pictures = pull_all(decoder);
        ASSERT_EQ(pictures.size(), 1u);
        EXPECT_EQ(is_marked(pictures[0]), scan + 1 == kScans);
        const jpegdeblock::JpegPicture& expected = *reader.append(piece);
        for (int i = 0; i < 3; ++i) {
            const jpegdeblock::JpegComponent& component = expected.components[static_cast<std::size_t>(i)];
            Bytes samples(static_cast<std::size_t>(component.width) * component.height);
            const jpegdeblock::Plane plane{samples.data(), component.width, component.height,
                                           component.width};
            if (i == 0) {
                deblocker.process(component, plane);
            } else {
                decode_component(component, plane);
            }
            EXPECT_EQ(decoder.component(pictures[0], i), samples) << "component " << i;
        }
        const auto meta = jpegdeblock_plugin::table_meta_of(pictures[0].get());
        ASSERT_TRUE(meta);
        EXPECT_EQ(meta->luma[0], effective_steps(expected.components[0].table, expected.components[0].state));
    }
}

TEST(Progressive, PicturesGetBetterAndTheLastIsTheOnlyOneOtherwise) {
    const JpegRecipe recipe = grey_recipe();
    const Bytes jpeg = compress(recipe), original = samples_for(recipe);
    Decoder decoder("progressive=true strength=0", kUnparsed);
    push_in_pieces(decoder, jpeg, 7);
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), ends_of_scans(jpeg).size());
    double best = 0.0;
    for (const Buffer& picture : pictures) {
        const Bytes luma = decoder.component(picture, 0);
        const double quality = jpegdeblock::psnr({original.data(), recipe.width, recipe.height, recipe.width},
                                                 {luma.data(), recipe.width, recipe.height, recipe.width});
        // What the blocks around suggested before may by chance have been a little nearer.
        EXPECT_GT(quality, best - 0.05);
        best = std::max(best, quality);
    }
    EXPECT_EQ(decoder.component(pictures.back(), 0), libjpeg_decompress_raw(jpeg)[0].samples);
}

TEST(Progressive, TheLastPictureIsThatOfProgressiveFalse) {
    const Bytes jpeg = compress(colour_recipe());
    const std::vector<Bytes> expected = at_once(jpeg);
    for (const std::size_t size : {std::size_t{1}, std::size_t{333}, jpeg.size()}) {
        Decoder decoder("progressive=true", kUnparsed);
        push_in_pieces(decoder, jpeg, size);
        const std::vector<Buffer> pictures = pull_all(decoder);
        ASSERT_EQ(pictures.size(), kScans) << size;
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(decoder.component(pictures.back(), i), expected[static_cast<std::size_t>(i)]) << size;
    }
}

TEST(Progressive, SeveralInARowWithBaselineJpegsBetween) {
    JpegRecipe baseline = colour_recipe();
    baseline.progressive = false;
    const Bytes first = compress(colour_recipe()), second = compress(baseline);
    Decoder decoder("progressive=true", kUnparsed);
    push_in_pieces(decoder, joined({first, second, {0x00, 0xff}, first, first}));
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), 3 * kScans + 1);
    const std::vector<Bytes> expected_first = at_once(first), expected_second = at_once(second);
    for (const std::size_t last : {kScans - 1, 2 * kScans, 3 * kScans})
        EXPECT_EQ(decoder.component(pictures[last], 0), expected_first[0]) << last;
    EXPECT_EQ(decoder.component(pictures[kScans], 0), expected_second[0]);
    for (std::size_t i = 0; i < pictures.size(); ++i)
        EXPECT_EQ(is_marked(pictures[i]),
                  i == kScans - 1 || i == kScans || i == 2 * kScans || i == 3 * kScans)
            << i;
}

TEST(Progressive, InAVideoAllPicturesOfAJpegHaveItsTime) {
    const Bytes jpeg = compress(colour_recipe());
    Decoder decoder("progressive=true", kUnparsed);
    push_in_pieces(decoder, jpeg, jpeg.size() / 4);  // A new timestamp with each piece.
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), kScans);
    for (const Buffer& picture : pictures) {
        EXPECT_EQ(GST_BUFFER_PTS(picture.get()), 0u);
        EXPECT_EQ(GST_BUFFER_DURATION(picture.get()), 40 * GST_MSECOND);
    }
    push_in_pieces(decoder, jpeg, jpeg.size());
    const std::vector<Buffer> next = pull_all(decoder);
    ASSERT_EQ(next.size(), kScans);
    const GstClockTime time = GST_BUFFER_PTS(next[0].get());
    EXPECT_GT(time, 0u);
    for (const Buffer& picture : next) EXPECT_EQ(GST_BUFFER_PTS(picture.get()), time);
}

TEST(Progressive, InAVideoAllPicturesHaveTheJpegsTimeThoughTheFirstIsDroppedAsLate) {
    const Bytes jpeg = compress(colour_recipe());
    const std::size_t middle = ends_of_scans(jpeg)[2] + 10;
    Decoder decoder("progressive=true late=drop", kUnparsed);
    push_in_pieces(decoder, jpeg, jpeg.size());
    ASSERT_EQ(pull_all(decoder).size(), kScans);
    const GstClockTime time = decoder.next_time();
    const auto tell = [&](GstClockTimeDiff lateness) {
        gst_harness_push_upstream_event(decoder.get(),
                                        gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1.0, lateness, time));
    };
    tell(GST_SECOND);
    push_in_pieces(decoder, start_of(jpeg, middle), middle);
    const std::size_t shown_late = pull_all(decoder).size();
    EXPECT_LT(shown_late, 3u);
    tell(-1);
    push_in_pieces(decoder, Bytes(jpeg.begin() + static_cast<std::ptrdiff_t>(middle), jpeg.end()),
                   jpeg.size());
    const std::vector<Buffer> pictures = pull_all(decoder);
    EXPECT_EQ(pictures.size(), kScans - 3);
    for (const Buffer& picture : pictures) {
        EXPECT_EQ(GST_BUFFER_PTS(picture.get()), time);
        EXPECT_EQ(GST_BUFFER_DURATION(picture.get()), 40 * GST_MSECOND);
    }
}

TEST(Progressive, OfAStillOnlyTheFirstPictureHasATime) {
    const Bytes jpeg = compress(colour_recipe());
    Decoder decoder("progressive=true", kUnparsed, "");
    for (std::size_t at = 0; at < jpeg.size(); at += 100) {
        GstBuffer* buffer = gst_buffer_new_memdup(jpeg.data() + at, std::min<gsize>(100, jpeg.size() - at));
        if (at == 0) GST_BUFFER_DTS(buffer) = 0;  // As a file's source does.
        ASSERT_EQ(gst_harness_push(decoder.get(), buffer), GST_FLOW_OK);
    }
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), kScans);
    EXPECT_EQ(GST_BUFFER_PTS(pictures[0].get()), 0u);
    for (std::size_t i = 1; i < kScans; ++i)
        EXPECT_EQ(GST_BUFFER_PTS(pictures[i].get()), GST_CLOCK_TIME_NONE) << i;
}

TEST(Progressive, AFlushForgetsTheJpegUnderWay) {
    const Bytes jpeg = compress(colour_recipe());
    const std::vector<std::size_t> ends = ends_of_scans(jpeg);
    Decoder decoder("progressive=true", kUnparsed);
    push_in_pieces(decoder, start_of(jpeg, (ends[2] + ends[3]) / 2));
    EXPECT_EQ(pull_all(decoder).size(), 3u);
    gst_harness_push_event(decoder.get(), gst_event_new_flush_start());
    gst_harness_push_event(decoder.get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(decoder.get(), gst_event_new_segment(&segment));
    push_in_pieces(decoder, jpeg);
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), kScans);
    EXPECT_EQ(decoder.component(pictures.back(), 0), at_once(jpeg)[0]);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).domain, 0u);
}

TEST(Progressive, TheIntervalSparesPicturesButNeverTheLast) {
    const Bytes jpeg = compress(colour_recipe());
    Decoder decoder("progressive=true progressive-interval=4000000000", kUnparsed);
    push_in_pieces(decoder, jpeg);
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), 2u);
    EXPECT_FALSE(is_marked(pictures[0]));
    EXPECT_TRUE(is_marked(pictures[1]));
    EXPECT_EQ(decoder.component(pictures[1], 0), at_once(jpeg)[0]);
}

TEST(Progressive, MayBeSwitchedOnWithinAJpeg) {
    const Bytes jpeg = compress(colour_recipe());
    const std::size_t middle = ends_of_scans(jpeg)[4] + 10;
    Decoder decoder("", kUnparsed);
    push_in_pieces(decoder, start_of(jpeg, middle));
    EXPECT_TRUE(pull_all(decoder).empty());
    g_object_set(decoder.get()->element, "progressive", TRUE, nullptr);
    push_in_pieces(decoder, Bytes(jpeg.begin() + static_cast<std::ptrdiff_t>(middle), jpeg.end()));
    const std::vector<Buffer> pictures = pull_all(decoder);
    ASSERT_EQ(pictures.size(), 5u);
    EXPECT_EQ(decoder.component(pictures.back(), 0), at_once(jpeg)[0]);
}

TEST(Progressive, WhatComesWholeIsShownOnce) {
    const Bytes jpeg = compress(colour_recipe());
    for (const bool parsed : {false, true}) {
        Decoder decoder(parsed ? "progressive=true" : "", parsed ? "image/jpeg, parsed=true" : kUnparsed);
        push_in_pieces(decoder, jpeg, jpeg.size());
        const std::vector<Buffer> pictures = pull_all(decoder);
        ASSERT_EQ(pictures.size(), 1u);
        EXPECT_TRUE(is_marked(pictures[0]));
    }
}

TEST(Progressive, PropertiesReadBackAsSet) {
    Decoder decoder("progressive=true progressive-interval=250");
    gboolean progressive = FALSE;
    guint interval = 0;
    g_object_get(decoder.get()->element, "progressive", &progressive, "progressive-interval", &interval,
                 nullptr);
    EXPECT_TRUE(progressive);
    EXPECT_EQ(interval, 250u);
}

}  // namespace
}  // namespace jpegdeblock_test
