// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/color_jpeg.h"

#include <jpegdeblock/error.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "jpeg/jpeg_errors.h"

namespace jpegdeblock::training {
namespace {

/// A file in memory that libjpeg can write to. jpeg_mem_dest() would lose its buffer after an error.
class MemoryFile {
  public:
    MemoryFile() : file_(open_memstream(&data_, &size_)) {
        if (file_ == nullptr) throw std::bad_alloc();
    }
    ~MemoryFile() {
        std::fclose(file_);
        std::free(data_);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::FILE* stream() { return file_; }
    std::vector<std::uint8_t> bytes() {
        if (std::fflush(file_) != 0) throw std::bad_alloc();
        const auto* begin = reinterpret_cast<const std::uint8_t*>(data_);
        return {begin, begin + size_};
    }

  private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* file_;
};

}  // namespace

std::vector<std::uint8_t> encode_color_jpeg(const RgbPicture& picture, int quality) {
    if (quality < 0 || quality > 100)
        throw Error(ErrorCode::kInvalidArgument,
                    "a JPEG quality of " + std::to_string(quality) + " is outside of 0..100");
    if (picture.width < 1 || picture.width > JPEG_MAX_DIMENSION || picture.height < 1 ||
        picture.height > JPEG_MAX_DIMENSION)
        throw Error(ErrorCode::kInvalidArgument, "a picture of " + std::to_string(picture.width) + "x" +
                                                     std::to_string(picture.height) +
                                                     " pixels cannot be a JPEG: each side must be 1.." +
                                                     std::to_string(JPEG_MAX_DIMENSION));
    MemoryFile file;
    JpegErrors errors;
    jpeg_compress_struct codec{};
    codec.err = &errors.manager;
    auto compress = [&] {
        jpeg_create_compress(&codec);
        jpeg_stdio_dest(&codec, file.stream());
        codec.image_width = static_cast<JDIMENSION>(picture.width);
        codec.image_height = static_cast<JDIMENSION>(picture.height);
        codec.input_components = 3;
        codec.in_color_space = JCS_RGB;
        jpeg_set_defaults(&codec);
        jpeg_set_quality(&codec, quality, TRUE);
        codec.dct_method = JDCT_ISLOW;
        jpeg_start_compress(&codec, TRUE);
        while (codec.next_scanline < codec.image_height) {
            JSAMPROW row = const_cast<JSAMPROW>(picture.samples.data()) +
                           std::size_t{3} * codec.image_width * codec.next_scanline;
            jpeg_write_scanlines(&codec, &row, 1);
        }
        jpeg_finish_compress(&codec);
    };
    const bool written = errors.run(compress);
    jpeg_destroy_compress(&codec);
    if (!written) throw Error(ErrorCode::kEngine, std::string("libjpeg cannot compress: ") + errors.message);
    return file.bytes();
}

RgbPicture decode_color_jpeg(std::span<const std::uint8_t> bytes) {
    RgbPicture picture;
    JpegErrors errors;
    jpeg_decompress_struct codec{};
    codec.err = &errors.manager;
    auto start = [&] {
        jpeg_create_decompress(&codec);
        jpeg_mem_src(&codec, bytes.data(), static_cast<unsigned long>(bytes.size()));
        jpeg_read_header(&codec, TRUE);
        codec.out_color_space = JCS_RGB;
        codec.dct_method = JDCT_ISLOW;
        jpeg_start_decompress(&codec);
    };
    auto read_rows = [&] {
        while (codec.output_scanline < codec.output_height) {
            JSAMPROW row =
                picture.samples.data() + std::size_t{3} * codec.output_width * codec.output_scanline;
            jpeg_read_scanlines(&codec, &row, 1);
        }
        jpeg_finish_decompress(&codec);
    };
    bool done = errors.run(start);
    if (done) {
        picture.width = static_cast<int>(codec.output_width);
        picture.height = static_cast<int>(codec.output_height);
        picture.samples.resize(std::size_t{3} * codec.output_width * codec.output_height);
        done = errors.run(read_rows);
    }
    jpeg_destroy_decompress(&codec);
    if (!done) throw Error(ErrorCode::kInvalidFile, std::string("libjpeg cannot decode: ") + errors.message);
    return picture;
}

}  // namespace jpegdeblock::training
