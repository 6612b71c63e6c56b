// SPDX-License-Identifier: LGPL-2.1-or-later
#include "libjpeg_reference.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <stdexcept>

namespace jpegdeblock::test {
namespace {

void be_silent(jpeg_error_mgr& errors) {
    errors.emit_message = [](j_common_ptr, int) {};
}

int components_of(J_COLOR_SPACE space) {
    switch (space) {
        case JCS_GRAYSCALE:
            return 1;
        case JCS_UNKNOWN:
            return 2;
        case JCS_CMYK:
        case JCS_YCCK:
            return 4;
        default:
            return 3;
    }
}

std::size_t segment_end(std::span<const std::uint8_t> jpeg, std::size_t start) {
    return start + 2 + static_cast<std::size_t>(jpeg[start + 2] << 8 | jpeg[start + 3]);
}

constexpr std::uint8_t kStartOfScan = 0xda;

}  // namespace

std::vector<std::uint8_t> libjpeg_compress(const JpegRecipe& recipe,
                                           const std::vector<std::uint8_t>& samples) {
    jpeg_compress_struct codec;
    jpeg_error_mgr errors;
    codec.err = jpeg_std_error(&errors);
    be_silent(errors);
    jpeg_create_compress(&codec);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&codec, &buffer, &size);
    codec.image_width = static_cast<JDIMENSION>(recipe.width);
    codec.image_height = static_cast<JDIMENSION>(recipe.height);
    codec.input_components = components_of(recipe.input);
    codec.in_color_space = recipe.input;
    jpeg_set_defaults(&codec);
    jpeg_set_colorspace(&codec, recipe.stored);
    jpeg_set_quality(&codec, recipe.quality, recipe.baseline ? TRUE : FALSE);
    codec.dct_method = recipe.method;
    codec.arith_code = recipe.arithmetic ? TRUE : FALSE;
    codec.optimize_coding = recipe.optimized ? TRUE : FALSE;
    codec.restart_interval = static_cast<unsigned>(recipe.restart_interval);
    for (int i = 0; i < codec.num_components; ++i) {
        codec.comp_info[i].h_samp_factor = recipe.horizontal_sampling[std::min(i, 1)];
        codec.comp_info[i].v_samp_factor = recipe.vertical_sampling[std::min(i, 1)];
    }
    std::vector<jpeg_scan_info> scans;
    if (recipe.one_scan_each) {
        for (int i = 0; i < codec.num_components; ++i) scans.push_back({1, {i}, 0, 63, 0, 0});
        codec.scan_info = scans.data();
        codec.num_scans = codec.num_components;
    }
    if (recipe.progressive) jpeg_simple_progression(&codec);
    if (!recipe.scans.empty()) {
        codec.scan_info = recipe.scans.data();
        codec.num_scans = static_cast<int>(recipe.scans.size());
    }
    jpeg_start_compress(&codec, TRUE);
    const std::size_t stride = static_cast<std::size_t>(recipe.width * components_of(recipe.input));
    while (codec.next_scanline < codec.image_height) {
        JSAMPROW row = const_cast<JSAMPROW>(samples.data() + codec.next_scanline * stride);
        jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg_finish_compress(&codec);
    jpeg_destroy_compress(&codec);
    std::vector<std::uint8_t> jpeg(buffer, buffer + size);
    std::free(buffer);
    return jpeg;
}

std::vector<std::uint8_t> samples_for(const JpegRecipe& recipe) {
    std::mt19937 generator(7);
    std::normal_distribution<double> noise(0.0, 6.0);
    std::vector<std::uint8_t> samples;
    for (int y = 0; y < recipe.height; ++y)
        for (int x = 0; x < recipe.width; ++x)
            for (int c = 0; c < components_of(recipe.input); ++c) {
                const double smooth = 128.0 + 90.0 * std::sin(0.11 * x + 0.07 * y * (c + 1) + c);
                samples.push_back(
                    static_cast<std::uint8_t>(std::clamp(smooth + noise(generator), 0.0, 255.0)));
            }
    return samples;
}

std::vector<std::uint8_t> compress(const JpegRecipe& recipe) {
    return libjpeg_compress(recipe, samples_for(recipe));
}

std::vector<std::uint8_t> libjpeg_decompress_luma(std::span<const std::uint8_t> jpeg, J_DCT_METHOD method,
                                                  bool block_smoothing) {
    jpeg_decompress_struct codec;
    jpeg_error_mgr errors;
    codec.err = jpeg_std_error(&errors);
    be_silent(errors);
    jpeg_create_decompress(&codec);
    jpeg_mem_src(&codec, jpeg.data(), static_cast<unsigned long>(jpeg.size()));
    jpeg_read_header(&codec, TRUE);
    codec.out_color_space = codec.jpeg_color_space;
    codec.dct_method = method;
    codec.do_block_smoothing = block_smoothing ? TRUE : FALSE;
    jpeg_start_decompress(&codec);
    const std::size_t components = static_cast<std::size_t>(codec.output_components);
    std::vector<std::uint8_t> row(codec.output_width * components), luma;
    while (codec.output_scanline < codec.output_height) {
        JSAMPROW rows = row.data();
        jpeg_read_scanlines(&codec, &rows, 1);
        for (std::size_t x = 0; x < codec.output_width; ++x) luma.push_back(row[x * components]);
    }
    jpeg_finish_decompress(&codec);
    jpeg_destroy_decompress(&codec);
    return luma;
}

std::vector<RawComponent> libjpeg_decompress_raw(std::span<const std::uint8_t> jpeg) {
    jpeg_decompress_struct codec;
    jpeg_error_mgr errors;
    codec.err = jpeg_std_error(&errors);
    be_silent(errors);
    jpeg_create_decompress(&codec);
    jpeg_mem_src(&codec, jpeg.data(), static_cast<unsigned long>(jpeg.size()));
    jpeg_read_header(&codec, TRUE);
    codec.raw_data_out = TRUE;
    codec.out_color_space = codec.jpeg_color_space;
    codec.do_block_smoothing = FALSE;
    codec.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&codec);
    const std::size_t count = static_cast<std::size_t>(codec.num_components);
    std::vector<RawComponent> components(count);
    std::vector<std::vector<std::uint8_t>> strips(count);  // One row of minimum coded units.
    std::vector<std::vector<JSAMPROW>> rows(count);
    std::vector<JSAMPARRAY> arrays(count);
    for (std::size_t i = 0; i < count; ++i) {
        const jpeg_component_info& info = codec.comp_info[i];
        components[i].width = static_cast<int>(info.downsampled_width);
        components[i].height = static_cast<int>(info.downsampled_height);
        const std::size_t stride = 8 * (info.width_in_blocks + 8);
        const std::size_t lines = 8 * static_cast<std::size_t>(info.v_samp_factor);
        strips[i].resize(stride * lines);
        for (std::size_t y = 0; y < lines; ++y) rows[i].push_back(strips[i].data() + y * stride);
        arrays[i] = rows[i].data();
    }
    while (codec.output_scanline < codec.output_height) {
        jpeg_read_raw_data(&codec, arrays.data(), static_cast<JDIMENSION>(8 * codec.max_v_samp_factor));
        for (std::size_t i = 0; i < count; ++i)
            for (const JSAMPROW row : rows[i]) {
                const std::size_t size = static_cast<std::size_t>(components[i].width * components[i].height);
                if (components[i].samples.size() < size)
                    components[i].samples.insert(components[i].samples.end(), row, row + components[i].width);
            }
    }
    jpeg_destroy_decompress(&codec);
    return components;
}

std::vector<std::size_t> ends_of_scans(std::span<const std::uint8_t> jpeg) {
    std::vector<std::size_t> ends;
    std::size_t position = 2;  // After the start-of-image marker.
    while (position + 1 < jpeg.size() && jpeg[position + 1] != 0xd9) {
        const bool scan = jpeg[position + 1] == kStartOfScan;
        position = segment_end(jpeg, position);
        if (!scan) continue;
        const auto within_data = [&](std::uint8_t code) {
            return code == 0 || (code >= 0xd0 && code <= 0xd7);
        };
        while (jpeg[position] != 0xff || within_data(jpeg[position + 1])) ++position;
        ends.push_back(position + 2);
    }
    return ends;
}

std::size_t find_segment(std::span<const std::uint8_t> jpeg, std::uint8_t code) {
    std::size_t position = 2;  // After the start-of-image marker.
    while (jpeg[position + 1] != code) {
        if (jpeg[position + 1] == kStartOfScan) throw std::logic_error("the JPEG has no such segment");
        position = segment_end(jpeg, position);
    }
    return position;
}

std::vector<std::uint8_t> without_segments(std::span<const std::uint8_t> jpeg, std::uint8_t code) {
    std::vector<std::uint8_t> kept(jpeg.begin(), jpeg.begin() + 2);
    std::size_t position = 2;
    while (jpeg[position + 1] != kStartOfScan) {
        const std::size_t end = segment_end(jpeg, position);
        if (jpeg[position + 1] != code)
            kept.insert(kept.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(position),
                        jpeg.begin() + static_cast<std::ptrdiff_t>(end));
        position = end;
    }
    kept.insert(kept.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(position), jpeg.end());
    return kept;
}

}  // namespace jpegdeblock::test
