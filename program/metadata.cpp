// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "jpeg/decompressor.h"

namespace jpegdeblock {
namespace {

constexpr std::string_view kExif("Exif\0\0", 6);
constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
constexpr std::string_view kMultiPicture("MPF\0", 4);

bool starts_with(const MarkerSegment& segment, std::string_view start) {
    return segment.bytes.size() >= start.size() &&
           std::memcmp(segment.bytes.data(), start.data(), start.size()) == 0;
}

/// Those that a writer makes anew, or that are wrong in another file.
bool is_of_this_file(const MarkerSegment& segment) {
    return segment.code == JPEG_APP0 || segment.code == JPEG_APP0 + 14 ||
           (segment.code == JPEG_APP0 + 2 && starts_with(segment, kMultiPicture));
}

void take(MarkerSegment&& segment, Metadata& metadata) {
    if (segment.code == JPEG_COM) metadata.comments.emplace_back(segment.bytes.begin(), segment.bytes.end());
    if (segment.code == JPEG_APP0 + 1) {
        if (metadata.exif.empty() && starts_with(segment, kExif))
            metadata.exif.assign(segment.bytes.begin() + kExif.size(), segment.bytes.end());
        if (metadata.xmp.empty() && starts_with(segment, kXmp))
            metadata.xmp.assign(segment.bytes.begin() + kXmp.size(), segment.bytes.end());
    }
    if (!is_of_this_file(segment)) metadata.segments.push_back(std::move(segment));
}

/// Numbers of a TIFF structure; 0 beyond its end.
class TiffReader {
  public:
    explicit TiffReader(std::span<const std::uint8_t> bytes)
        : bytes_(bytes), big_endian_(bytes.size() > 1 && bytes[0] == 'M') {}

    unsigned number(std::size_t position, int bytes) const {
        unsigned value = 0;
        for (int i = 0; i < bytes; ++i) {
            const std::size_t at = position + static_cast<std::size_t>(big_endian_ ? i : bytes - 1 - i);
            value = value << 8 | (at < bytes_.size() ? bytes_[at] : 0);
        }
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
    bool big_endian_;
};

}  // namespace

std::string Metadata::profile_space() const {
    if (icc_profile.size() < 20) return {};
    return {icc_profile.begin() + 16, icc_profile.begin() + 20};
}

int Metadata::orientation() const {
    constexpr unsigned kOrientation = 0x112;
    const TiffReader tiff(exif);
    const std::size_t directory = tiff.number(4, 4);
    const unsigned entries = tiff.number(directory, 2);
    for (unsigned i = 0; i < entries && directory + 2 + 12 * (i + 1) <= exif.size(); ++i) {
        const std::size_t entry = directory + 2 + 12 * static_cast<std::size_t>(i);
        if (tiff.number(entry, 2) != kOrientation) continue;
        const unsigned value = tiff.number(entry + 8, 2);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Metadata read_metadata(std::span<const std::uint8_t> jpeg, const std::string& name) {
    Decompressor decompressor(jpeg, name);
    jpeg_decompress_struct& codec = decompressor.codec();
    decompressor.run([&codec] {
        constexpr unsigned kWhole = 0xFFFF;
        for (int i = 0; i < 16; ++i) jpeg_save_markers(&codec, JPEG_APP0 + i, kWhole);
        jpeg_save_markers(&codec, JPEG_COM, kWhole);
    });
    decompressor.read_headers();
    Metadata metadata;
    metadata.width = static_cast<int>(codec.image_width);
    metadata.height = static_cast<int>(codec.image_height);
    metadata.has_jfif = codec.saw_JFIF_marker;
    if (metadata.has_jfif) metadata.density = {codec.density_unit, codec.X_density, codec.Y_density};
    JOCTET* profile = nullptr;
    unsigned length = 0;
    decompressor.run([&] { jpeg_read_icc_profile(&codec, &profile, &length); });
    if (profile != nullptr) metadata.icc_profile.assign(profile, profile + length);
    std::free(profile);
    for (jpeg_saved_marker_ptr marker = codec.marker_list; marker != nullptr; marker = marker->next)
        take({marker->marker, {marker->data, marker->data + marker->data_length}}, metadata);
    return metadata;
}

}  // namespace jpegdeblock
