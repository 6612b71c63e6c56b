// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/band_restorer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpeglib.h>

#include "../model/sample_networks.h"

namespace jpegdeblock::test {
namespace {

struct Kind {
    J_COLOR_SPACE space = JCS_YCbCr;
    int horizontal = 2;  ///< The first component's sampling; the others' is 1.
    int vertical = 2;
    bool progressive = false;
};

std::vector<std::uint8_t> encode(const Kind& kind, int width, int height) {
    jpeg_error_mgr errors;
    jpeg_compress_struct codec;
    codec.err = jpeg_std_error(&errors);
    jpeg_create_compress(&codec);
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&codec, &bytes, &size);
    codec.image_width = static_cast<JDIMENSION>(width);
    codec.image_height = static_cast<JDIMENSION>(height);
    codec.in_color_space = kind.space;
    codec.input_components = kind.space == JCS_GRAYSCALE ? 1 : kind.space == JCS_CMYK ? 4 : 3;
    jpeg_set_defaults(&codec);
    jpeg_set_colorspace(&codec, kind.space);
    jpeg_set_quality(&codec, 20, TRUE);
    codec.comp_info[0].h_samp_factor = kind.horizontal;
    codec.comp_info[0].v_samp_factor = kind.vertical;
    if (kind.progressive) jpeg_simple_progression(&codec);
    jpeg_start_compress(&codec, TRUE);
    std::vector<JSAMPLE> row(static_cast<std::size_t>(width * codec.input_components));
    for (int y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < row.size(); ++x)
            row[x] = static_cast<JSAMPLE>((x / 9 * 40 + static_cast<std::size_t>(y) / 7 * 30) % 256);
        JSAMPROW rows = row.data();
        jpeg_write_scanlines(&codec, &rows, 1);
    }
    jpeg_finish_compress(&codec);
    std::vector<std::uint8_t> result(bytes, bytes + size);
    jpeg_destroy_compress(&codec);
    std::free(bytes);
    return result;
}

/// All samples of a picture, row by row, components in turn.
using Planes = std::array<std::vector<std::uint8_t>, 3>;

void append(const Picture& picture, Planes& planes) {
    for (std::size_t i = 0; i < 3; ++i) {
        const Samples& samples = picture.components[i];
        if (!samples.data) continue;
        for (int y = 0; y < samples.height; ++y)
            for (int x = 0; x < samples.width; ++x)
                planes[i].push_back(samples.data[y * samples.stride + x * samples.step]);
    }
}

Planes by_bands(const JpegPicture& picture, const PictureOptions& options, int* bands = nullptr) {
    const auto model = std::make_shared<const Model>(sample_grid());
    BandRestorer restorer(model, model, Precision::kF32, make_workers(1), 1);
    Planes planes;
    int next = 0;
    restorer.restore(picture, options, [&](const Picture& band, int first_row) {
        EXPECT_EQ(first_row, next);
        next += band.components[0].height;
        if (bands) ++*bands;
        append(band, planes);
    });
    EXPECT_EQ(next, picture.height);
    return planes;
}

Planes at_once(const JpegPicture& picture, const PictureOptions& options) {
    const auto model = std::make_shared<const Model>(sample_grid());
    PictureRestorer restorer(Precision::kF32, make_workers(1));
    restorer.set_luma_model(model);
    restorer.set_chroma_model(model);
    const PictureLayout layout = layout_of(picture);
    const bool halved = layout == PictureLayout::k420 || layout == PictureLayout::k422;
    std::array<std::vector<std::uint8_t>, 3> memory;
    Picture output;
    output.is_rgb = layout == PictureLayout::kRgb;
    for (std::size_t i = 0; i < (layout == PictureLayout::kGrey ? 1u : 3u); ++i) {
        const int width = i > 0 && halved ? (picture.width + 1) / 2 : picture.width;
        const int height = i > 0 && layout == PictureLayout::k420 ? (picture.height + 1) / 2 : picture.height;
        memory[i].resize(static_cast<std::size_t>(width * height));
        output.components[i] = {memory[i].data(), width, height, width, 1};
    }
    JpegFrame frame;
    frame.fields = {&picture, &picture};
    frame.height = picture.height;
    restorer.decode(frame, output, options);
    Planes planes;
    append(output, planes);
    return planes;
}

class BandRestorerTest : public testing::TestWithParam<Kind> {};

TEST_P(BandRestorerTest, GivesWhatAWholePictureGives) {
    for (const int height : {1, 96, 97, 301}) {
        const std::vector<std::uint8_t> jpeg = encode(GetParam(), 75, height);
        JpegReader reader;
        const JpegPicture& picture = reader.read(jpeg);
        for (const double strength : {0.0, 1.0}) {
            PictureOptions options;
            options.strength = strength;
            options.compare = strength == 1.0 ? 0.25 : 0.0;
            int bands = 0;
            EXPECT_EQ(by_bands(picture, options, &bands), at_once(picture, options)) << height;
            EXPECT_EQ(bands, (height + 95) / 96);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BandRestorerTest,
                         testing::Values(Kind{}, Kind{JCS_YCbCr, 2, 1}, Kind{JCS_YCbCr, 1, 1},
                                         Kind{JCS_YCbCr, 1, 3}, Kind{JCS_YCbCr, 4, 2},
                                         Kind{JCS_GRAYSCALE, 1, 1}, Kind{JCS_RGB, 1, 1}, Kind{JCS_CMYK, 1, 1},
                                         Kind{JCS_YCbCr, 2, 2, true}));

TEST(BandRestorerErrorsTest, OptionsOutOfRangeAndWhatTheTakerThrows) {
    const std::vector<std::uint8_t> jpeg = encode({}, 75, 200);
    JpegReader reader;
    const JpegPicture& picture = reader.read(jpeg);
    PictureOptions options;
    options.strength = 2.5;
    EXPECT_THROW(by_bands(picture, options), Error);
    const auto model = std::make_shared<const Model>(sample_grid());
    BandRestorer restorer(model, nullptr, Precision::kF32, make_workers(1), 1);
    EXPECT_THROW(restorer.restore(picture, {}, [](const Picture&, int) { throw std::runtime_error("full"); }),
                 std::runtime_error);
}

}  // namespace
}  // namespace jpegdeblock::test
