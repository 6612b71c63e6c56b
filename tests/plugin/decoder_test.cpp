// SPDX-License-Identifier: LGPL-2.1-or-later
// jpegdeblockdec between two pads of the test.
#include <gmock/gmock.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <jpegdeblock/quantization.h>
#include <algorithm>
#include <string>

#include "decoder_harness.h"
#include "filter_harness.h"
#include "libjpeg_reference.h"
#include "table_meta.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::libjpeg_decompress_raw;
using jpegdeblock::test::without_segments;
using testing::HasSubstr;

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

// Start, tables and end: what comes before abbreviated JPEGs (ITU-T T.81, B.5).
Bytes tables_of(const Bytes& jpeg) {
    Bytes tables = {0xff, 0xd8};
    for (std::size_t at = 2; jpeg[at + 1] != 0xda;) {
        const std::size_t end = at + 2 + std::size_t{jpeg[at + 2]} * 256 + jpeg[at + 3];
        const bool is_table = jpeg[at + 1] == 0xdb || jpeg[at + 1] == 0xc4;
        for (; at < end; ++at)
            if (is_table) tables.push_back(jpeg[at]);
    }
    return joined({tables, {0xff, 0xd9}});
}

TEST(Decode, EmptyBuffersAndEmptyJpegsAreSkippedSilently) {
    const Bytes jpeg = compress({}), start = {0xff, 0xd8}, nothing = {0xff, 0xd8, 0xff, 0xd9},
                comment = {0xff, 0xd8, 0xff, 0xfe, 0, 4, 1, 2, 0xff, 0xd9, 0, 0};
    for (const char* caps : {"image/jpeg", "image/jpeg, parsed=true"}) {
        SCOPED_TRACE(caps);
        Decoder decoder("strength=0", caps);
        int frames = 0;
        for (const Bytes& empty : {Bytes(), start, nothing, comment, tables_of(jpeg)}) {
            EXPECT_EQ(decoder.push(jpeg), GST_FLOW_OK);
            EXPECT_EQ(decoder.push(empty), GST_FLOW_OK);
            const Bytes both = joined({empty, jpeg});
            const GstClockTime time = decoder.next_time();
            EXPECT_EQ(decoder.push(both), GST_FLOW_OK);
            GstClockTime last = GST_CLOCK_TIME_NONE;
            while (const Buffer buffer = decoder.pull()) {
                EXPECT_EQ(decoder.component(buffer, 0), libjpeg_decompress_raw(jpeg)[0].samples);
                last = GST_BUFFER_PTS(buffer.get());
                ++frames;
            }
            EXPECT_EQ(last, time);
        }
        EXPECT_EQ(frames, 10);
        EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, "");
        EXPECT_EQ(decoder.statistic("frames-lost"), 0u);
    }
}

TEST(Decode, BytesBeforeTheStartOfAPacketsJpegAreSkipped) {
    const Bytes jpeg = compress({});
    Decoder decoder("strength=0");
    const Buffer buffer = decoder.decode(joined({{0, 0, 0xff}, jpeg}));
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(decoder.component(buffer, 0), libjpeg_decompress_raw(jpeg)[0].samples);
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, "");
}

TEST(Decode, TablesServeThePicturesThatFollow) {
    const Bytes jpeg = compress({}), tables = tables_of(jpeg);
    const Bytes abbreviated = without_segments(without_segments(jpeg, 0xdb), 0xc4);
    for (const char* caps : {"image/jpeg", "image/jpeg, parsed=true"})
        for (const bool in_one_packet : {false, true}) {
            Decoder decoder("strength=0", caps);
            EXPECT_EQ(decoder.push(in_one_packet ? joined({tables, abbreviated}) : tables), GST_FLOW_OK);
            for (int i = 0; i < 2; ++i) {
                if (!in_one_packet || i > 0) {
                    EXPECT_EQ(decoder.push(abbreviated), GST_FLOW_OK);
                }
                const Buffer buffer = decoder.pull();
                ASSERT_NE(buffer, nullptr);
                EXPECT_EQ(decoder.component(buffer, 0), libjpeg_decompress_raw(jpeg)[0].samples);
            }
            EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, "");
            gst_harness_set_src_caps_str(decoder.get(), "image/jpeg, parsed=true, framerate=30/1");
            EXPECT_NE(decoder.decode(abbreviated), nullptr) << "still the same stream";
            gst_harness_push_event(decoder.get(), gst_event_new_stream_start("another"));
            EXPECT_EQ(decoder.decode(abbreviated), nullptr) << "tables of another stream";
        }
}

TEST(Decode, HarmlessIrregularitiesAreNoDamage) {
    Bytes jpeg = compress({});
    jpeg.insert(jpeg.end() - 2, 600, 0);
    Decoder decoder("strength=0 discard-corrupted-frames=true");
    const Buffer buffer = decoder.decode(jpeg);
    ASSERT_NE(buffer, nullptr);
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED));
    EXPECT_EQ(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, "");
    EXPECT_EQ(decoder.statistic("frames-damaged"), 0u);
}

TEST(Decode, MissingScansAreDamage) {
    const Bytes jpeg = compress({.progressive = true});
    Bytes missing(jpeg.begin(),
                  jpeg.begin() + static_cast<std::ptrdiff_t>(jpegdeblock::test::ends_of_scans(jpeg)[4] - 2));
    Decoder decoder;
    const Buffer buffer = decoder.decode(joined({missing, {0xff, 0xd9}}));
    ASSERT_NE(buffer, nullptr);
    EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_CORRUPTED));
    EXPECT_THAT(pop_complaint(decoder.bus(), GST_MESSAGE_WARNING).text, HasSubstr("scans are missing"));
}

TEST(Decode, AThumbnailDoesNotComeOutInPlaceOfItsPicture) {
    const Bytes thumbnail = compress({.width = 16, .height = 16}), picture = compress({});
    const Bytes app1 = {0xff,
                        0xd8,
                        0xff,
                        0xe1,
                        static_cast<std::uint8_t>((thumbnail.size() + 2) >> 8),
                        static_cast<std::uint8_t>(thumbnail.size() + 2)};
    Bytes jpeg = joined({app1, thumbnail, Bytes(picture.begin() + 2, picture.end())});
    jpeg[jpeg.size() - picture.size() + jpegdeblock::test::find_segment(picture, 0xc0) + 4] = 12;  // Bits.
    for (const char* caps : {"image/jpeg", "image/jpeg, parsed=true"}) {
        Decoder decoder("", caps);
        EXPECT_EQ(decoder.push(jpeg), GST_FLOW_OK);
        EXPECT_EQ(decoder.pull(), nullptr);
        EXPECT_EQ(decoder.statistic("frames-lost"), 1u);
    }
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
        EXPECT_EQ(meta->chroma, (decltype(meta->chroma){{table, table}}));
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
        EXPECT_EQ(meta->luma, std::vector{jpegdeblock::ijg_luma_table(35)});
        EXPECT_EQ(meta->luma_restored, restored);
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

TEST(Qos, FollowsLateAndIsOtherwiseTheUsers) {
    Decoder decoder;
    GstElement* element = decoder.get()->element;
    int notifications = 0;
    g_signal_connect(element, "notify::qos", G_CALLBACK(+[](GObject*, GParamSpec*, int* count) { ++*count; }),
                     &notifications);
    const auto qos_after_frames = [&] {
        for (int i = 0; i < 3; ++i) decoder.decode(compress({}));
        gboolean qos = FALSE;
        g_object_get(element, "qos", &qos, nullptr);
        return qos;
    };
    EXPECT_FALSE(qos_after_frames());
    EXPECT_EQ(notifications, 0);
    g_object_set(element, "qos", TRUE, nullptr);
    EXPECT_TRUE(qos_after_frames());
    gst_util_set_object_arg(G_OBJECT(element), "late", "full");
    EXPECT_TRUE(qos_after_frames());
    EXPECT_EQ(notifications, 1);
    gst_util_set_object_arg(G_OBJECT(element), "late", "drop");
    EXPECT_TRUE(qos_after_frames());
    gst_util_set_object_arg(G_OBJECT(element), "late", "pass");
    EXPECT_FALSE(qos_after_frames());
    EXPECT_EQ(notifications, 3);
    g_signal_handlers_disconnect_by_data(element, &notifications);
}

// Downstream that takes its time: with the allocation query, and for each buffer.

struct SlowPool {
    GstBufferPool parent;
};
struct SlowPoolClass {
    GstBufferPoolClass parent;
};
G_DEFINE_TYPE(SlowPool, slow_pool, GST_TYPE_BUFFER_POOL)

gint64 waited = 0;  // Microseconds, for the frame under way.

void wait_downstream() {
    const gint64 begin = g_get_monotonic_time();
    g_usleep(100 * 1000);
    waited += g_get_monotonic_time() - begin;
}

void slow_pool_init(SlowPool*) {}
void slow_pool_class_init(SlowPoolClass* klass) {
    klass->parent.acquire_buffer = [](GstBufferPool* pool, GstBuffer** buffer,
                                      GstBufferPoolAcquireParams* params) {
        wait_downstream();
        return GST_BUFFER_POOL_CLASS(slow_pool_parent_class)->acquire_buffer(pool, buffer, params);
    };
}

GstPadProbeReturn offer_slow_pool(GstPad*, GstPadProbeInfo* info, gpointer) {
    GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return GST_PAD_PROBE_OK;
    wait_downstream();
    GstCaps* caps = nullptr;
    gst_query_parse_allocation(query, &caps, nullptr);
    GstVideoInfo video;
    gst_video_info_from_caps(&video, caps);
    const auto size = static_cast<guint>(GST_VIDEO_INFO_SIZE(&video));
    auto* pool = static_cast<GstBufferPool*>(g_object_new(slow_pool_get_type(), nullptr));
    gst_object_ref_sink(pool);
    GstStructure* config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps, size, 2, 2);
    gst_buffer_pool_set_config(pool, config);
    gst_query_add_allocation_pool(query, pool, size, 2, 2);
    gst_object_unref(pool);
    return GST_PAD_PROBE_HANDLED;
}

TEST(DecoderLatency, LeavesOutWhatDownstreamMakesItWaitFor) {
    Decoder decoder("late=full");
    gst_pad_add_probe(decoder.get()->sinkpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, offer_slow_pool, nullptr,
                      nullptr);
    gint64 longest = 0;
    for (int i = 0; i < 4; ++i) {
        const Bytes jpeg = compress({.width = i % 2 == 0 ? 16 : 24, .height = 16});
        waited = 0;
        const gint64 begin = g_get_monotonic_time();
        EXPECT_NE(decoder.decode(jpeg), nullptr);
        longest = std::max(longest, g_get_monotonic_time() - begin - waited);
        EXPECT_GE(waited, 100 * 1000) << i;
    }
    const GstClockTime most = static_cast<GstClockTime>(longest) * GST_USECOND;
    EXPECT_LE(gst_harness_query_latency(decoder.get()), most + most / 4);
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
