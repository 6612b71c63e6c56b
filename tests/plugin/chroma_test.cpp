// SPDX-License-Identifier: LGPL-2.1-or-later
// The property `planes`: chroma restored by its own model, each plane as a picture with its own 8x8 grid.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <utility>

#include "filter_harness.h"
#include "pictures.h"
#include "table_meta.h"
#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::LumaImage;
using jpegdeblock::QuantizationTable;
using testing::HasSubstr;

/// Where chroma lies, written down by hand from the formats' definitions.
struct ChromaLayout {
    GstVideoFormat format;
    int horizontal, vertical;   ///< Luma samples for each.
    int bytes;                  ///< From sample to sample.
    std::array<int, 2> plane;   ///< Of Cb and Cr, in the order of memory.
    std::array<int, 2> offset;  ///< Of the first sample in the plane.

    friend std::ostream& operator<<(std::ostream& out, const ChromaLayout& layout) {
        return out << gst_video_format_to_string(layout.format);
    }
};

constexpr ChromaLayout kLayouts[] = {
    {GST_VIDEO_FORMAT_I420, 2, 2, 1, {1, 2}, {0, 0}}, {GST_VIDEO_FORMAT_YV12, 2, 2, 1, {2, 1}, {0, 0}},
    {GST_VIDEO_FORMAT_Y42B, 2, 1, 1, {1, 2}, {0, 0}}, {GST_VIDEO_FORMAT_Y444, 1, 1, 1, {1, 2}, {0, 0}},
    {GST_VIDEO_FORMAT_NV12, 2, 2, 2, {1, 1}, {0, 1}}, {GST_VIDEO_FORMAT_NV21, 2, 2, 2, {1, 1}, {1, 0}}};
constexpr const ChromaLayout& kI420 = kLayouts[0];

constexpr int kWidth = 96, kHeight = 80;

/// A sample of Cb (0) or Cr (1).
std::uint8_t* sample(Picture& picture, const ChromaLayout& layout, int component, int x, int y) {
    const int plane = layout.plane[component];
    return picture.bytes.data() + picture.info.offset[plane] + y * picture.info.stride[plane] +
           x * layout.bytes + layout.offset[component];
}

void set_chroma(Picture& picture, const ChromaLayout& layout, int component, const LumaImage& samples,
                int first_column = 0) {
    for (int y = 0; y < samples.height; ++y) {
        for (int x = first_column; x < samples.width; ++x) {
            *sample(picture, layout, component, x, y) = samples.view().row(y)[x];
        }
    }
}

LumaImage jpeg_plane(int width, int height, const QuantizationTable& table, unsigned seed) {
    return jpegdeblock::decode_jpeg_luma(
        jpegdeblock::encode_grey_jpeg(random_luma(width, height, seed).view(), table));
}

LumaImage restored_chroma(const LumaImage& samples, const QuantizationTable& table) {
    jpegdeblock::Deblocker deblocker(jpegdeblock::load_shared_model(test_model("chroma")),
                                     jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1));
    LumaImage result = samples;
    deblocker.process(samples.view(), result.view(), table);
    return result;
}

/// What a camera's JPEG of one quality becomes, and what a perfect filter makes of it.
struct ColourPicture {
    ColourPicture(const ChromaLayout& layout, int quality, int padding = 0)
        : decoded(picture_of(layout.format, compressed_luma(kWidth, kHeight, quality), padding)),
          planes{chroma(layout, quality, 3), chroma(layout, quality, 4)} {
        for (int component = 0; component < 2; ++component) {
            set_chroma(decoded, layout, component, planes[component]);
        }
        with_chroma = with_luma(decoded, deblocked(luma_of(decoded), {.quality = quality}));
        luma_only = with_chroma;
        for (int component = 0; component < 2; ++component) {
            restored[component] = restored_chroma(planes[component], jpegdeblock::ijg_chroma_table(quality));
            set_chroma(with_chroma, layout, component, restored[component]);
        }
    }

    static LumaImage chroma(const ChromaLayout& layout, int quality, unsigned seed) {
        return jpeg_plane(kWidth / layout.horizontal, kHeight / layout.vertical,
                          jpegdeblock::ijg_chroma_table(quality), seed);
    }

    Picture decoded;
    std::array<LumaImage, 2> planes;
    std::array<LumaImage, 2> restored;
    Picture luma_only, with_chroma;
};

// Errors first.

class WithoutChromaModel : public testing::Test {
  protected:
    WithoutChromaModel() : path_(g_getenv("JPEGDEBLOCK_MODEL_PATH")) {
        save_model(folder_.file("balanced.safetensors"), random_model("balanced", 1));
        g_setenv("JPEGDEBLOCK_MODEL_PATH", folder_.file("").c_str(), TRUE);
    }
    ~WithoutChromaModel() override { g_setenv("JPEGDEBLOCK_MODEL_PATH", path_.c_str(), TRUE); }

    TemporaryFolder folder_;
    std::string path_;
};

TEST_F(WithoutChromaModel, TheStartFailsAndSaysWhatToDo) {
    for (const char* name : {"jpegdeblock", "jpegdeblockdec"}) {
        GstElement* element = gst_parse_launch((std::string(name) + " planes=all").c_str(), nullptr);
        gst_object_ref_sink(element);
        GstBus* bus = gst_bus_new();
        gst_element_set_bus(element, bus);
        EXPECT_EQ(gst_element_set_state(element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
        const Complaint error = pop_complaint(bus, GST_MESSAGE_ERROR);
        EXPECT_EQ(error.domain, GST_RESOURCE_ERROR);
        EXPECT_EQ(error.code, GST_RESOURCE_ERROR_NOT_FOUND);
        EXPECT_THAT(error.text, HasSubstr("'chroma'"));
        EXPECT_THAT(error.text, HasSubstr("JPEGDEBLOCK_MODEL_PATH"));
        EXPECT_THAT(error.text, testing::Not(HasSubstr("property 'model'")));
        EXPECT_THAT(error.debug, HasSubstr("planes=luma"));
        gst_element_set_state(element, GST_STATE_NULL);
        gst_element_set_bus(element, nullptr);
        gst_object_unref(bus);
        gst_object_unref(element);
    }
}

TEST_F(WithoutChromaModel, LumaGoesOnWhilePlaying) {
    const ColourPicture picture(kI420, 20);
    FilterHarness harness("quality=20");
    harness.set_caps(picture.decoded);
    g_object_set(harness.element(), "planes", 1, nullptr);
    EXPECT_EQ(harness.filter(picture.decoded), picture.luma_only.bytes);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).code, GST_RESOURCE_ERROR_NOT_FOUND);
    EXPECT_EQ(harness.filter(picture.decoded), picture.luma_only.bytes);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).domain, 0u) << "warned again";
}

TEST(ChromaInPackedFormats, StaysAsItIsWithOneWarning) {
    for (const GstVideoFormat format : {GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_RGB}) {
        const Picture picture = random_picture(format, 64, 48);
        FilterHarness harness("quality=20 planes=all");
        harness.set_caps(picture);
        for (int i = 0; i < 2; ++i) {
            EXPECT_EQ(harness.filter(picture), with_luma(picture, deblocked(luma_of(picture))).bytes);
        }
        const Complaint warning = pop_complaint(harness.bus(), GST_MESSAGE_WARNING);
        EXPECT_EQ(warning.domain, GST_STREAM_ERROR);
        EXPECT_THAT(warning.text, HasSubstr(gst_video_format_to_string(format)));
        EXPECT_THAT(warning.debug, HasSubstr("I420"));
        EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).domain, 0u) << "warned again";
    }
}

TEST(ChromaInPackedFormats, GreyHasNoneToWarnOf) {
    const Picture picture = random_picture(GST_VIDEO_FORMAT_GRAY8, 64, 48);
    FilterHarness harness("quality=20 planes=all");
    harness.set_caps(picture);
    harness.filter(picture);
    EXPECT_EQ(pop_complaint(harness.bus(), GST_MESSAGE_WARNING).domain, 0u);
}

class Chroma : public testing::TestWithParam<ChromaLayout> {};

TEST_P(Chroma, IsRestoredByItsOwnModelAndTable) {
    for (const int padding : {0, 5}) {
        const ColourPicture picture(GetParam(), 20, padding);
        FilterHarness harness("quality=20 planes=all");
        harness.set_caps(picture.decoded);
        EXPECT_NE(picture.with_chroma.bytes, picture.luma_only.bytes);
        EXPECT_EQ(harness.filter(picture.decoded), picture.with_chroma.bytes);
    }
}

TEST_P(Chroma, StaysUntouchedByDefault) {
    const ColourPicture picture(GetParam(), 20);
    FilterHarness harness("quality=20");
    harness.set_caps(picture.decoded);
    EXPECT_EQ(harness.filter(picture.decoded), picture.luma_only.bytes);
}

TEST_P(Chroma, OfUnknownQualityFollowsWhatLumaTells) {
    const ColourPicture picture(GetParam(), 30);
    FilterHarness harness("quality=0 planes=all");
    harness.set_caps(picture.decoded);
    EXPECT_EQ(harness.filter(picture.decoded), picture.with_chroma.bytes);
    EXPECT_EQ(harness.statistic_text("table-source"), "estimated");
}

TEST_P(Chroma, ThatWasScaledSinceStaysAsItIs) {
    ColourPicture picture(GetParam(), 30);
    for (int component = 0; component < 2; ++component) {
        const LumaImage& plane = picture.planes[component];
        const LumaImage scaled = random_luma(plane.width, plane.height, 9);
        set_chroma(picture.decoded, GetParam(), component, scaled);
        set_chroma(picture.luma_only, GetParam(), component, scaled);
    }
    FilterHarness harness("quality=0 planes=all");
    harness.set_caps(picture.decoded);
    EXPECT_EQ(harness.filter(picture.decoded), picture.luma_only.bytes);
}

TEST_P(Chroma, OfACroppedPictureIsRestoredOnItsOwnGrid) {
    const ChromaLayout& layout = GetParam();
    // Multiples of 8 move the grid of chroma that has half the samples, but not that of luma.
    for (const auto& [left, top] : {std::pair{2, 4}, {8, 0}, {10, 14}}) {
        const ColourPicture whole(layout, 30);
        const auto cropped = [](const LumaImage& plane, int x, int y) {
            LumaImage part{plane.width - x, plane.height - y, {}};
            for (int row = y; row < plane.height; ++row) {
                part.samples.insert(part.samples.end(), plane.view().row(row) + x,
                                    plane.view().row(row) + plane.width);
            }
            return part;
        };
        Picture picture = picture_of(layout.format, cropped(luma_of(whole.decoded), left, top));
        std::array<LumaImage, 2> planes;
        for (int component = 0; component < 2; ++component) {
            planes[component] =
                cropped(whole.planes[component], left / layout.horizontal, top / layout.vertical);
            set_chroma(picture, layout, component, planes[component]);
        }
        FilterHarness harness("quality=0 planes=all");
        harness.set_caps(picture);
        Picture actual = picture;
        actual.bytes = harness.filter(picture);

        jpegdeblock::Deblocker deblocker(jpegdeblock::load_shared_model(test_model("chroma")),
                                         jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1));
        for (int component = 0; component < 2; ++component) {
            LumaImage expected = planes[component];
            deblocker.reset();
            deblocker.process(
                expected.view(), expected.view(), jpegdeblock::ijg_chroma_table(30),
                jpegdeblock::GridOffset{left / layout.horizontal % 8, top / layout.vertical % 8});
            EXPECT_NE(expected.samples, planes[component].samples);
            for (int y = 0; y < expected.height; ++y) {
                for (int x = 0; x < expected.width; ++x) {
                    ASSERT_EQ(*sample(actual, layout, component, x, y), expected.view().row(y)[x])
                        << "component " << component << " at " << x << ", " << y << ", cropped by " << left
                        << ", " << top;
                }
            }
        }
    }
}

TEST_P(Chroma, IsComparedAsLumaIs) {
    const ColourPicture picture(GetParam(), 20);
    FilterHarness harness("quality=20 planes=all compare=0.5");
    harness.set_caps(picture.decoded);
    Picture expected = with_luma(picture.decoded, deblocked(luma_of(picture.decoded)), kWidth / 2);
    for (int component = 0; component < 2; ++component) {
        const LumaImage& plane = picture.restored[component];
        set_chroma(expected, GetParam(), component, plane, plane.width / 2);
    }
    EXPECT_EQ(harness.filter(picture.decoded), expected.bytes);
}

TEST_P(Chroma, ThatDidNotChangeIsCopied) {
    const ColourPicture picture(GetParam(), 20);
    FilterHarness harness("quality=20 planes=all");
    harness.set_caps(picture.decoded);
    harness.filter(picture.decoded);
    harness.filter(picture.decoded);
    const guint64 computed = harness.statistic("tiles-computed") / 2;
    EXPECT_EQ(computed, 12u * 10 + 2u * (12 / GetParam().horizontal) * (10 / GetParam().vertical));
    Picture recoloured = picture.decoded;
    *sample(recoloured, GetParam(), 1, 0, 0) ^= 1;
    EXPECT_EQ(harness.filter(picture.decoded), picture.with_chroma.bytes);
    EXPECT_EQ(harness.statistic("tiles-reused"), computed);
    harness.filter(recoloured);
    EXPECT_GT(harness.statistic("tiles-computed"), 2 * computed);
    EXPECT_EQ(harness.filter(picture.decoded), picture.with_chroma.bytes);
}

INSTANTIATE_TEST_SUITE_P(Formats, Chroma, testing::ValuesIn(kLayouts), testing::PrintToStringParamName());

TEST(ChromaProperties, ApplyToIt) {
    const ColourPicture picture(kI420, 20);
    const std::pair<const char*, jpegdeblock::DeblockerOptions> cases[] = {
        {"strength=0.5", {.strength = 0.5f}},
        {"strength=2 bounded=false", {.strength = 2.0f, .bounded = false}}};
    for (const auto& [properties, options] : cases) {
        FilterHarness harness(std::string("quality=20 planes=all ") + properties);
        harness.set_caps(picture.decoded);
        const std::vector<std::uint8_t> bytes = harness.filter(picture.decoded);
        jpegdeblock::Deblocker deblocker(jpegdeblock::load_shared_model(test_model("chroma")),
                                         jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1),
                                         options);
        LumaImage cb = picture.planes[0];
        deblocker.process(picture.planes[0].view(), cb.view(), jpegdeblock::ijg_chroma_table(20));
        Picture result = picture.decoded;
        result.bytes = bytes;
        for (int x = 0; x < cb.width; ++x) {
            ASSERT_EQ(*sample(result, kI420, 0, x, 9), cb.view().row(9)[x]) << properties << " at " << x;
        }
    }
}

TEST(ChromaProperties, MayChangeWhilePlaying) {
    const ColourPicture picture(kI420, 20);
    FilterHarness harness("quality=20");
    harness.set_caps(picture.decoded);
    for (const int planes : {0, 1, 0}) {
        g_object_set(harness.element(), "planes", planes, nullptr);
        EXPECT_EQ(harness.filter(picture.decoded),
                  planes == 1 ? picture.with_chroma.bytes : picture.luma_only.bytes);
    }
}

TEST(ChromaOfFields, IsRestoredApart) {
    // Each field is the same JPEG.
    const LumaImage luma = compressed_luma(kWidth, kHeight / 2, 20);
    const LumaImage cb = jpeg_plane(kWidth / 2, kHeight / 4, jpegdeblock::ijg_chroma_table(20), 3);
    const LumaImage restored = restored_chroma(cb, jpegdeblock::ijg_chroma_table(20));
    const auto twice = [](const LumaImage& field) {
        LumaImage frame{field.width, 2 * field.height, {}};
        for (int y = 0; y < frame.height; ++y) {
            const std::uint8_t* row = field.view().row(y / 2);
            frame.samples.insert(frame.samples.end(), row, row + field.width);
        }
        return frame;
    };
    Picture picture = picture_of(GST_VIDEO_FORMAT_I420, twice(luma), 0, GST_VIDEO_INTERLACE_MODE_INTERLEAVED);
    Picture expected = with_luma(picture, twice(deblocked(luma)));
    for (int component = 0; component < 2; ++component) {
        set_chroma(picture, kI420, component, twice(cb));
        set_chroma(expected, kI420, component, twice(restored));
    }
    FilterHarness harness("quality=20 planes=all");
    harness.set_caps(picture, "interlace-mode=interleaved");
    EXPECT_EQ(harness.filter(picture), expected.bytes);
}

// The buffer tells the tables.

class ChromaTables : public testing::Test {
  protected:
    ChromaTables() { harness.set_caps(picture.decoded); }

    std::vector<std::uint8_t> filter(const jpegdeblock_plugin::TableMeta& meta) {
        GstBuffer* buffer = make_buffer(picture.decoded);
        jpegdeblock_plugin::set_table_meta(buffer, meta);
        GstBuffer* out = harness.filter(buffer);
        std::vector<std::uint8_t> bytes = bytes_of(out);
        gst_buffer_unref(out);
        return bytes;
    }

    const ColourPicture picture = ColourPicture(kI420, 20);
    FilterHarness harness = FilterHarness("quality=0 planes=all");
};

TEST_F(ChromaTables, OfTheMetaAreUsed) {
    const QuantizationTable cb = jpegdeblock::ijg_chroma_table(50), cr = jpegdeblock::ijg_luma_table(15);
    const auto bytes = filter({.luma = {jpegdeblock::ijg_luma_table(20)}, .chroma = {{cb, cr}}});
    Picture expected = picture.luma_only;
    set_chroma(expected, kI420, 0, restored_chroma(picture.planes[0], cb));
    set_chroma(expected, kI420, 1, restored_chroma(picture.planes[1], cr));
    EXPECT_EQ(bytes, expected.bytes);
}

TEST_F(ChromaTables, AreThoseOfTheLumaTablesQualityWhereTheMetaHasNone) {
    EXPECT_EQ(filter({.luma = {jpegdeblock::ijg_luma_table(20)}}), picture.with_chroma.bytes);
}

TEST_F(ChromaTables, OfNobodysQualityLeaveChromaAsItIs) {
    QuantizationTable table = jpegdeblock::ijg_luma_table(20);
    table.step[5] += 3;
    const std::vector<std::uint8_t> bytes = filter({.luma = {table}});
    Picture result = picture.decoded;
    result.bytes = bytes;
    for (int x = 0; x < kWidth / 2; ++x) {
        ASSERT_EQ(*sample(result, kI420, 1, x, 3), picture.planes[1].view().row(3)[x]);
    }
}

TEST_F(ChromaTables, ServeWhereLumaAloneWasRestored) {
    Picture expected = picture.decoded;
    for (int component = 0; component < 2; ++component) {
        set_chroma(expected, kI420, component, picture.restored[component]);
    }
    const QuantizationTable table = jpegdeblock::ijg_chroma_table(20);
    jpegdeblock_plugin::TableMeta meta = {
        .luma = {jpegdeblock::ijg_luma_table(20)}, .chroma = {{table, table}}, .luma_restored = true};
    EXPECT_EQ(filter(meta), expected.bytes);
    meta.chroma_restored = true;
    EXPECT_EQ(filter(meta), picture.decoded.bytes);
}

TEST_F(ChromaTables, TravelWithTheBuffer) {
    const jpegdeblock_plugin::TableMeta meta = {
        .luma = {jpegdeblock::ijg_luma_table(20), jpegdeblock::ijg_luma_table(30)},
        .chroma = {{jpegdeblock::ijg_chroma_table(20), jpegdeblock::ijg_chroma_table(21)},
                   {jpegdeblock::ijg_chroma_table(30), jpegdeblock::ijg_chroma_table(31)}},
        .luma_restored = true,
        .chroma_restored = true};
    GstBuffer* buffer = gst_buffer_new();
    jpegdeblock_plugin::set_table_meta(buffer, meta);
    EXPECT_EQ(jpegdeblock_plugin::table_meta_of(buffer), meta);
    gst_buffer_unref(buffer);
}

}  // namespace
}  // namespace jpegdeblock_test
