// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progressive_jpeg.h"

#include <cstdlib>

#include <jpegdeblock/error.h>

using jpegdeblock::Error;
using jpegdeblock::ErrorCode;
using jpegdeblock::LumaImage;

// libjpeg's own error handler, which prints and exits, serves a program that makes its JPEGs itself.

std::vector<jpeg_scan_info> scan_script(const std::string& name) {
    // Components, their number first; first and last coefficient in zigzag order; missing bits before and
    // after.
    if (name == "standard")
        return {{3, {0, 1, 2}, 0, 0, 0, 1}, {1, {0}, 1, 5, 0, 2},  {1, {2}, 1, 63, 0, 1},
                {1, {1}, 1, 63, 0, 1},      {1, {0}, 6, 63, 0, 2}, {1, {0}, 1, 63, 2, 1},
                {3, {0, 1, 2}, 0, 0, 1, 0}, {1, {2}, 1, 63, 1, 0}, {1, {1}, 1, 63, 1, 0},
                {1, {0}, 1, 63, 1, 0}};
    if (name == "mozjpeg")
        return {{3, {0, 1, 2}, 0, 0, 0, 0}, {1, {0}, 1, 8, 0, 2},  {1, {1}, 1, 8, 0, 0},
                {1, {2}, 1, 8, 0, 0},       {1, {0}, 9, 63, 0, 2}, {1, {0}, 1, 63, 2, 1},
                {1, {0}, 1, 63, 1, 0},      {1, {1}, 9, 63, 0, 0}, {1, {2}, 9, 63, 0, 0}};
    throw Error(ErrorCode::kInvalidArgument,
                "the scan script '" + name + "' is unknown; expected standard or mozjpeg");
}

std::vector<std::uint8_t> encode_progressive(const Picture& picture, int quality,
                                             const std::vector<jpeg_scan_info>& scans) {
    jpeg_compress_struct codec;
    jpeg_error_mgr errors;
    codec.err = jpeg_std_error(&errors);
    jpeg_create_compress(&codec);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&codec, &buffer, &size);
    codec.image_width = static_cast<JDIMENSION>(picture.width);
    codec.image_height = static_cast<JDIMENSION>(picture.height);
    codec.input_components = 3;
    codec.in_color_space = JCS_RGB;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, quality, TRUE);
    codec.scan_info = scans.data();
    codec.num_scans = static_cast<int>(scans.size());
    jpeg_start_compress(&codec, TRUE);
    while (codec.next_scanline < codec.image_height) {
        JSAMPROW row = const_cast<JSAMPROW>(picture.pixel(0, static_cast<int>(codec.next_scanline)));
        jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg_finish_compress(&codec);
    jpeg_destroy_compress(&codec);
    const std::vector<std::uint8_t> jpeg(buffer, buffer + size);
    std::free(buffer);
    return jpeg;
}

LumaImage luma_of(const Picture& picture) {
    LumaImage luma{picture.width, picture.height, {}};
    for (std::size_t i = 0; i < picture.samples.size(); i += 3) {
        const std::uint8_t* rgb = &picture.samples[i];
        // ITU-T T.871, section 7.
        luma.samples.push_back(
            static_cast<std::uint8_t>(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] + 0.5));
    }
    return luma;
}

LumaImage decode_plainly(std::span<const std::uint8_t> jpeg, bool block_smoothing) {
    jpeg_decompress_struct codec;
    jpeg_error_mgr errors;
    codec.err = jpeg_std_error(&errors);
    errors.emit_message = [](j_common_ptr, int) {};  // It would warn that the file ends early.
    jpeg_create_decompress(&codec);
    jpeg_mem_src(&codec, jpeg.data(), static_cast<unsigned long>(jpeg.size()));
    jpeg_read_header(&codec, TRUE);
    codec.out_color_space = JCS_GRAYSCALE;
    codec.dct_method = JDCT_ISLOW;
    codec.do_block_smoothing = block_smoothing ? TRUE : FALSE;
    jpeg_start_decompress(&codec);
    LumaImage luma{static_cast<int>(codec.output_width), static_cast<int>(codec.output_height), {}};
    luma.samples.resize(std::size_t{codec.output_width} * codec.output_height);
    while (codec.output_scanline < codec.output_height) {
        JSAMPROW row = luma.samples.data() + std::size_t{codec.output_scanline} * codec.output_width;
        jpeg_read_scanlines(&codec, &row, 1);
    }
    jpeg_finish_decompress(&codec);
    jpeg_destroy_decompress(&codec);
    return luma;
}
