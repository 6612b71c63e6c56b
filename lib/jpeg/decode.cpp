// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "jpeg/decompressor.h"

namespace jpegdeblock {
namespace {

J_DCT_METHOD libjpeg_method(IdctMethod method) {
    switch (method) {
        case IdctMethod::kIfast:
            return JDCT_IFAST;
        case IdctMethod::kFloat:
            return JDCT_FLOAT;
        case IdctMethod::kIslow:
            break;
    }
    return JDCT_ISLOW;
}

}  // namespace

JpegHeader read_jpeg_header(std::span<const std::uint8_t> bytes, const std::string& name) {
    Decompressor decompressor(bytes, name);
    decompressor.read_headers();
    const jpeg_decompress_struct& codec = decompressor.codec();
    JpegHeader header;
    header.width = static_cast<int>(codec.image_width);
    header.height = static_cast<int>(codec.image_height);
    header.components = codec.num_components;
    header.progressive = codec.progressive_mode;
    const int slot = codec.comp_info[0].quant_tbl_no;
    const JQUANT_TBL* table = slot >= 0 && slot < NUM_QUANT_TBLS ? codec.quant_tbl_ptrs[slot] : nullptr;
    if (table == nullptr)
        decompressor.fail("its first component uses quantization table " + std::to_string(slot) +
                          ", which is not defined before the first scan");
    for (std::size_t i = 0; i < 64; ++i) {
        if (table->quantval[i] == 0)
            decompressor.fail("a step of its luma quantization table is 0, expected 1..65535");
        header.luma_table.step[i] = table->quantval[i];
    }
    return header;
}

LumaImage decode_jpeg_luma(std::span<const std::uint8_t> bytes, IdctMethod method, const std::string& name) {
    Decompressor decompressor(bytes, name);
    decompressor.read_headers();
    const auto refuse = [&](const std::string& found) {
        throw Error(ErrorCode::kUnsupported,
                    name + " holds " + found +
                        ", but only grey and YCbCr JPEGs with luma at full size can be " +
                        "restored; convert it with another decoder first");
    };
    jpeg_decompress_struct& codec = decompressor.codec();
    if (codec.jpeg_color_space != JCS_GRAYSCALE && codec.jpeg_color_space != JCS_YCbCr)
        refuse(std::string(name_of(codec.jpeg_color_space)) + " samples (" +
               std::to_string(codec.num_components) + " components)");
    for (int i = 1; i < codec.num_components; ++i)
        if (codec.comp_info[i].h_samp_factor > codec.comp_info[0].h_samp_factor ||
            codec.comp_info[i].v_samp_factor > codec.comp_info[0].v_samp_factor)
            refuse("luma with fewer samples than chroma");

    decompressor.check_size(bytes.size());
    decompressor.run([&] {
        codec.out_color_space = JCS_GRAYSCALE;
        codec.dct_method = libjpeg_method(method);
        codec.do_block_smoothing = FALSE;
        jpeg_start_decompress(&codec);
    });

    LumaImage image;
    image.width = static_cast<int>(codec.output_width);
    image.height = static_cast<int>(codec.output_height);
    const std::size_t stride = codec.output_width;
    image.samples.resize(stride * codec.output_height);
    std::uint8_t* samples = image.samples.data();
    decompressor.run([&] {
        while (codec.output_scanline < codec.output_height) {
            JSAMPROW row = samples + codec.output_scanline * stride;
            jpeg_read_scanlines(&codec, &row, 1);
        }
    });
    return image;
}

}  // namespace jpegdeblock
