// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>
#include <limits>
#include <string>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "jpeg/jpeg_errors.h"

namespace jpegdeblock {
namespace {

/// A progressive file may name the same coefficients in scan after scan, each of a few bytes that cost a pass
/// over the whole picture. Real encoders write ten or so.
constexpr int kMostScans = 500;

/// A damaged header may ask for 4 gigapixels. Huffman coding spends a bit on each block of 64 pixels at
/// least, so a large picture in fewer bytes than this has lost nearly all of its data.
constexpr std::uint64_t kLargePicture = 1 << 24;
constexpr std::uint64_t kMostPixelsPerByte = 4096;

const char* name_of(J_COLOR_SPACE space) {
    switch (space) {
        case JCS_RGB:
            return "RGB";
        case JCS_CMYK:
            return "CMYK";
        case JCS_YCCK:
            return "YCCK";
        default:
            return "unknown";
    }
}

/// A libjpeg decompressor whose every call is guarded.
class Decompressor {
  public:
    Decompressor(std::span<const std::uint8_t> bytes, const std::string& name) : name_(name) {
        if (bytes.empty()) fail("the file is empty");
        if (bytes.size() > std::numeric_limits<unsigned long>::max()) fail("it is too large");
        codec_.err = &errors_.manager;
        auto open = [&] {
            jpeg_create_decompress(&codec_);
            jpeg_mem_src(&codec_, bytes.data(), static_cast<unsigned long>(bytes.size()));
            jpeg_read_header(&codec_, TRUE);
        };
        // The destructor of a half-made object never runs.
        if (!errors_.run(open)) {
            jpeg_destroy_decompress(&codec_);
            fail(errors_.message);
        }
    }
    ~Decompressor() { jpeg_destroy_decompress(&codec_); }
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    jpeg_decompress_struct& codec() { return codec_; }

    /// `calls` is bound by the rule of JpegErrors::run.
    template <typename Calls>
    void run(Calls calls) {
        if (!errors_.run(calls)) fail(errors_.message);
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(ErrorCode::kInvalidFile, name_ + " is not a JPEG that can be decoded: " + reason);
    }
    [[noreturn]] void refuse(const std::string& found) const {
        throw Error(ErrorCode::kUnsupported,
                    name_ + " holds " + found +
                        ", but only grey and YCbCr JPEGs with luma at full size can be " +
                        "restored; convert it with another decoder first");
    }

  private:
    const std::string& name_;
    JpegErrors errors_;
    jpeg_decompress_struct codec_{};
};

/// Ends the decoding of a file that has too many scans.
void limit_scans(j_common_ptr codec) {
    if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number <= kMostScans) return;
    auto* errors = reinterpret_cast<JpegErrors*>(codec->err);
    std::snprintf(errors->message, sizeof errors->message, "it has more than %d scans", kMostScans);
    std::longjmp(errors->escape, 1);
}

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
    jpeg_decompress_struct& codec = decompressor.codec();
    if (codec.jpeg_color_space != JCS_GRAYSCALE && codec.jpeg_color_space != JCS_YCbCr)
        decompressor.refuse(std::string(name_of(codec.jpeg_color_space)) + " samples (" +
                            std::to_string(codec.num_components) + " components)");
    for (int i = 1; i < codec.num_components; ++i)
        if (codec.comp_info[i].h_samp_factor > codec.comp_info[0].h_samp_factor ||
            codec.comp_info[i].v_samp_factor > codec.comp_info[0].v_samp_factor)
            decompressor.refuse("luma with fewer samples than chroma");

    const std::uint64_t pixels = std::uint64_t{codec.image_width} * codec.image_height;
    if (pixels > kLargePicture && pixels / kMostPixelsPerByte > bytes.size())
        decompressor.fail("it claims " + std::to_string(codec.image_width) + "x" +
                          std::to_string(codec.image_height) + " pixels in only " +
                          std::to_string(bytes.size()) + " bytes");

    jpeg_progress_mgr progress{};
    progress.progress_monitor = limit_scans;
    decompressor.run([&] {
        codec.progress = &progress;
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
