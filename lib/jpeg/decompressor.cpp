// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/decompressor.h"

#include <cstdio>
#include <limits>

#include <jpegdeblock/error.h>

namespace jpegdeblock {
namespace {

/// A damaged header may ask for 4 gigapixels. Huffman coding spends a bit on each block of 64 pixels at
/// least, so a large picture in fewer bytes than this has lost nearly all of its data.
constexpr std::uint64_t kLargePicture = 1 << 24;
constexpr std::uint64_t kMostPixelsPerByte = 4096;

/// Ends the decoding of a file that has too many scans.
void limit_scans(j_common_ptr codec) {
    if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number <= Decompressor::kMostScans) return;
    auto* errors = reinterpret_cast<JpegErrors*>(codec->err);
    std::snprintf(errors->message, sizeof errors->message, "it has more than %d scans",
                  Decompressor::kMostScans);
    std::longjmp(errors->escape, 1);
}

}  // namespace

Decompressor::Decompressor(std::span<const std::uint8_t> bytes, const std::string& name) : name_(name) {
    if (bytes.empty()) fail("the file is empty");
    if (bytes.size() > std::numeric_limits<unsigned long>::max()) fail("it is too large");
    auto open = [&] {
        create(nullptr);
        jpeg_mem_src(&codec_, bytes.data(), static_cast<unsigned long>(bytes.size()));
        jpeg_read_header(&codec_, TRUE);
    };
    // The destructor of a half-made object never runs.
    if (!errors_.run(open)) {
        jpeg_destroy_decompress(&codec_);
        fail(errors_.message);
    }
}

Decompressor::Decompressor(jpeg_source_mgr* source, const std::string& name) : name_(name) {
    auto open = [&] { create(source); };
    if (!errors_.run(open)) {
        jpeg_destroy_decompress(&codec_);
        fail(errors_.message);
    }
}

void Decompressor::create(jpeg_source_mgr* source) {
    codec_.err = &errors_.manager;
    progress_.progress_monitor = limit_scans;
    jpeg_create_decompress(&codec_);
    codec_.progress = &progress_;
    codec_.src = source;
}

void Decompressor::check_size(std::size_t bytes) const {
    const std::uint64_t pixels = std::uint64_t{codec_.image_width} * codec_.image_height;
    if (pixels > kLargePicture && pixels / kMostPixelsPerByte > bytes)
        fail("it claims " + std::to_string(codec_.image_width) + "x" + std::to_string(codec_.image_height) +
             " pixels in only " + std::to_string(bytes) + " bytes");
}

void Decompressor::fail(const std::string& reason) const {
    throw Error(ErrorCode::kInvalidFile, name_ + " is not a JPEG that can be decoded: " + reason);
}

void Decompressor::fail_for_scans() const {
    fail("it has more than " + std::to_string(kMostScans) + " scans");
}

const char* name_of(J_COLOR_SPACE space) {
    switch (space) {
        case JCS_RGB:
            return "RGB";
        case JCS_CMYK:
            return "CMYK";
        case JCS_YCCK:
            return "YCCK";
        case JCS_GRAYSCALE:
            return "grey";
        case JCS_YCbCr:
            return "YCbCr";
        default:
            return "unknown";
    }
}

}  // namespace jpegdeblock
