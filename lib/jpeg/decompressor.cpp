// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/decompressor.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include <jpegdeblock/error.h>

namespace jpegdeblock {
namespace {

/// A damaged header may ask for 4 gigapixels. Huffman coding spends a bit on each block of 64 pixels at
/// least, so a large picture in fewer bytes than this has lost nearly all of its data.
constexpr std::uint64_t kLargePicture = 1 << 24;
constexpr std::uint64_t kMostPixelsPerByte = 4096;

/// Passes over the whole picture that all scans together may make, unless that costs little.
constexpr std::uint64_t kMostPasses = 64;
constexpr std::uint64_t kFewBlocks = 1 << 22;

std::uint64_t blocks_of(const jpeg_component_info& component) {
    return std::uint64_t{component.width_in_blocks} * component.height_in_blocks;
}

}  // namespace

Decompressor::Decompressor(std::span<const std::uint8_t> bytes, const std::string& name) : name_(name) {
    if (bytes.empty()) fail("the file is empty");
    if (bytes.size() > std::numeric_limits<unsigned long>::max()) fail("it is too large");
    auto open = [&] {
        create();
        jpeg_mem_src(&codec_, bytes.data(), static_cast<unsigned long>(bytes.size()));
    };
    // The destructor of a half-made object never runs.
    if (!errors_.run(open)) {
        jpeg_destroy_decompress(&codec_);
        fail(errors_.message);
    }
}

Decompressor::Decompressor(jpeg_source_mgr* source, const std::string& name) : name_(name) {
    auto open = [&] {
        create();
        codec_.src = source;
    };
    if (!errors_.run(open)) {
        jpeg_destroy_decompress(&codec_);
        fail(errors_.message);
    }
}

void Decompressor::create() {
    codec_.err = &errors_.manager;
    codec_.client_data = this;
    progress_.progress_monitor = limit_scans;
    jpeg_create_decompress(&codec_);
    codec_.progress = &progress_;
}

void Decompressor::read_headers() {
    run([this] { jpeg_read_header(&codec_, TRUE); });
}

void Decompressor::limit_scans(j_common_ptr codec) {
    auto* self = static_cast<Decompressor*>(codec->client_data);
    if (self->codec_.input_scan_number <= self->scans_) return;
    self->scans_ = self->codec_.input_scan_number;
    if (self->has_too_many_scans() || self->has_too_many_passes()) std::longjmp(self->errors_.escape, 1);
}

bool Decompressor::has_too_many_scans() {
    if (codec_.input_scan_number <= kMostScans) return false;
    std::snprintf(errors_.message, sizeof errors_.message, "it has more than %d scans", kMostScans);
    return true;
}

bool Decompressor::has_too_many_passes() {
    for (int i = 0; i < codec_.comps_in_scan; ++i) blocks_passed_ += blocks_of(*codec_.cur_comp_info[i]);
    std::uint64_t blocks = 0;
    for (int i = 0; i < codec_.num_components; ++i) blocks += blocks_of(codec_.comp_info[i]);
    if (blocks_passed_ <= std::max(kFewBlocks, kMostPasses * blocks)) return false;
    std::snprintf(errors_.message, sizeof errors_.message,
                  "its %d scans pass over the picture more than %d times", codec_.input_scan_number,
                  static_cast<int>(kMostPasses));
    return true;
}

bool Decompressor::can_hold_picture(std::size_t bytes) const {
    const std::uint64_t pixels = std::uint64_t{codec_.image_width} * codec_.image_height;
    return pixels <= kLargePicture || pixels / kMostPixelsPerByte <= bytes;
}

void Decompressor::check_size(std::size_t bytes) const {
    if (!can_hold_picture(bytes))
        fail("it claims " + std::to_string(codec_.image_width) + "x" + std::to_string(codec_.image_height) +
             " pixels in only " + std::to_string(bytes) + " bytes");
}

void Decompressor::fail(const std::string& reason) const {
    throw Error(ErrorCode::kInvalidFile, name_ + " is not a JPEG that can be decoded: " + reason);
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
