// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/sample_view.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace jpegdeblock {
namespace {

// A row of RGB pixels in memory, and its view.
struct RgbRow {
    explicit RgbRow(std::vector<std::uint8_t> pixels) : bytes(std::move(pixels)) {
        view.is_rgb = true;
        view.component = {bytes.data(), bytes.data() + 1, bytes.data() + 2};
        view.width = static_cast<int>(bytes.size() / 3);
        view.height = 1;
        view.row_stride = static_cast<std::ptrdiff_t>(bytes.size());
        view.pixel_stride = 3;
    }
    std::vector<std::uint8_t> bytes;
    SampleView view;
};

std::vector<std::uint8_t> luma_of(const RgbRow& row) {
    std::vector<std::uint8_t> luma(row.view.width);
    read_samples(row.view, {luma.data(), row.view.width, 1, row.view.width});
    return luma;
}

TEST(ReadLuma, WeighsAsJpegDoes) {
    // 0.299 * 255 = 76.2, 0.587 * 255 = 149.7, 0.114 * 255 = 29.1
    const RgbRow row({255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0});
    EXPECT_EQ(luma_of(row), (std::vector<std::uint8_t>{76, 150, 29, 255, 0}));
}

TEST(ReadLuma, KeepsGrey) {
    std::vector<std::uint8_t> pixels;
    for (int grey = 0; grey < 256; ++grey) {
        pixels.insert(pixels.end(), 3, static_cast<std::uint8_t>(grey));
    }
    const std::vector<std::uint8_t> luma = luma_of(RgbRow(pixels));
    for (int grey = 0; grey < 256; ++grey) {
        EXPECT_EQ(luma[grey], grey);
    }
}

TEST(WriteLuma, SaturatesEachComponentAlone) {
    RgbRow row({250, 128, 0, 250, 128, 0});
    const std::vector<std::uint8_t> decoded = {150, 150};
    const std::vector<std::uint8_t> restored = {160, 120};
    write_samples(row.view, {decoded.data(), 2, 1, 2}, {restored.data(), 2, 1, 2}, 0);
    EXPECT_EQ(row.bytes, (std::vector<std::uint8_t>{255, 138, 10, 220, 98, 0}));
}

TEST(WriteLuma, BeginsAtTheColumn) {
    RgbRow row({1, 2, 3, 1, 2, 3});
    const std::vector<std::uint8_t> decoded = {2, 2};
    const std::vector<std::uint8_t> restored = {7, 7};
    write_samples(row.view, {decoded.data(), 2, 1, 2}, {restored.data(), 2, 1, 2}, 1);
    EXPECT_EQ(row.bytes, (std::vector<std::uint8_t>{1, 2, 3, 6, 7, 8}));
}

}  // namespace
}  // namespace jpegdeblock
