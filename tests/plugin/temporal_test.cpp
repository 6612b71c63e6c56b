// SPDX-License-Identifier: LGPL-2.1-or-later
// The frames before: when the elements show them to a network, and when not.
#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "decoder_harness.h"
#include "filter_harness.h"
#include "pictures.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::LumaImage;

constexpr int kWidth = 128, kHeight = 96, kBlocks = 16 * 12, kQuality = 20;

/// A frame of a scene that moves by three pixels a frame.
LumaImage scene(int frame) {
    static const LumaImage whole = random_luma(kWidth + 64, kHeight);
    LumaImage part{kWidth, kHeight, {}};
    for (int y = 0; y < kHeight; ++y) {
        const std::uint8_t* row = whole.view().row(y) + 3 * frame;
        part.samples.insert(part.samples.end(), row, row + kWidth);
    }
    return part;
}

LumaImage decoded(int frame) {
    return jpegdeblock::decode_jpeg_luma(jpegdeblock::encode_grey_jpeg(scene(frame).view(), kQuality));
}

std::unique_ptr<jpegdeblock::Deblocker> deblocker(bool temporal, float strength = 1.0f) {
    return std::make_unique<jpegdeblock::Deblocker>(
        jpegdeblock::load_shared_model(test_model("temporal")), jpegdeblock::Precision::kAuto,
        jpegdeblock::make_workers(1),
        jpegdeblock::DeblockerOptions{.strength = strength, .quality = kQuality, .temporal = temporal});
}

std::vector<std::uint8_t> restored(jpegdeblock::Deblocker& deblocker, const LumaImage& frame) {
    LumaImage result = frame;
    deblocker.process(frame.view(), result.view());
    return result.samples;
}

class TemporalFilter : public testing::Test {
  protected:
    void start(const std::string& properties = "", const std::string& caps = "") {
        filter =
            std::make_unique<FilterHarness>("quality=20 model=" + test_model("temporal") + " " + properties);
        const Picture picture = picture_of(GST_VIDEO_FORMAT_GRAY8, scene(0));
        if (caps.empty()) {
            filter->set_caps(picture);
        } else {
            gst_harness_set_src_caps_str(
                filter->get(), ("video/x-raw, format=GRAY8, width=128, height=96, " + caps).c_str());
        }
    }

    std::vector<std::uint8_t> show(const LumaImage& frame, GstBufferFlags flags = GstBufferFlags(0)) {
        GstBuffer* buffer = make_buffer(picture_of(GST_VIDEO_FORMAT_GRAY8, frame));
        GST_BUFFER_PTS(buffer) = time;
        time += GST_SECOND / 25;
        GST_BUFFER_FLAG_SET(buffer, flags);
        GstBuffer* out = filter->filter(buffer);
        std::vector<std::uint8_t> bytes = bytes_of(out);
        gst_buffer_unref(out);
        return bytes;
    }

    guint64 followed() const { return filter->statistic("tiles-followed"); }

    std::unique_ptr<FilterHarness> filter;
    GstClockTime time = 0;
};

TEST_F(TemporalFilter, FollowsTheFramesOfAVideo) {
    start();
    const auto expected = deblocker(true), alone = deblocker(false);
    for (int i = 0; i < 4; ++i) {
        const std::vector<std::uint8_t> shown = show(decoded(i));
        EXPECT_EQ(shown, restored(*expected, decoded(i))) << i;
        EXPECT_EQ(shown == restored(*alone, decoded(i)), i == 0) << i;
    }
    EXPECT_GT(followed(), 3u * kBlocks * 3 / 4);
}

TEST_F(TemporalFilter, AutoLeavesStillsAlone) {
    start("", "framerate=0/1");
    const auto alone = deblocker(false);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(show(decoded(i)), restored(*alone, decoded(i))) << i;
    }
    EXPECT_EQ(followed(), 0u);
}

TEST_F(TemporalFilter, OnAndOffAreWhatTheySay) {
    start("temporal=on", "framerate=0/1");
    show(decoded(0));
    show(decoded(1));
    EXPECT_GT(followed(), 0u);
    start("temporal=off");
    show(decoded(0));
    show(decoded(1));
    EXPECT_EQ(followed(), 0u);
    g_object_set(filter->element(), "temporal", 1, nullptr);
    show(decoded(2));
    show(decoded(3));
    EXPECT_GT(followed(), 0u) << "while playing";
}

TEST_F(TemporalFilter, GapsAndDiscontinuitiesEndWhatWasFollowed) {
    const auto alone = deblocker(false);
    start();
    show(decoded(0));
    EXPECT_EQ(show(decoded(1), GST_BUFFER_FLAG_DISCONT), restored(*alone, decoded(1)));
    show(decoded(2));
    const LumaImage gap = decoded(3);
    EXPECT_EQ(show(gap, GST_BUFFER_FLAG_GAP), gap.samples);
    EXPECT_EQ(show(decoded(4)), restored(*alone, decoded(4)));
    gst_harness_push_event(filter->get(), gst_event_new_flush_start());
    gst_harness_push_event(filter->get(), gst_event_new_flush_stop(FALSE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(filter->get(), gst_event_new_segment(&segment));
    EXPECT_EQ(show(decoded(5)), restored(*alone, decoded(5)));
}

TEST_F(TemporalFilter, FramesThatGoBackInTimeFollowNothing) {
    const auto alone = deblocker(false);
    start();
    show(decoded(0));
    show(decoded(1));
    time = GST_SECOND / 25;
    EXPECT_EQ(show(decoded(2)), restored(*alone, decoded(2)));
}

TEST_F(TemporalFilter, FeedsBackTheWholeRestorationWhateverItShows) {
    start("strength=0.5");
    const auto expected = deblocker(true, 0.5f);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(show(decoded(i)), restored(*expected, decoded(i))) << i;
    }
    start("compare=0.5");
    const auto whole = deblocker(true);
    time = 0;
    for (int i = 0; i < 3; ++i) {
        const std::vector<std::uint8_t> all = restored(*whole, decoded(i)), shown = show(decoded(i));
        for (int y = 0; y < kHeight; ++y) {
            const auto right = y * kWidth + kWidth / 2;
            ASSERT_TRUE(
                std::equal(shown.begin() + right, shown.begin() + (y + 1) * kWidth, all.begin() + right))
                << i << ", " << y;
        }
    }
}

TEST_F(TemporalFilter, FieldsFollowTheirOwn) {
    start("", "framerate=25/1, interlace-mode=interleaved");
    const auto top = deblocker(true), bottom = deblocker(true);
    const auto field = [](const LumaImage& frame, int parity) {
        LumaImage result{frame.width, frame.height / 2, {}};
        for (int y = parity; y < frame.height; y += 2) {
            result.samples.insert(result.samples.end(), frame.view().row(y),
                                  frame.view().row(y) + frame.width);
        }
        return result;
    };
    for (int i = 0; i < 3; ++i) {
        LumaImage frame = decoded(i);
        LumaImage shown{kWidth, kHeight, show(frame)};
        EXPECT_EQ(field(shown, 0).samples, restored(*top, field(frame, 0))) << i;
        EXPECT_EQ(field(shown, 1).samples, restored(*bottom, field(frame, 1))) << i;
    }
    EXPECT_GT(followed(), 0u);
}

TEST_F(TemporalFilter, APresetRestoresWhatFollowsNothingAsItDoesPictures) {
    TemporaryFolder folder;
    const auto save = [&](const std::string& name, std::uint32_t seed, bool temporal) {
        save_model(folder.file(name + ".safetensors"), random_model(name, seed, 8, 3, temporal));
    };
    save("fast", 7, false);
    save("fast-temporal", 8, true);
    const std::string path = g_getenv("JPEGDEBLOCK_MODEL_PATH");
    g_setenv("JPEGDEBLOCK_MODEL_PATH", folder.path().c_str(), TRUE);
    jpegdeblock::Deblocker pictures(jpegdeblock::load_shared_model(folder.file("fast.safetensors")),
                                    jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1),
                                    {.quality = kQuality});
    filter = std::make_unique<FilterHarness>("quality=20 preset=fast");
    filter->set_caps(picture_of(GST_VIDEO_FORMAT_GRAY8, scene(0)));
    g_setenv("JPEGDEBLOCK_MODEL_PATH", path.c_str(), TRUE);
    EXPECT_EQ(show(decoded(0)), restored(pictures, decoded(0)));
    EXPECT_NE(show(decoded(1)), restored(pictures, decoded(1)));
    EXPECT_GT(followed(), 0u);
    EXPECT_EQ(show(decoded(2), GST_BUFFER_FLAG_DISCONT), restored(pictures, decoded(2)));
}

Bytes grey_jpeg(int frame) {
    return jpegdeblock::encode_grey_jpeg(scene(frame).view(), kQuality);
}

TEST(TemporalDecoder, FollowsTheFramesOfAVideo) {
    Decoder decoder("model=" + test_model("temporal"));
    const auto expected = deblocker(true);
    jpegdeblock::JpegReader reader;
    for (int i = 0; i < 4; ++i) {
        const Bytes jpeg = grey_jpeg(i);
        const jpegdeblock::JpegComponent& luma = reader.read(jpeg).components[0];
        Bytes samples(std::size_t{kWidth} * kHeight);
        expected->process(luma, {samples.data(), kWidth, kHeight, kWidth});
        EXPECT_EQ(decoder.component(decoder.decode(jpeg), 0), samples) << i;
    }
    EXPECT_GT(decoder.statistic("tiles-followed"), 3u * kBlocks * 3 / 4);
}

TEST(TemporalDecoder, AutoLeavesStillsAndProgressivePicturesAlone) {
    Decoder stills("model=" + test_model("temporal"), "image/jpeg, parsed=true", "");
    Decoder progressive("progressive=true model=" + test_model("temporal"));
    for (Decoder* decoder : {&stills, &progressive}) {
        for (int i = 0; i < 3; ++i) {
            EXPECT_TRUE(decoder->decode(grey_jpeg(i)));
        }
        EXPECT_EQ(decoder->statistic("tiles-followed"), 0u);
    }
}

TEST(TemporalDecoder, ADamagedFrameIsNotFollowed) {
    Decoder decoder("model=" + test_model("temporal"));
    decoder.decode(grey_jpeg(0));
    Bytes cut = grey_jpeg(1);
    cut.resize(cut.size() / 2);
    decoder.decode(cut);
    EXPECT_EQ(decoder.statistic("tiles-followed"), 0u);
    const auto alone = deblocker(false);
    const Bytes next = grey_jpeg(2);
    jpegdeblock::JpegReader reader;
    Bytes samples(std::size_t{kWidth} * kHeight);
    alone->process(reader.read(next).components[0], {samples.data(), kWidth, kHeight, kWidth});
    EXPECT_EQ(decoder.component(decoder.decode(next), 0), samples);
}

TEST(TemporalPreset, VideosTakeTheModelThatWasMadeForThem) {
    const std::string own = test_model("balanced-temporal");
    save_model(own, random_model("balanced-temporal", 9, 8, 3, true));
    const Picture picture = picture_of(GST_VIDEO_FORMAT_GRAY8, decoded(0));
    FilterHarness filter("quality=20 preset=balanced");
    EXPECT_EQ(filter.statistic_text("model"), test_model("balanced"));
    filter.set_caps(picture);
    filter.filter(picture);
    EXPECT_EQ(filter.statistic_text("model"), own);
    EXPECT_EQ(filter.statistic_text("preset"), "balanced");
    g_object_set(filter.element(), "temporal", 2, nullptr);
    filter.filter(picture);
    EXPECT_EQ(filter.statistic_text("model"), test_model("balanced")) << "off";
    g_object_set(filter.element(), "temporal", 0, nullptr);
    gst_harness_set_src_caps_str(filter.get(),
                                 "video/x-raw, format=GRAY8, width=128, height=96, framerate=0/1");
    gst_buffer_unref(filter.filter(make_buffer(picture)));
    EXPECT_EQ(filter.statistic_text("model"), test_model("balanced")) << "stills";
    g_unlink(own.c_str());
}

}  // namespace
}  // namespace jpegdeblock_test
