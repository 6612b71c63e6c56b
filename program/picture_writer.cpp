// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_writer.h"

namespace jpegdeblock {

const char* extension_of(FileFormat format) {
    return format == FileFormat::kPng ? ".png" : format == FileFormat::kTiff ? ".tiff" : ".jpg";
}

std::vector<std::uint8_t> PictureWriter::fitting_profile(const PictureHeader& header) {
    const std::string space = header.metadata->profile_space();
    const bool fits = space == (header.pixels == PixelFormat::kGrey ? "GRAY" : "RGB ");
    if (fits) return header.metadata->icc_profile;
    if (!header.metadata->icc_profile.empty())
        left_out_.push_back("its profile, which is for " + space.substr(0, space.find(' ')));
    return {};
}

std::unique_ptr<PictureWriter> make_writer(FileFormat format, AtomicFile& file, const PictureHeader& header) {
    switch (format) {
        case FileFormat::kPng:
            return make_png_writer(file, header);
        case FileFormat::kTiff:
            return make_tiff_writer(file, header);
        case FileFormat::kJpeg:
            break;
    }
    return make_jpeg_writer(file, header);
}

}  // namespace jpegdeblock
