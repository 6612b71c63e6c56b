// SPDX-License-Identifier: LGPL-2.1-or-later
// JPEGs that are neither grey nor YCbCr.
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "decoder_harness.h"
#include "libjpeg_reference.h"
#include "picture/rgb_conversion.h"
#include "table_meta.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::find_segment;
using jpegdeblock::test::JpegRecipe;
using jpegdeblock::test::libjpeg_decompress_raw;
using jpegdeblock::test::without_segments;

constexpr std::uint8_t kAdobe = 0xee;

/// R, G and B in a file that says so by its components' names, and in one by its Adobe marker.
Bytes rgb_by_names(const JpegRecipe& recipe) {
    return without_segments(compress(recipe), kAdobe);
}

Bytes rgb_by_marker(const JpegRecipe& recipe) {
    Bytes jpeg = compress(recipe);
    const std::size_t frame = find_segment(jpeg, 0xc0), scan = find_segment(jpeg, 0xda);
    for (std::uint8_t i = 0; i < 3; ++i) {
        jpeg[frame + 10 + std::size_t{3} * i] = static_cast<std::uint8_t>(i + 1);
        jpeg[scan + 5 + std::size_t{2} * i] = static_cast<std::uint8_t>(i + 1);
    }
    return jpeg;
}

TEST(Rgb, SamplesAreLibjpegsInTheFormatThatDownstreamTakes) {
    const JpegRecipe recipe = {.width = 41, .height = 35, .stored = JCS_RGB};
    for (const char* format : {"", "RGB", "GBR"})
        for (const Bytes& jpeg : {rgb_by_names(recipe), rgb_by_marker(recipe)}) {
            SCOPED_TRACE(format);
            Decoder decoder("strength=0");
            if (*format != 0)
                gst_harness_set_sink_caps_str(decoder.get(),
                                              (std::string("video/x-raw, format=") + format).c_str());
            const Buffer buffer = decoder.decode(jpeg);
            ASSERT_NE(buffer, nullptr);
            const GstVideoInfo info = decoder.info();
            EXPECT_STREQ(GST_VIDEO_INFO_NAME(&info), *format != 0 ? format : "RGB");
            EXPECT_EQ(info.colorimetry.matrix, GST_VIDEO_COLOR_MATRIX_RGB);
            const auto expected = libjpeg_decompress_raw(jpeg);
            for (int i = 0; i < 3; ++i) EXPECT_EQ(decoder.component(buffer, i), expected[i].samples) << i;
        }
}

TEST(Rgb, EachComponentIsRestored) {
    const Bytes jpeg = compress({.width = 83, .height = 45, .stored = JCS_RGB, .quality = 20});
    for (const char* format : {"RGB", "GBR"}) {
        Decoder decoder;
        gst_harness_set_sink_caps_str(decoder.get(), (std::string("video/x-raw, format=") + format).c_str());
        const Buffer buffer = decoder.decode(jpeg);
        ASSERT_NE(buffer, nullptr);
        for (int i = 0; i < 3; ++i) EXPECT_EQ(decoder.component(buffer, i), restored_as_luma(jpeg, i)) << i;
        const auto meta = jpegdeblock_plugin::table_meta_of(buffer.get());
        ASSERT_TRUE(meta);
        EXPECT_TRUE(meta->luma_restored && meta->chroma_restored);
    }
}

TEST(Rgb, FewerSamplesAreRepeated) {
    const Bytes jpeg =
        compress({.width = 40, .height = 24, .stored = JCS_RGB, .horizontal_sampling = {2, 1}});
    for (const char* format : {"RGB", "GBR"}) {
        Decoder decoder("strength=0");
        gst_harness_set_sink_caps_str(decoder.get(), (std::string("video/x-raw, format=") + format).c_str());
        const Buffer buffer = decoder.decode(jpeg);
        ASSERT_NE(buffer, nullptr);
        const auto raw = libjpeg_decompress_raw(jpeg);
        const Bytes blue = decoder.component(buffer, 2);
        ASSERT_EQ(raw[2].width, 20);
        for (std::size_t i = 0; i < blue.size(); ++i) ASSERT_EQ(blue[i], raw[2].samples[i / 2]) << i;
    }
}

TEST(Rgb, MayComeAndGoWithinAStream) {
    Decoder decoder("strength=0");
    for (const J_COLOR_SPACE stored : {JCS_YCbCr, JCS_RGB, JCS_YCbCr}) {
        const Bytes jpeg = compress({.stored = stored});
        const Buffer buffer = decoder.decode(jpeg);
        ASSERT_NE(buffer, nullptr);
        EXPECT_EQ(decoder.component(buffer, 2), libjpeg_decompress_raw(jpeg)[2].samples);
    }
}

double limited(double value) {
    return std::clamp(value, 0.0, 255.0);
}

/// R, G and B of samples of CMYK or YCCK in floating point, by the definitions.
std::array<double, 3> expected_rgb(const std::array<double, 4>& samples, bool is_ycck, bool is_inverted) {
    std::array<double, 3> ink = {samples[0], samples[1], samples[2]};
    if (is_ycck) {
        const double y = samples[0], cb = samples[1] - 128.0, cr = samples[2] - 128.0;
        ink = {255.0 - limited(y + 1.402 * cr), 255.0 - limited(y - 0.344136 * cb - 0.714136 * cr),
               255.0 - limited(y + 1.772 * cb)};
    }
    double key = samples[3];
    if (is_inverted) {
        for (double& value : ink) value = 255.0 - value;
        key = 255.0 - key;
    }
    std::array<double, 3> rgb;
    for (std::size_t i = 0; i < 3; ++i) rgb[i] = (255.0 - ink[i]) * (255.0 - key) / 255.0;
    return rgb;
}

TEST(Cmyk, IsConvertedAsItsMarkerSays) {
    for (const J_COLOR_SPACE stored : {JCS_CMYK, JCS_YCCK})
        for (const bool marked : {true, false}) {
            if (stored == JCS_YCCK && !marked) continue;  // Nothing but the marker tells it from CMYK.
            SCOPED_TRACE(testing::Message() << "space " << stored << " marked " << marked);
            const JpegRecipe recipe = {.width = 41, .height = 35, .input = JCS_CMYK, .stored = stored};
            const Bytes jpeg = marked ? compress(recipe) : without_segments(compress(recipe), kAdobe);
            Decoder decoder("strength=0");
            const Buffer buffer = decoder.decode(jpeg);
            ASSERT_NE(buffer, nullptr);
            EXPECT_FALSE(jpegdeblock_plugin::table_meta_of(buffer.get()));
            const auto raw = libjpeg_decompress_raw(jpeg);
            for (std::size_t c = 0; c < 3; ++c) {
                const Bytes shown = decoder.component(buffer, static_cast<int>(c));
                ASSERT_EQ(shown.size(), raw[0].samples.size());
                for (std::size_t i = 0; i < shown.size(); ++i) {
                    const std::array<double, 4> samples = {
                        double(raw[0].samples[i]), double(raw[1].samples[i]), double(raw[2].samples[i]),
                        double(raw[3].samples[i])};
                    ASSERT_NEAR(shown[i], expected_rgb(samples, stored == JCS_YCCK, marked)[c], 1.01) << i;
                }
            }
        }
}

TEST(Cmyk, IsRestoredBeforeItIsConverted) {
    for (const bool is_ycck : {false, true}) {
        const Bytes jpeg = compress({.width = 83,
                                     .height = 45,
                                     .input = JCS_CMYK,
                                     .stored = is_ycck ? JCS_YCCK : JCS_CMYK,
                                     .quality = 20});
        Decoder decoder("planes=all");
        const Buffer buffer = decoder.decode(jpeg);
        ASSERT_NE(buffer, nullptr);
        std::array<Bytes, 4> restored;
        for (int i = 0; i < 4; ++i) {
            const bool is_chroma = is_ycck && (i == 1 || i == 2);
            restored[static_cast<std::size_t>(i)] =
                is_chroma ? restored_component(jpeg, i) : restored_as_luma(jpeg, i);
        }
        for (std::size_t c = 0; c < 3; ++c) {
            const Bytes shown = decoder.component(buffer, static_cast<int>(c));
            for (std::size_t i = 0; i < shown.size(); ++i) {
                const std::array<double, 4> samples = {double(restored[0][i]), double(restored[1][i]),
                                                       double(restored[2][i]), double(restored[3][i])};
                ASSERT_NEAR(shown[i], expected_rgb(samples, is_ycck, true)[c], 1.01) << i;
            }
        }
    }
}

TEST(RgbConversion, HoldsForAllInputsAndInvertedYcckWithoutAMarkerToo) {
    using jpegdeblock::RgbSource;
    const std::pair<RgbSource, std::pair<bool, bool>> cases[] = {{RgbSource::kCmyk, {false, false}},
                                                                 {RgbSource::kInvertedCmyk, {false, true}},
                                                                 {RgbSource::kYcck, {true, false}},
                                                                 {RgbSource::kInvertedYcck, {true, true}}};
    for (const auto& [source, how] : cases)
        for (int a = 0; a < 256; a += 15)
            for (int b = 0; b < 256; b += 51)
                for (int c = 0; c < 256; c += 51)
                    for (int k = 0; k < 256; k += 85) {
                        const std::array<std::uint8_t, 4> samples = {
                            static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b),
                            static_cast<std::uint8_t>(c), static_cast<std::uint8_t>(k)};
                        std::array<std::uint8_t, 3> rgb{};
                        convert_to_rgb(source, {&samples[0], &samples[1], &samples[2], &samples[3]}, 1,
                                       {{&rgb[0], &rgb[1], &rgb[2]}, 3});
                        const auto expected =
                            expected_rgb({double(a), double(b), double(c), double(k)}, how.first, how.second);
                        for (std::size_t i = 0; i < 3; ++i) ASSERT_NEAR(rgb[i], expected[i], 1.01);
                    }
}

}  // namespace
}  // namespace jpegdeblock_test
