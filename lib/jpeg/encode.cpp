// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <new>
#include <string>
#include <utility>

#include <jpegdeblock/error.h>
#include "jpeg/luma_codec.h"

#include "jpeg/jpeg_errors.h"

namespace jpegdeblock {
namespace {

/// Collects what libjpeg writes. jpeg_mem_dest() would lose its buffer, or free it twice, after an error.
struct Destination {
    jpeg_destination_mgr manager{};  // First member: libjpeg hands back its address.
    std::array<JOCTET, 65536> chunk;
    std::vector<std::uint8_t> bytes;

    Destination() {
        manager.init_destination = [](j_compress_ptr codec) { of(codec).begin_chunk(); };
        manager.empty_output_buffer = [](j_compress_ptr codec) -> boolean {
            of(codec).keep(codec, of(codec).chunk.size());
            of(codec).begin_chunk();
            return TRUE;
        };
        manager.term_destination = [](j_compress_ptr codec) {
            of(codec).keep(codec, of(codec).chunk.size() - of(codec).manager.free_in_buffer);
        };
    }

  private:
    static Destination& of(j_compress_ptr codec) { return *reinterpret_cast<Destination*>(codec->dest); }
    void begin_chunk() {
        manager.next_output_byte = chunk.data();
        manager.free_in_buffer = chunk.size();
    }
    bool append(std::size_t count) {
        try {
            bytes.insert(bytes.end(), chunk.data(), chunk.data() + count);
            return true;
        } catch (const std::bad_alloc&) {
            return false;  // It must not pass through libjpeg's C code.
        }
    }
    void keep(j_compress_ptr codec, std::size_t count) {
        if (!append(count)) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
    }
};

}  // namespace

std::vector<std::uint8_t> encode_grey_jpeg(ConstPlane luma, int quality) {
    return encode_grey_jpeg(luma, ijg_luma_table(quality));
}

std::vector<std::uint8_t> encode_grey_jpeg(ConstPlane luma, const QuantizationTable& table) {
    if (luma.width < 1 || luma.width > JPEG_MAX_DIMENSION || luma.height < 1 ||
        luma.height > JPEG_MAX_DIMENSION)
        throw Error(ErrorCode::kInvalidArgument, "a plane of " + std::to_string(luma.width) + "x" +
                                                     std::to_string(luma.height) +
                                                     " pixels cannot be a JPEG: each side must be 1.." +
                                                     std::to_string(JPEG_MAX_DIMENSION));
    std::array<unsigned int, 64> steps;
    for (std::size_t i = 0; i < 64; ++i) {
        if (table.step[i] < 1 || table.step[i] > 255)
            throw Error(ErrorCode::kInvalidArgument, "quantization step " + std::to_string(table.step[i]) +
                                                         " of coefficient " + std::to_string(i) +
                                                         " is outside of 1..255, the range of baseline JPEG");
        steps[i] = table.step[i];
    }

    JpegErrors errors;
    Destination destination;
    jpeg_compress_struct codec{};
    codec.err = &errors.manager;
    auto compress = [&] {
        jpeg_create_compress(&codec);
        codec.dest = &destination.manager;
        codec.image_width = static_cast<JDIMENSION>(luma.width);
        codec.image_height = static_cast<JDIMENSION>(luma.height);
        codec.input_components = 1;
        codec.in_color_space = JCS_GRAYSCALE;
        jpeg_set_defaults(&codec);
        jpeg_add_quant_table(&codec, 0, steps.data(), 100, TRUE);
        codec.dct_method = JDCT_ISLOW;
        codec.optimize_coding = TRUE;
        jpeg_start_compress(&codec, TRUE);
        while (codec.next_scanline < codec.image_height) {
            JSAMPROW row = const_cast<JSAMPROW>(luma.row(static_cast<int>(codec.next_scanline)));
            jpeg_write_scanlines(&codec, &row, 1);
        }
        jpeg_finish_compress(&codec);
    };
    const bool written = errors.run(compress);
    jpeg_destroy_compress(&codec);
    if (!written) throw Error(ErrorCode::kEngine, std::string("libjpeg cannot compress: ") + errors.message);
    return std::move(destination.bytes);
}

}  // namespace jpegdeblock
